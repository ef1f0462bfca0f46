"""One thread per backbone: it opens the network in the background and runs all projects' pictures together."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.networks import Network

Picture = NDArray[np.uint8]  # (224, 224, 3)
PictureFeatures = dict[str, NDArray[np.float32]]  # cut -> (numbers,)
PictureMap = NDArray[np.float32]  # (high, wide, numbers)
Task = Callable[[Network, NDArray[np.uint8]], Sequence[Any]]  # an answer to each picture

# More at once is no faster on a CPU (measured, 2 cores: DINOv2 takes 62 ms a picture alone, 63 in fours, 82 in eights),
# and whoever comes next waits for all of them. For the same reason no picture waits for others to come.
MOST = 4


def features(network: Network, pictures: NDArray[np.uint8]) -> list[PictureFeatures]:
    found = network.features(pictures)
    return [{cut: values[row] for cut, values in found.items()} for row in range(len(pictures))]


def maps(network: Network, pictures: NDArray[np.uint8]) -> list[PictureMap]:
    found = network.maps(pictures)
    if found is None:
        raise ValueError('the features of this network have no places')
    return list(found)


class Batcher:
    """Collects pictures while the network is busy and runs them together; a lone picture is never held back."""

    def __init__(self, name: str, open_network: Callable[[], Network]) -> None:
        self._open_network = open_network
        self._waiting: SimpleQueue[tuple[Task, Picture, Future[Any]]] = SimpleQueue()
        Thread(target=self._work, name=f'batching {name}', daemon=True).start()

    def submit(self, picture: Picture) -> 'Future[PictureFeatures]':
        """The picture's features, as soon as they are there; or what went wrong with opening or running the network."""
        return self._ask(features, picture)

    def submit_for_map(self, picture: Picture) -> 'Future[PictureMap]':
        """What the network sees at each place of the picture."""
        return self._ask(maps, picture)

    def _ask(self, task: Task, picture: Picture) -> 'Future[Any]':
        answer: Future[Any] = Future()
        self._waiting.put((task, picture, answer))
        return answer

    def _work(self) -> None:
        network: Network | None = None
        with suppress(Exception):  # the first batch tries again, and tells those who wait for it
            network = self._open_network()
        while True:
            batch = self._next_batch()
            try:
                network = network or self._open_network()
            except Exception as error:
                for *_, answer in batch:
                    answer.set_exception(error)
                continue
            for task in (features, maps):
                run(network, task, [(picture, answer) for wanted, picture, answer in batch if wanted is task])

    def _next_batch(self) -> 'list[tuple[Task, Picture, Future[Any]]]':
        """Wait for one picture, and take what else is waiting already."""
        batch = [self._waiting.get()]
        while len(batch) < MOST:
            try:
                batch.append(self._waiting.get_nowait())
            except Empty:
                break
        return batch


def run(network: Network, task: Task, asked: 'list[tuple[Picture, Future[Any]]]') -> None:
    """Answer all that was asked for, or tell all what went wrong."""
    if not asked:
        return
    try:
        found = task(network, np.stack([picture for picture, _ in asked]))
    except Exception as error:
        for _, answer in asked:
            answer.set_exception(error)
    else:
        for (_, answer), one in zip(asked, found, strict=True):
            answer.set_result(one)
