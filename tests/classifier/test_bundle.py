import json
from dataclasses import replace

import numpy as np
import pytest

from classifier import bundle
from classifier.errors import BadBundle
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
    rewrite(saved[0], format=3)
    with pytest.raises(BadBundle, match='format 3'):
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
