"""Five hundred damaged pictures; benchmarks/campaign.sh sends ten thousand."""

import io
import os
import time
from multiprocessing.connection import Connection

import pytest
from PIL import Image

from benchmarks import mutations

CODES = {'taken', 'truncated', 'not_an_image', 'unsupported_format', 'too_many_pixels', 'too_small', 'empty'}


def test_each_is_taken_whole_or_refused_with_a_code():
    said = [outcome for _, outcome, _ in mutations.outcomes(mutations.mutated(mutations.seeds(), 500))]
    assert set(said) <= CODES
    assert 50 < said.count('taken') < 450  # so that both ways were gone


def test_every_format_is_damaged():
    assert {Image.open(io.BytesIO(seed)).format for seed in mutations.seeds()} >= set(mutations.FORMATS)


def crash(pipe: Connection) -> None:
    pipe.send('ready')
    pipe.recv_bytes()
    os._exit(3)


def hang(pipe: Connection) -> None:
    pipe.send('ready')
    time.sleep(60)


@pytest.mark.parametrize(('decoder', 'said'), [(crash, 'crash'), (hang, 'hang')])
def test_a_decoder_that_takes_the_process_down_is_seen_and_the_next_picture_gets_another(monkeypatch, decoder, said):
    monkeypatch.setattr(mutations, 'serve', decoder)
    monkeypatch.setattr(mutations, 'SECONDS', 1.0)
    assert [outcome for _, outcome, _ in mutations.outcomes(iter([b'1', b'2']))] == [said, said]
