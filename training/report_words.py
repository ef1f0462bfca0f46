"""What a report says in words: made from its numbers, without jargon, and never more than they show."""

from collections.abc import Sequence
from typing import Any

from projects.enough import in_sentence
from projects.words import accuracy_range, accuracy_text, counted, hundredths, milliseconds, percent
from training import names

Report = dict[str, Any]

PHOTO = 'photo'  # what is told apart, if nothing else is said: projects.words.thing

FAULTS = {
    'wrong_label': '{share} look like {thing}s in the wrong category. Check those first.',
    'head': '{share} look like {thing}s that it gets right: more {thing}s would teach the small part on top.',
    'backbone': '{share} come from the pretrained models: what differs here they hardly see, or only one of them does.',
    'unclear': '{share} may be unclear {thing}s: near misses, or taken by all models for the same other thing.',
    'too_few': '{share} were nearly right: more {thing}s would probably settle most of those.',
    'none': 'No single cause stands out.',
    'cannot_tell': 'Cannot tell what its mistakes come from: they are too few, or of too many kinds.',
}
ALL_THE_SAME = {  # told by all mistakes together, where no single mistake shows the cause
    'wrong_label': 'Its answers look like those learned from {thing}s in wrong categories, though no one stands out.',
    'backbone': 'Its answers look like those of pretrained models that hardly see what differs here.',
    'too_few': 'Its answers look like those learned from too few {thing}s. Add more.',
}


def evidence(candidates: Sequence[Report], thing: str = PHOTO) -> str:
    """'DINOv2 + colour, linear heads: 91 % (83–96), 3 points better than the best single one, 41 ms a photo.'"""
    chosen = next((candidate for candidate in candidates if candidate['chosen']), None)
    if chosen is None:
        return ''
    together = names.is_together(chosen)
    singles = [one for one in candidates if not names.is_together(one)]
    order = names.strongest_first(candidates)
    heads = ' and '.join(dict.fromkeys(names.head(head) for head in names.split(chosen['head'])))
    said = [f'{names_of(chosen, order)}, {heads} head{"s" if together else ""}: {accuracy_text(interval_of(chosen))}']
    best = max(singles, key=lambda one: one['accuracy']) if together and singles else chosen
    gained = hundredths(chosen['accuracy']) - hundredths(best['accuracy'])
    if best is not chosen and gained >= 0:
        better = f'{counted(gained, "point")} better than' if gained > 0 else 'not better than'
        said.append(f'{better} the best single one')
    if chosen['ms_per_sample']:
        said.append(f'{milliseconds(chosen["ms_per_sample"])} a {thing}')
    return f'{_why_below(chosen, best, gained, thing) if gained < 0 else ""}{capital(", ".join(said))}.'


def _why_below(chosen: Report, best: Report, gained: int, thing: str) -> str:
    """Why a combination answers though a single one got more right: it is chosen by held-out log loss."""
    luck = ''
    if best['low'] <= chosen['accuracy']:
        luck = f', which on so few {thing}s may be chance'
    return (
        f'{names_of(best, [])} alone got {counted(-gained, "point")} more{luck}. Several answer together all the same: '
        'what counts is how far the confidences can be believed, and leaving one out did not clearly improve those. '
    )


def names_of(candidate: Report, order: list[str]) -> str:
    """'DINOv2 + colour'."""
    return ' + '.join(map(names.short, names.in_order(names.split(candidate['backbone']), order)))


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def interval_of(candidate: Report) -> Report:
    return {'value': candidate['accuracy'], 'low': candidate['low'], 'high': candidate['high']}


def fast(candidates: Sequence[Report], ms: float, single: Sequence[str] | None) -> Report | None:
    """The best single one as training would choose it (backbone, cut, head), if it is quicker than the version.

    The version takes `ms` a sample. Training goes by how far its confidences can be believed. `outdone`: another single
    one got more right and is no slower, or as many and is quicker.
    """
    wanted = dict(zip(('backbone', 'cut', 'head'), single or (), strict=False))
    best = next((one for one in candidates if wanted and is_one(one, wanted)), None)
    if best is None or best['chosen'] or best['ms_per_sample'] is None or best['ms_per_sample'] >= ms:
        return None
    outdone = quicker(candidates, best) is not None
    said = {name: best[name] for name in ('backbone', 'cut', 'head', 'accuracy', 'ms_per_sample')}
    return {'name': names_of(best, []), 'outdone': outdone} | said


def is_one(candidate: Report, wanted: Report) -> bool:
    """Whether it is the candidate with that backbone, cut and head."""
    return all(candidate[part] == wanted[part] for part in ('backbone', 'cut', 'head'))


def quicker(candidates: Sequence[Report], than: Report) -> Report | None:
    """Of the single ones that got as many right, in whole percent, or more, and in less time, or more in as little: the
    quickest."""

    def worth(one: Report) -> tuple[float, int]:
        return -one['ms_per_sample'], hundredths(one['accuracy'])

    singles = [one for one in candidates if not names.is_together(one) and one['ms_per_sample'] is not None]
    ms, right = than['ms_per_sample'], hundredths(than['accuracy'])
    found = [
        one
        for one in singles
        if one['ms_per_sample'] <= ms
        and hundredths(one['accuracy']) >= right
        and (one['ms_per_sample'] < ms or hundredths(one['accuracy']) > right)
    ]
    return max(found, key=worth, default=None)


def curve_advice(curve: Report, thing: str = PHOTO) -> str:
    if promises(curve):
        need = f' {in_sentence(curve["neediest"])} needs them most.' if curve['neediest'] else ''
        gain = f'{percent(now(curve))} to {percent(curve["target"])}'
        return f'About {amount(curve)} more {thing}s in all would bring {gain}.{need}'
    if curve['flat']:
        return f'More {thing}s like these will not help here; a different pretrained model might.'
    return f'Cannot tell yet whether more {thing}s would help.'


def promises(curve: Report) -> bool:
    """Whether it says how many more photos make a difference that can be seen in whole percent."""
    return bool(curve['more'] and hundredths(curve['target']) > hundredths(now(curve)))


def now(curve: Report) -> float:
    """The accuracy with all samples that there are: the last point measured."""
    return float(curve['measured'][-1]['accuracy'])


def amount(curve: Report) -> str:
    """'20–35', '20'."""
    least, most = curve['more']
    return f'{least}–{most}' if most > least else str(least)


def fault_advice(fault: Report, thing: str = PHOTO) -> str:
    cause = fault['cause']
    if cause not in fault['shares']:
        return FAULTS[cause].format(thing=thing)
    if not fault['shares'][cause] and cause in ALL_THE_SAME:
        return ALL_THE_SAME[cause].format(thing=thing)
    bounds = {'low': fault['low'][cause], 'high': fault['high'][cause]}
    share = f'{percent(fault["shares"][cause])} ({accuracy_range(bounds)}) of its mistakes'
    return FAULTS[cause].format(share=share, thing=thing)


def notes(evaluation: Report, deleted: int, test: bool, measured: int, thing: str = PHOTO) -> list[str]:
    said = list(evaluation.get('notes', []))
    if test:
        said.append(f'Measured on the test {thing}s alone, which it never learned from.')
    if deleted:
        were = f'{thing}s were' if deleted > 1 else f'{thing} was'
        said.append(f'{deleted:,} {were} {gone(thing)} since: still counted in the accuracy, and nowhere else here.')
    if not measured:
        said.append(f'None of the {thing}s that it was measured on is left, so its mistakes cannot be shown.')
    if not evaluation:
        said.append('This version was trained before mistakes were looked into. Train again, and they will be.')
    return said


def gone(thing: str) -> str:
    """How one ceases to be what a version learned from: texts can be edited."""
    return 'deleted' if thing == PHOTO else 'deleted or changed'
