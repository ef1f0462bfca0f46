"""One thread per backbone: it opens the network in the background and runs all projects' samples together."""

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
Content = Picture | str  # of a sample, as its network takes it
ContentFeatures = dict[str, NDArray[np.float32]]  # cut -> (numbers,)
PictureMap = NDArray[np.float32]  # (high, wide, numbers)
Task = Callable[[Network, Any], Sequence[Any]]  # an answer to each picture or text

# More at once is no faster on a CPU (measured, 2 cores: DINOv2 takes 62 ms a picture alone, 63 in fours, 82 in eights),
# and whoever comes next waits for all of them. For the same reason no picture waits for others to come.
MOST = 4


def features(network: Network, contents: Any) -> list[ContentFeatures]:
    found = network.features(contents)
    return [{cut: values[row] for cut, values in found.items()} for row in range(len(contents))]


def maps(network: Network, pictures: NDArray[np.uint8]) -> list[PictureMap]:
    found = network.maps(pictures)
    if found is None:
        raise ValueError('the features of this network have no places')
    return list(found)


class Batcher:
    """Collects pictures or texts while the network is busy and runs them together; a lone one is never held back."""

    def __init__(self, name: str, open_network: Callable[[], Network]) -> None:
        self._open_network = open_network
        self._waiting: SimpleQueue[tuple[Task, Content, Future[Any]]] = SimpleQueue()
        Thread(target=self._work, name=f'batching {name}', daemon=True).start()

    def submit(self, content: Content) -> 'Future[ContentFeatures]':
        """Its features, as soon as they are there; or what went wrong with opening or running the network."""
        return self._ask(features, content)

    def submit_for_map(self, picture: Picture) -> 'Future[PictureMap]':
        """What the network sees at each place of the picture."""
        return self._ask(maps, picture)

    def _ask(self, task: Task, content: Content) -> 'Future[Any]':
        answer: Future[Any] = Future()
        self._waiting.put((task, content, answer))
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
                run(network, task, [(content, answer) for wanted, content, answer in batch if wanted is task])

    def _next_batch(self) -> 'list[tuple[Task, Content, Future[Any]]]':
        """Wait for one, and take what else is waiting already."""
        batch = [self._waiting.get()]
        while len(batch) < MOST:
            try:
                batch.append(self._waiting.get_nowait())
            except Empty:
                break
        return batch


def run(network: Network, task: Task, asked: 'list[tuple[Content, Future[Any]]]') -> None:
    """Answer all that was asked for, or tell all what went wrong."""
    if not asked:
        return
    try:
        found = task(network, joined([content for content, _ in asked]))
    except Exception as error:
        for _, answer in asked:
            answer.set_exception(error)
    else:
        for (_, answer), one in zip(asked, found, strict=True):
            answer.set_result(one)


def joined(contents: list[Content]) -> Any:
    """Pictures as one array, texts as they are; a network takes only one of them."""
    return contents if isinstance(contents[0], str) else np.stack(contents)
