"""The encoders that read texts: real weights, both engines, texts of any length."""

import dataclasses
import itertools

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from classifier.backbones import ENCODERS, PRETRAINED, find, installed
from classifier.networks import open_network
from classifier.text import encoding
from classifier.weights import probes
from classifier.weights.convert import convert
from tests.backbones import backbones_folder, package_weights

EVERY = pytest.mark.parametrize('name', ENCODERS)


def encoder(name, engine='onnx'):
    return open_network(find(PRETRAINED[name], backbones_folder()), engine, 1)


def cosine(some, other):
    return float(some @ other / np.linalg.norm(some) / np.linalg.norm(other))


@EVERY
def test_both_engines_give_what_the_authors_weights_give(name):
    answered = encoder(name).features(probes.texts())
    assert probes.deviation(ENCODERS[name], answered) < 1e-4
    by_torch = encoder(name, 'torch').features(probes.texts())
    for cut, values in answered.items():
        assert values.shape == (4, ENCODERS[name].cuts[cut])
        assert np.abs(values - by_torch[cut]).max() < 1e-4


@EVERY
def test_a_text_among_others_has_the_features_that_it_has_alone(name):
    network, texts = encoder(name), ['Where is my card?', 'no ' * 700, 'It rains.', 'My card has not arrived yet.']
    together = network.features(texts)['final']
    for row, text in enumerate(texts):
        assert np.abs(together[row] - network.features([text])['final'][0]).max() < 1e-4
    assert cosine(together[0], together[3]) > cosine(together[0], together[2])


@EVERY
def test_the_end_of_a_long_text_counts_as_well(name):
    filler = 'The report goes on about this and that for a while. ' * 60
    with_end, without = encoder(name).features([filler + 'The dress is blue and black!' * 8, filler])['final']
    assert not np.allclose(with_end, without, atol=1e-3)


def test_a_long_text_is_read_in_overlapping_pieces_of_full_length():
    size = encoding.WINDOW - 2
    ids = list(range(size + 10))
    first, second = encoding.windows(ids)
    assert (first[0], first[-1], second[-1]) == (0, size - 1, size + 9)
    assert len(first) == len(second) == size
    found = list(encoding.windows(list(range(3000))))
    assert found[0][0] == 0 and found[-1][-1] == 2999
    for before, after in itertools.pairwise(found):
        assert after[0] <= before[-1] + 1 - encoding.OVERLAP
    assert list(encoding.windows([1, 2])) == [[1, 2]]


def test_of_a_text_of_very_many_tokens_some_pieces_are_read_from_all_over_it():
    found = list(encoding.windows(list(range(10_000))))
    assert len(found) == encoding.MOST and {len(some) for some in found} == {encoding.WINDOW - 2}
    assert found[0][0] == 0 and found[-1][-1] == 9999
    apart = [later[0] - earlier[0] for earlier, later in itertools.pairwise(found)]
    assert max(apart) < 1.6 * min(apart)


def test_padding_is_bounded():
    read = [encoding.Piece(row, [1] * length) for row, length in enumerate([256, 3, 3, 200, 8] * 40)]
    batches = list(encoding.batches(read))
    assert sorted(piece.row for batch in batches for piece in batch) == list(range(200))
    for batch in batches:
        assert len(batch) * max(len(piece.ids) for piece in batch) <= encoding.BATCH_TOKENS


def test_no_text_has_no_features():
    assert encoder('minilm').features([])['final'].shape == (0, 384)


def test_half_precision_of_the_official_file_is_computed_in_single(tmp_path):
    weights = convert(ENCODERS['gte_small'], 'package', package_weights(ENCODERS['gte_small']))
    official = tmp_path / 'model.safetensors'
    pooler = {'pooler.dense.weight': torch.zeros(2, 2), 'embeddings.position_ids': torch.zeros(1, 512)}
    save_file({**{key: value.half() for key, value in weights.items()}, **pooler}, official)
    converted = convert(ENCODERS['gte_small'], 'official', official)
    assert set(converted) == set(weights)
    assert all(value.dtype == torch.float32 for value in converted.values())
    assert all(torch.equal(converted[key], weights[key]) for key in weights)


def test_weights_of_another_network_are_refused():
    with pytest.raises(RuntimeError, match='Unexpected key'):
        convert(dataclasses.replace(ENCODERS['minilm'], layers=5), 'package', package_weights(ENCODERS['minilm']))


def test_encoders_are_listed_for_texts_alone():
    folder = backbones_folder()
    assert [found.backbone.name for found in installed(folder, 'text')] == list(ENCODERS)
    assert not {found.backbone.name for found in installed(folder)} & set(ENCODERS)


@EVERY
def test_frozen_parameters_are_those_of_the_network(name):
    from classifier.weights.bert import create

    assert ENCODERS[name].frozen_parameters == sum(value.numel() for value in create(ENCODERS[name]).parameters())
