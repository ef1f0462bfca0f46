"""Figures and counts as they stand in a sentence."""

from datetime import datetime
from typing import Any

from django.utils import timezone

Accuracy = dict[str, Any]  # value, low, high in 0..1

SHORT = 60  # letters of a text that stand for all of it


def hundredths(share: float) -> int:
    """0.865 -> 87: a half goes up, as in the pages' scripts, so that both say the same."""
    return int(100 * share + 0.5)


def percent(share: float) -> str:
    """0.92 -> '92 %', the space narrow and unbreakable."""
    return f'{hundredths(share)}\u202f%'


def confidence(share: float) -> str:
    """A confidence is never quite certain: '>99 %', '<1 %'."""
    if share > 0.99:
        return '>99\u202f%'
    return '<1\u202f%' if share < 0.01 else percent(share)


def milliseconds(ms: float) -> str:
    """'41 ms', '1.2 s', '<1 ms'."""
    if ms < 1:
        return '<1 ms'
    return f'{ms:.0f} ms' if ms < 1000 else f'{ms / 1000:.1f} s'


def seconds(number: float) -> str:
    """'41 s', '3 min', '2 h', '5 days'."""
    for unit, factor in (('days', 86_400), ('h', 3600), ('min', 60)):
        if number >= 2 * factor:
            return f'{number / factor:.0f} {unit}'
    return f'{number:.0f} s' if number >= 10 or number == int(number) else f'{number:.1f} s'


def ago(moment: datetime) -> str:
    """How long ago, or how long since: '41 s', '3 min'."""
    return seconds(max(0, round((timezone.now() - moment).total_seconds())))


def accuracy_range(accuracy: Accuracy) -> str:
    """'84–97', in percent."""
    return f'{hundredths(accuracy["low"])}–{hundredths(accuracy["high"])}'


def accuracy_text(accuracy: Accuracy) -> str:
    """'92 % (84–97)': no accuracy without its range."""
    return f'{percent(accuracy["value"])} ({accuracy_range(accuracy)})'


def counted(number: int, noun: str, plural: str = '') -> str:
    """'1 photo', '1,940 photos'."""
    return f'{number:,} {noun if number == 1 else plural or noun + "s"}'


def thing(kind: str) -> str:
    """What a project of that kind learns from: 'photo' or 'text'."""
    return 'text' if kind == 'text' else 'photo'


def things(kind: str, number: int) -> str:
    """'1 photo', '1,940 texts'."""
    return counted(number, thing(kind))


def samples(number: int) -> str:
    """Of projects of either kind: '1 photo or text', '1,940 photos and texts'."""
    return counted(number, 'photo or text', 'photos and texts')


def shortened(text: str, most: int = SHORT) -> str:
    """How a text begins, in one line, cut between words where that can be."""
    line = ' '.join(text.split())
    if len(line) <= most:
        return line
    whole, _, _ = line[:most].rpartition(' ')
    return f'{whole if len(whole) > most / 2 else line[: most - 1]}…'


def figure(number: int) -> str:
    """'1,940'."""
    return f'{number:,}'


def views(number: int) -> str:
    return counted(number, 'view')


def categories(number: int) -> str:
    return counted(number, 'category', 'categories')


def sized(number: int) -> str:
    """'812 kB', '3.4 MB', '20 GB': what is left is never rounded up to more."""
    for unit, factor in (('GB', 10**9), ('MB', 10**6), ('kB', 10**3)):
        if number >= factor:
            tenths = number * 10 // factor
            return f'{tenths / 10:.1f}'.removesuffix('.0') + f' {unit}' if tenths < 100 else f'{tenths // 10} {unit}'
    return '1 byte' if number == 1 else f'{number} bytes'
