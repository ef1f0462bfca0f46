"""A model on disk: `heads.safetensors` with the numbers, `model.json` with the rest. Nothing is pickled."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from classifier.errors import BadBundle
from classifier.model import Member, Model, Radial
from classifier.unknown import Familiarity

FORMAT = 3
# The first format had neither hidden layers nor anything that tells familiar pictures, the second nothing of texts.
READABLE = (1, 2, FORMAT)
HEADS, TEXT = 'heads.safetensors', 'model.json'
KNOWN = 'known.'  # what the names of the arrays that tell familiar samples begin with
CORPUS = 'corpus.'  # and of those that turn texts into features
DESCRIBED = ('backbone', 'cut', 'head', 'weight', 'transform')


def save(model: Model, folder: Path, about: dict[str, Any]) -> dict[str, str]:
    """Write a model and what is known `about` it (JSON: accuracy, weight hashes, ...); file name -> sha256.

    Each file is written aside and renamed, the JSON last: a folder with `model.json` is whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    heads = save_tensors(_tensors(model))
    described = {
        'format': FORMAT,
        'categories': list(model.categories),
        'members': [_described(member) for member in model.members],
        'sharpness': model.sharpness,
        'about': about,
        'files': {HEADS: _sha256(heads)},
    }
    described['sha256'] = _digest(described)
    text = json.dumps(described, indent=1, ensure_ascii=False, sort_keys=True, allow_nan=False).encode()
    for name, content in ((HEADS, heads), (TEXT, text)):
        _write(folder / name, content)
    return {HEADS: _sha256(heads), TEXT: _sha256(text)}


def load(folder: Path, files: dict[str, str] | None = None) -> tuple[Model, dict[str, Any]]:
    """Read back (model, about); `files`, as `save` returned them, are held against what lies there.

    Raises BadBundle when something is missing, damaged, of a newer format, or its hash differs.
    """
    try:
        text, heads = (folder / TEXT).read_bytes(), (folder / HEADS).read_bytes()
    except OSError as error:
        raise BadBundle(f'The saved model in {folder.name} cannot be read: {error.strerror}.') from error
    if files is not None and files != {HEADS: _sha256(heads), TEXT: _sha256(text)}:
        raise BadBundle(f'The saved model in {folder.name} is not the one that was saved: its hash differs.')
    try:
        described = json.loads(text)
        if described['format'] not in READABLE:
            raise BadBundle(
                f'The saved model in {folder.name} has format {described["format"]}; this program reads up to {FORMAT}.'
            )
        if described['sha256'] != _digest(described) or described['files'][HEADS] != _sha256(heads):
            raise BadBundle(f'The saved model in {folder.name} is damaged: its hash differs.')
        return _model(described, load_tensors(heads)), described['about']
    except (ValueError, TypeError, KeyError, SafetensorError) as error:
        raise BadBundle(f'The saved model in {folder.name} is damaged ({type(error).__name__}).') from error


def _tensors(model: Model) -> dict[str, Any]:
    tensors: dict[str, Any] = {}
    for number, member in enumerate(model.members):
        tensors |= {f'{number}.weights': member.weights, f'{number}.bias': member.bias}
        if member.hidden is not None:
            tensors[f'{number}.centres'] = member.hidden.centres
    if model.familiarity is not None:
        tensors |= {KNOWN + name: array for name, array in model.familiarity.arrays().items()}
    if model.corpus is not None:
        tensors |= {CORPUS + name: array for name, array in model.corpus.arrays().items()}
    return tensors


def _described(member: Member) -> dict[str, Any]:
    described = {name: getattr(member, name) for name in DESCRIBED}
    return described if member.hidden is None else described | {'narrowness': member.hidden.narrowness}


def _model(described: dict[str, Any], tensors: dict[str, Any]) -> Model:
    known, words = _taken(KNOWN, tensors), _taken(CORPUS, tensors)
    categories = tuple(described['categories'])
    members = [_member(number, one, tensors, len(categories)) for number, one in enumerate(described['members'])]
    if not members or tensors:
        raise ValueError('members and arrays do not match')
    familiarity = Familiarity.from_arrays(known) if known else None
    corpus = None
    if words:
        from classifier.text.corpus import Corpus  # of photos' models nothing of it is needed

        corpus = Corpus.from_arrays(words)
    return Model(categories, tuple(members), float(described['sharpness']), familiarity, corpus)


def _taken(prefix: str, tensors: dict[str, Any]) -> dict[str, Any]:
    """The arrays whose names begin with it, without it; out of `tensors`."""
    return {name.removeprefix(prefix): tensors.pop(name) for name in list(tensors) if name.startswith(prefix)}


def _member(number: int, described: dict[str, Any], tensors: dict[str, Any], categories: int) -> Member:
    """Takes its arrays out of `tensors`."""
    weights, bias = tensors.pop(f'{number}.weights'), tensors.pop(f'{number}.bias')
    fits = weights.ndim == 2 and bias.shape == (categories,) == weights.shape[1:]
    hidden = None
    if 'narrowness' in described:
        hidden = Radial(tensors.pop(f'{number}.centres'), float(described['narrowness']))
        fits = fits and hidden.centres.ndim == 2 and len(hidden.centres) == len(weights)
    arrays = [weights, bias] if hidden is None else [weights, bias, hidden.centres]
    if not fits or any(array.dtype != np.float32 for array in arrays):
        raise ValueError('arrays of another shape or type than the categories ask for')
    return Member(**{name: described[name] for name in DESCRIBED}, weights=weights, bias=bias, hidden=hidden)


def _digest(described: dict[str, Any]) -> str:
    """Hash of the description without its own hash, independent of layout."""
    rest = {name: value for name, value in described.items() if name != 'sha256'}
    return _sha256(json.dumps(rest, sort_keys=True, allow_nan=False).encode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + '.part')
    part.write_bytes(content)
    part.replace(path)
