"""What a model looked at, without a gradient: each place's share in what was said.

A linear head on features that are averages over a picture's places can be asked about each place alone: what it says of
the places averages to what it says of the picture, exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from classifier.backbones import BACKBONES, PRETRAINED
from classifier.errors import ClassifierError
from classifier.model import Floats, Member, Model

GRID = 14  # squares a side: twice the 7 of the networks' own maps
FINAL = 'final'

Maps = Mapping[str, NDArray[np.float32]]  # backbone -> (high, wide, d), one picture's


@dataclass(frozen=True)
class Heat:
    """What to draw over a picture, and a sentence on what it is."""

    values: Floats  # (GRID, GRID), top row first: 1 where most speaks for the category, 0 where least does
    how: str


def heat(model: Model, maps: Maps, category: int) -> Heat:
    """Where the model looked for a category (an index), from `classifier.networks` maps of its backbones.

    The members' shares are added with the members' weights; what has no places is left out, and the sentence says so.
    ClassifierError where nothing can be drawn.
    """
    drawn = [member for member in model.members if has_shares(member) and member.backbone in maps]
    if drawn:
        evidence = np.sum([each.weight * resized(standing_out(each, maps, category)) for each in drawn], axis=0)
        percent = 100 * sum(member.weight for member in drawn) / sum(member.weight for member in model.members)
        how = f'Bright squares spoke for this category. Drawn from {shorts(drawn)}: {percent:.0f} % of the answer.'
        return Heat(stretched(evidence), f'{how}{left_out(model, drawn)}')
    attentive = [member for member in model.members if attends(member) and member.backbone in maps]
    if not attentive:
        raise ClassifierError('Nothing that this version answers with can be drawn place by place.')
    how = f'Bright squares are where {shorts(attentive)} looked, whatever the category.'
    return Heat(stretched(resized(maps[attentive[0].backbone][:, :, 0])), f'{how}{left_out(model, attentive)}')


def has_shares(member: Member) -> bool:
    """Whether places share in what the member says: not where a class token has most of the say."""
    return member.cut == FINAL and member.backbone in PRETRAINED and not PRETRAINED[member.backbone].tokens


def attends(member: Member) -> bool:
    return member.backbone in PRETRAINED and PRETRAINED[member.backbone].tokens


def shares(member: Member, places: NDArray[Any]) -> Floats:
    """What the member says of each place (high, wide, d) -> (high, wide, categories).

    Their mean is what `member.scores` says of the whole picture. The square root of an average is the average of the
    places, each divided by that root; a length is the whole picture's.
    """
    values = np.asarray(places, np.float64)
    pooled = values.mean((0, 1))
    if member.transform == 'sqrt_l2':
        pooled = np.sqrt(np.maximum(pooled, 0.0))
        values = np.divide(values, pooled, out=np.zeros_like(values), where=pooled > 0)
    unit = values / max(float(np.linalg.norm(pooled)), 1e-300)
    found: Floats = unit @ member.weights.astype(np.float64) + member.bias
    return found


def standing_out(member: Member, maps: Maps, category: int) -> Floats:
    """How much more each place says for the category than for the others on average: (high, wide)."""
    each = shares(member, maps[member.backbone])
    others: Floats = np.delete(each, category, axis=2).mean(2)
    return np.asarray(each[:, :, category] - others)


def resized(values: NDArray[Any]) -> Floats:
    """A map on the common grid, between places as straight lines."""
    image = Image.fromarray(np.asarray(values, np.float32)).resize((GRID, GRID), Image.Resampling.BILINEAR)
    return np.asarray(image, np.float64)


def stretched(values: Floats) -> Floats:
    """From 0 to 1; all 1 where no place stands out."""
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else np.ones_like(values)


def shorts(members: Sequence[Member]) -> str:
    """“TinyViT and Lite0”: the members' backbones, each once."""
    names = list(dict.fromkeys(BACKBONES[member.backbone].short for member in members))
    return ' and '.join([', '.join(names[:-1]), names[-1]] if names[1:] else names)


def left_out(model: Model, drawn: Sequence[Member]) -> str:
    names = {member.backbone for member in drawn}
    rest = [member for member in model.members if member.backbone not in names]
    return f' Left out, having no places: {shorts(rest)}.' if rest else ''
