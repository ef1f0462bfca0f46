"""One thread per backbone: it opens the network in the background and runs all projects' pictures together."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread

import numpy as np
from numpy.typing import NDArray

from classifier.networks import Network

Picture = NDArray[np.uint8]  # (224, 224, 3)
PictureFeatures = dict[str, NDArray[np.float32]]  # cut -> (numbers,)

# More at once is no faster on a CPU (measured, 2 cores: DINOv2 takes 62 ms a picture alone, 63 in fours, 82 in eights),
# and whoever comes next waits for all of them. For the same reason no picture waits for others to come.
MOST = 4


class Batcher:
    """Collects pictures while the network is busy and runs them together; a lone picture is never held back."""

    def __init__(self, name: str, open_network: Callable[[], Network]) -> None:
        self._open_network = open_network
        self._waiting: SimpleQueue[tuple[Picture, Future[PictureFeatures]]] = SimpleQueue()
        Thread(target=self._work, name=f'batching {name}', daemon=True).start()

    def submit(self, picture: Picture) -> 'Future[PictureFeatures]':
        """The picture's features, as soon as they are there; or what went wrong with opening or running the network."""
        features: Future[PictureFeatures] = Future()
        self._waiting.put((picture, features))
        return features

    def _work(self) -> None:
        network: Network | None = None
        with suppress(Exception):  # the first batch tries again, and tells those who wait for it
            network = self._open_network()
        while True:
            batch = self._next_batch()
            try:
                network = network or self._open_network()
                found = network.features(np.stack([picture for picture, _ in batch]))
            except Exception as error:
                for _, features in batch:
                    features.set_exception(error)
            else:
                for row, (_, features) in enumerate(batch):
                    features.set_result({cut: values[row] for cut, values in found.items()})

    def _next_batch(self) -> 'list[tuple[Picture, Future[PictureFeatures]]]':
        """Wait for one picture, and take what else is waiting already."""
        batch = [self._waiting.get()]
        while len(batch) < MOST:
            try:
                batch.append(self._waiting.get_nowait())
            except Empty:
                break
        return batch
