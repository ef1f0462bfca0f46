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

from classifier.backbones import BACKBONES, VISION
from classifier.errors import ClassifierError
from classifier.model import EARLIER, LINEAR, PROTOTYPE, Floats, Member, Model

GRID = 14  # squares a side: twice the 7 of the networks' own maps

Maps = Mapping[str, NDArray[np.float32]]  # backbone -> (high, wide, d), one picture's


@dataclass(frozen=True)
class Heat:
    """What to draw over a picture, and a sentence on what it is."""

    values: Floats  # (GRID, GRID), top row first: 1 where most speaks for the category, 0 where least does
    how: str
    rest: str  # what else answers, but is not drawn, by name; '' where nothing does


def drawn(model: Model) -> list[Member]:
    """The members whose maps `heat` draws. ClassifierError where nothing of the model's answer has places."""
    found = [member for member in model.members if has_shares(member)]
    found = found or [member for member in model.members if attends(member)][:1]
    if not found:
        raise ClassifierError('Nothing that this version answers with can be drawn place by place.')
    return found


def heat(model: Model, maps: Maps, category: int) -> Heat:
    """Where the model looked for a category (an index), from the `classifier.networks` maps of what is `drawn`.

    The members' shares are added with the members' weights. Where none has any, it is the attention of one.
    """
    members = drawn(model)
    if attends(members[0]):
        values = resized(maps[members[0].backbone][:, :, 0])
        how = f'Bright squares are where {named(members)} looked, whatever the category.'
    else:
        values = np.sum([each.weight * resized(standing_out(each, maps, category)) for each in members], axis=0)
        percent = 100 * sum(member.weight for member in members) / sum(member.weight for member in model.members)
        how = (
            f'Bright squares spoke for this category. Drawn from {named(members)}: {percent:.0f}\u202f% of the answer.'
        )
    rest = [member for member in model.members if member not in members]
    return Heat(stretched(values), how, named(rest) if rest else '')


def has_shares(member: Member) -> bool:
    """Whether each place has its share in what the member says: not where a class token has most of the say."""
    pooled = member.backbone in VISION and not VISION[member.backbone].tokens
    return pooled and member.cut not in EARLIER and member.head in (LINEAR, PROTOTYPE)


def attends(member: Member) -> bool:
    return member.backbone in VISION and VISION[member.backbone].tokens


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


def named(members: Sequence[Member]) -> str:
    """“TinyViT, TinyViT stage 2 of 4 and DINOv2”: each backbone once, and its earlier cuts."""
    names = list(dict.fromkeys(short(member) for member in members))
    return ' and '.join([', '.join(names[:-1]), names[-1]] if names[1:] else names)


def short(member: Member) -> str:
    backbone = BACKBONES[member.backbone]
    return f'{backbone.short} {backbone.cut_titles[member.cut]}' if member.cut in EARLIER else backbone.short
