import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from classifier import bundle
from classifier.errors import BadBundle
from classifier.model import Member, Radial
from classifier.training import train

from .made_features import training_set

ABOUT = {'accuracy': 0.75, 'weight_hashes': {'small': 'ab12'}, 'name': 'Kleid "blau"'}


@pytest.fixture(scope='module')
def data():
    return training_set(24, 3)


@pytest.fixture(scope='module')
def model(data):
    return train(data).model


@pytest.fixture
def saved(model, tmp_path):
    return tmp_path / 'model', bundle.save(model, tmp_path / 'model', ABOUT)


def rewrite(folder, **changes):
    """Change the description as someone who also knows how to renew its hash."""
    path = folder / 'model.json'
    described = json.loads(path.read_text()) | changes
    described['sha256'] = bundle._digest(described)
    path.write_text(json.dumps(described))


def test_a_saved_model_answers_the_same_to_the_last_bit(saved, model, data):
    folder, files = saved
    loaded, about = bundle.load(folder, files)
    assert about == ABOUT
    assert loaded.categories == model.categories
    assert loaded.parameters == model.parameters
    assert np.array_equal(loaded.predict(data.features), model.predict(data.features))
    assert np.array_equal(loaded.familiarity_of(data.features), model.familiarity_of(data.features))


def test_saving_leaves_the_two_files_and_nothing_half_written(saved):
    folder, files = saved
    assert sorted(path.name for path in folder.iterdir()) == sorted(files) == ['heads.safetensors', 'model.json']


def test_the_same_data_and_seed_give_the_same_bytes(saved, data, tmp_path):
    assert bundle.save(train(data).model, tmp_path / 'again', ABOUT) == saved[1]


@pytest.mark.parametrize('name', ['heads.safetensors', 'model.json'])
@pytest.mark.parametrize('damage', ['missing', 'cut short', 'one bit', 'empty'])
def test_damage_is_noticed(saved, name, damage):
    path = saved[0] / name
    content = bytearray(path.read_bytes())
    if damage == 'missing':
        path.unlink()
    elif damage == 'one bit':
        for place in (len(content) // 2, content.rfind(b'2')):
            flipped = bytearray(content)
            flipped[place] ^= 1
            path.write_bytes(flipped)
            with pytest.raises(BadBundle):
                bundle.load(saved[0])
    else:
        path.write_bytes(content[: len(content) // 2] if damage == 'cut short' else b'')
    with pytest.raises(BadBundle):
        bundle.load(saved[0])


def test_a_whole_bundle_that_is_not_the_one_that_was_saved_is_refused(saved, model, tmp_path):
    bundle.save(model, tmp_path / 'other', {})
    with pytest.raises(BadBundle, match='not the one'):
        bundle.load(tmp_path / 'other', saved[1])


def test_a_newer_format_is_refused_by_number(saved):
    rewrite(saved[0], format=bundle.FORMAT + 1)
    with pytest.raises(BadBundle, match=f'format {bundle.FORMAT + 1}'):
        bundle.load(saved[0])


def test_the_first_format_is_read(model, data, tmp_path):
    """It had the same arrays, but none that tell familiar pictures."""
    old = replace(model, familiarity=None)
    bundle.save(old, tmp_path, ABOUT)
    rewrite(tmp_path, format=1)
    loaded, _ = bundle.load(tmp_path)
    assert loaded.familiarity is None
    assert np.array_equal(loaded.predict(data.features), old.predict(data.features))


@pytest.mark.parametrize(
    'changes',
    [
        {'categories': ['a', 'b']},
        {'categories': None},
        {'members': []},
        {'members': [{'backbone': 'small'}]},
        {'members': 'many'},
        {'sharpness': 'high'},
        {'files': {}},
    ],
)
def test_a_description_that_does_not_fit_the_arrays_is_refused(saved, changes):
    rewrite(saved[0], **changes)
    with pytest.raises(BadBundle):
        bundle.load(saved[0])


def test_json_that_is_no_description_is_refused(saved):
    for text in ('[]', '1', 'null', '{}'):
        (saved[0] / 'model.json').write_text(text)
        with pytest.raises(BadBundle):
            bundle.load(saved[0])


# ---------------------------------------------------------------- hidden layers and what is familiar


@pytest.fixture
def deep(model):
    """The trained model, and a member with a hidden layer of four units on three numbers."""
    rng = np.random.default_rng(0)
    weights, bias, centres = (rng.normal(size=shape).astype(np.float32) for shape in ((4, 3), 3, (4, 3)))
    hidden = Member('third', 'final', 'hidden layer', 0.2, 'l2', weights, bias, Radial(centres, 0.1 + 0.2))
    return replace(model, members=(*model.members, hidden))


@pytest.fixture
def saved_deep(deep, tmp_path):
    bundle.save(deep, tmp_path, ABOUT)
    return tmp_path


def test_a_hidden_layer_and_what_is_familiar_come_back_to_the_last_bit(saved_deep, deep, data):
    loaded, _ = bundle.load(saved_deep)
    features = data.features | {'third': {'final': np.random.default_rng(1).normal(size=(24, 3)).astype(np.float32)}}
    assert loaded.members[-1].hidden.narrowness == 0.1 + 0.2
    assert [member.hidden is None for member in loaded.members] == [True] * (len(deep.members) - 1) + [False]
    assert np.array_equal(loaded.predict(features), deep.predict(features))
    assert loaded.parameters == deep.parameters
    known = deep.familiarity.arrays()
    assert loaded.familiarity.arrays().keys() == known.keys()
    assert all(np.array_equal(array, known[name]) for name, array in loaded.familiarity.arrays().items())


def rewrite_arrays(folder, change):
    """Change the arrays as someone who also knows how to renew their hash."""
    path = folder / 'heads.safetensors'
    arrays = load_file(path)
    change(arrays)
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, path)
    rewrite(folder, files={path.name: bundle._sha256(path.read_bytes())})


def last(arrays, part):
    """The name of the last member's array."""
    return max(name for name in arrays if name.endswith(part))


@pytest.mark.parametrize(
    'change',
    [
        lambda arrays: arrays.pop(last(arrays, '.centres')),
        lambda arrays: arrays.update({'0.centres': arrays[last(arrays, '.centres')]}),
        lambda arrays: arrays.update({last(arrays, '.centres'): np.ones((5, 3), np.float32)}),
        lambda arrays: arrays.update({last(arrays, '.centres'): np.ones(4, np.float32)}),
        lambda arrays: arrays.update({last(arrays, '.centres'): np.ones((4, 3))}),
        lambda arrays: arrays.update({last(arrays, '.weights'): np.ones((4, 2), np.float32)}),
        lambda arrays: arrays.update({last(arrays, '.bias'): np.ones(2, np.float32)}),
        lambda arrays: arrays.pop('known.usual.together'),
        lambda arrays: arrays.pop('known.exemplars.small'),
        lambda arrays: arrays.update({'known.more': np.ones(2, np.float32)}),
        lambda arrays: arrays.update({'known.exemplars.small': np.ones((2, 30), np.float32)}),
        lambda arrays: arrays.update({'unknown': np.ones(2, np.float32)}),
    ],
)
def test_other_arrays_than_the_description_asks_for_are_refused(saved_deep, change):
    rewrite_arrays(saved_deep, lambda arrays: None)
    bundle.load(saved_deep)
    rewrite_arrays(saved_deep, change)
    with pytest.raises(BadBundle):
        bundle.load(saved_deep)


@pytest.mark.parametrize('narrowness', ['narrow', None, 'missing'])
def test_a_hidden_layer_without_its_narrowness_is_refused(saved_deep, narrowness):
    members = json.loads((saved_deep / 'model.json').read_text())['members']
    members[-1]['narrowness'] = narrowness
    if narrowness == 'missing':
        del members[-1]['narrowness']
    rewrite(saved_deep, members=members)
    with pytest.raises(BadBundle):
        bundle.load(saved_deep)
