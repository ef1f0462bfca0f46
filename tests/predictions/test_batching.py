"""The batching thread, with a network made of a plain function."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest

from predictions.batching import MOST, Batcher

BROKEN = 99  # a picture that has no map
WAIT = 10  # seconds; only a broken program takes that long


def picture(value: int):
    return np.full((2, 2, 3), value, np.uint8)


class Network:
    """Answers with each picture's own value, and remembers the sizes of its batches."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.gate = Event()
        self.entered = Event()
        self.gate.set()

    def features(self, images):
        self.sizes.append(len(images))
        self.entered.set()
        assert self.gate.wait(WAIT)
        return {'final': images[:, 0, 0, :1].astype(np.float32)}

    def maps(self, images):
        if images[0, 0, 0, 0] == BROKEN:
            raise ValueError('no map')
        return images.astype(np.float32)


def test_each_picture_gets_its_own_features():
    batcher = Batcher('fake', Network)
    futures = [batcher.submit(picture(value)) for value in range(50)]
    assert [future.result(WAIT)['final'].tolist() for future in futures] == [[value] for value in range(50)]


def test_many_threads_at_once():
    batcher = Batcher('fake', Network)
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda value: batcher.submit(picture(value)).result(WAIT)['final'][0], range(200)))
    assert found == list(range(200))


def test_what_arrives_while_the_network_is_busy_runs_together():
    network = Network()
    network.gate.clear()
    batcher = Batcher('fake', lambda: network)
    first = batcher.submit(picture(0))
    assert network.entered.wait(WAIT)
    others = [batcher.submit(picture(value)) for value in range(1, MOST + 3)]
    network.gate.set()
    for future in [first, *others]:
        future.result(WAIT)
    assert network.sizes == [1, MOST, 2]


def test_the_network_is_opened_in_the_background_and_before_the_first_picture():
    may_open = Event()

    def slow():
        assert may_open.wait(WAIT)
        return Network()

    batcher = Batcher('fake', slow)  # would wait here for ever
    future = batcher.submit(picture(7))
    assert not future.done()
    may_open.set()
    assert future.result(WAIT)['final'] == [7]

    warmed, opened_alone = Event(), Network()
    Batcher('fake', lambda: warmed.set() or opened_alone)
    assert warmed.wait(WAIT)


def test_a_network_that_cannot_be_opened_tells_the_caller_and_is_tried_again():
    attempts: list[int] = []

    def opens_at_last():
        attempts.append(1)
        if len(attempts) < 3:
            raise OSError('the file is busy')
        return Network()

    batcher = Batcher('fake', opens_at_last)
    with pytest.raises(OSError, match='busy'):
        batcher.submit(picture(1)).result(WAIT)
    assert batcher.submit(picture(2)).result(WAIT)['final'] == [2]


def test_an_error_reaches_those_of_its_batch_alone():
    class Breaks(Network):
        def features(self, images):
            if images.max() == 66:
                raise ValueError('cannot compute this')
            return super().features(images)

    batcher = Batcher('fake', Breaks)
    with pytest.raises(ValueError, match='cannot compute'):
        batcher.submit(picture(66)).result(WAIT)
    assert batcher.submit(picture(3)).result(WAIT)['final'] == [3]


def test_maps_beside_features():
    network = Network()
    network.gate.clear()
    batcher = Batcher('fake', lambda: network)
    first = batcher.submit(picture(0))
    assert network.entered.wait(WAIT)
    asked = [batcher.submit(picture(1)), batcher.submit_for_map(picture(2)), batcher.submit(picture(3))]
    network.gate.set()
    one, of_map, other = (each.result(WAIT) for each in asked)
    assert (first.result(WAIT)['final'], one['final'], other['final']) == (0, 1, 3)
    assert (of_map == picture(2)).all()
    assert network.sizes == [1, 2]


def test_a_map_that_fails_disturbs_nobody():
    batcher = Batcher('fake', Network)
    broken, fine = batcher.submit_for_map(picture(BROKEN)), batcher.submit(picture(1))
    with pytest.raises(ValueError, match='no map'):
        broken.result(WAIT)
    assert fine.result(WAIT)['final'] == 1


def test_what_has_no_places_has_no_map():
    network = Network()
    network.maps = lambda images: None
    with pytest.raises(ValueError, match='no places'):
        Batcher('fake', lambda: network).submit_for_map(picture(1)).result(WAIT)
