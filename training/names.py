"""Backbones, cuts and heads as a person calls them, and how their learned numbers add up."""

from collections.abc import Iterable, Mapping
from typing import Any

from classifier.backbones import BACKBONES

HEADS = {'linear': 'linear', 'prototype': 'nearest average', 'hidden layer': 'small hidden layer'}


def backbones(names: Iterable[str]) -> list[str]:
    """Each once: one by its title, several by their short names."""
    different = list(dict.fromkeys(names))
    known = [BACKBONES[name] for name in different if name in BACKBONES]
    if len(known) < len(different):
        return different
    return [known[0].title] if len(known) == 1 else [backbone.short for backbone in known]


def cut(backbone: str, name: str) -> str:
    return BACKBONES[backbone].cut_titles.get(name, name) if backbone in BACKBONES else name


def head(name: str) -> str:
    return HEADS.get(name, name)


def joined(names: Iterable[str]) -> str:
    """Each once: “DINOv2 + TinyViT”."""
    return ' + '.join(dict.fromkeys(names))


def split(joined_names: str) -> list[str]:
    """'a + b + a' -> ['a', 'b']."""
    return list(dict.fromkeys(joined_names.split(' + ')))


def is_together(candidate: Mapping[str, Any]) -> bool:
    """Whether several answer: of other backbones, of one backbone's cuts, or under two heads on one cut."""
    return any(' + ' in candidate[part] for part in ('backbone', 'cut', 'head'))


def short(backbone: str) -> str:
    """What is not in the table is shown as it is."""
    return BACKBONES[backbone].short if backbone in BACKBONES else backbone


def words() -> dict[str, Any]:
    """What a page's script needs to turn the names in events into words."""
    known = {
        name: {'title': backbone.title, 'short': backbone.short, 'cuts': backbone.cut_titles}
        for name, backbone in BACKBONES.items()
    }
    return {'backbones': known, 'heads': HEADS}


def of_today(categories: Iterable[dict[str, Any]], today: Mapping[int, str]) -> list[str]:
    """Of a version's categories, in its order: a deleted one has its last name, marked where another took that over."""
    categories = list(categories)
    taken = {today[category['id']] for category in categories if category['id'] in today}
    found = []
    for category in categories:
        name = today.get(category['id'])
        if name is None:
            name = category['name']
            while name in taken:
                name = f'{name} (deleted)'
            taken.add(name)
        found.append(name)
    return found


def strongest_first(candidates: Iterable[dict[str, Any]]) -> list[str]:
    """The backbones, each by its best single candidate: the order in which a combination names them."""
    singles = [candidate for candidate in candidates if not is_together(candidate)]
    ranked = sorted(singles, key=lambda candidate: -candidate['accuracy'])
    return list(dict.fromkeys(candidate['backbone'] for candidate in ranked))


def in_order(found: Iterable[str], order: list[str]) -> list[str]:
    """Each once, in that order; what is not in it last."""
    return sorted(dict.fromkeys(found), key=lambda name: order.index(name) if name in order else len(order))


def formula(member: dict[str, Any], answers: int) -> str | None:
    """How a member's learned numbers add up, as [features + 1] × [answers]; None where they do not so."""
    learned = member['parameters']
    cuts = BACKBONES[member['backbone']].cuts if member['backbone'] in BACKBONES else {}
    width = cuts.get(member['cut'], learned // answers - 1)
    if learned == (width + 1) * answers:
        return f'[{width:,} + 1] × [{answers}] = {learned:,}'
    units, rest = divmod(learned - answers, width + answers)  # each has a place among the features, and its weights
    return None if rest else f'[{units}] × [{width:,}] + [{units} + 1] × [{answers}] = {learned:,}'
