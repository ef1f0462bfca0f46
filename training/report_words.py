"""What a report says in words: made from its numbers, without jargon, and never more than they show."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from projects.enough import USEFUL, in_sentence
from projects.words import accuracy_range, accuracy_text, counted, hundredths, milliseconds, percent
from training import names

Report = dict[str, Any]

FAULTS = {
    'wrong_label': '{share} look like photos in the wrong category. Check those first.',
    'head': '{share} look like photos that it gets right: more photos would teach the small part on top.',
    'backbone': '{share} come from the pretrained models: what differs here they hardly see, or only one of them does.',
    'unclear': '{share} may be unclear photos: near misses, or taken by all models for the same other thing.',
    'too_few': '{share} were nearly right: more photos would probably settle most of those.',
    'none': 'No single cause stands out.',
    'cannot_tell': 'Cannot tell what its mistakes come from: they are too few, or of too many kinds.',
}
ALL_THE_SAME = {  # told by all of the photos together, where no single mistake shows the cause
    'wrong_label': 'Its answers look like those learned from photos in wrong categories, though no one stands out.',
    'backbone': 'Its answers look like those of pretrained models that hardly see what differs here.',
    'too_few': 'Its answers look like those learned from too few photos. Add more.',
}


def evidence(candidates: Sequence[Report]) -> str:
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
        said.append(f'{milliseconds(chosen["ms_per_sample"])} a photo')
    return f'{_why_below(chosen, best, gained) if gained < 0 else ""}{capital(", ".join(said))}.'


def _why_below(chosen: Report, best: Report, gained: int) -> str:
    """Why a combination answers though a single one got more right: it is chosen by held-out log loss."""
    luck = ''
    if best['low'] <= chosen['accuracy']:
        luck = ', which on so few photos may be chance'
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

    The version takes `ms` a photo. Training goes by how far its confidences can be believed. `outdone`: another single
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


def curve_advice(curve: Report) -> str:
    if promises(curve):
        need = f' {in_sentence(curve["neediest"])} needs them most.' if curve['neediest'] else ''
        gain = f'{percent(now(curve))} to {percent(curve["target"])}'
        return f'About {amount(curve)} more photos in all would bring {gain}.{need}'
    if curve['flat']:
        return 'More photos like these will not help here; a different pretrained model might.'
    return 'Cannot tell yet whether more photos would help.'


def promises(curve: Report) -> bool:
    """Whether it says how many more photos make a difference that can be seen in whole percent."""
    return bool(curve['more'] and hundredths(curve['target']) > hundredths(now(curve)))


def now(curve: Report) -> float:
    """The accuracy with all photos that there are: the last point measured."""
    return float(curve['measured'][-1]['accuracy'])


def amount(curve: Report) -> str:
    """'20–35', '20'."""
    least, most = curve['more']
    return f'{least}–{most}' if most > least else str(least)


def fault_advice(fault: Report) -> str:
    cause = fault['cause']
    if cause not in fault['shares']:
        return FAULTS[cause]
    if not fault['shares'][cause] and cause in ALL_THE_SAME:
        return ALL_THE_SAME[cause]
    bounds = {'low': fault['low'][cause], 'high': fault['high'][cause]}
    return FAULTS[cause].format(share=f'{percent(fault["shares"][cause])} ({accuracy_range(bounds)}) of its mistakes')


def notes(evaluation: Report, deleted: int, test: bool, measured: int) -> list[str]:
    said = list(evaluation.get('notes', []))
    if test:
        said.append('Measured on the test photos alone, which it never learned from.')
    if deleted:
        were = 'photos were' if deleted > 1 else 'photo was'
        said.append(f'{deleted:,} {were} deleted since: still counted in the accuracy, and nowhere else here.')
    if not measured:
        said.append('None of the photos that it was measured on is left, so its mistakes cannot be shown.')
    if not evaluation:
        said.append('This version was trained before mistakes were looked into. Train again, and they will be.')
    return said


def next_step(
    found: Report, today: Mapping[int, int | None], moved: Collection[int] = (), answers: bool = True
) -> Report:
    """The one thing that would mend most mistakes: its code, a title, a text, and what to expect (or None).

    `today` says in which category each living sample is, `moved` which samples were put elsewhere since the version
    learned, `answers` whether it is the one that does. Codes: train, check_labels, keep_one, add_photos, overlap, test.
    """
    corrected = sum(today[pk] is not None for pk in moved)
    if corrected and answers:
        return _train_again(found, corrected, moved)
    found = found | {'mistakes': [one for one in found['mistakes'] or [] if one['sample'] not in moved]}
    wrong = len(found['mistakes'] or [])
    offers = [_check_labels(found, wrong), _keep_one(found, today), _add_photos(found, wrong), _overlap(found, wrong)]
    useful = _reach_useful(found, today)
    if useful:
        offers.append((sum(one['cause'] == 'too_few' for one in found['mistakes'] or []), useful))
    made = [offer for offer in offers if offer is not None and offer[0] > 0]
    if made:
        return max(made, key=lambda offer: offer[0])[1]  # of equals the first: cleaning is cheaper than collecting
    return useful or _show_it(found, wrong)


def _train_again(found: Report, corrected: int, moved: Collection[int]) -> Report:
    mended = sum(one['sample'] in moved for one in found['mistakes'] or [])
    text = 'This report is of the labels before. Training takes them in, and tells anew what would help.'
    if mended:
        text = f'{_of(mended, len(found["mistakes"]))} {"are" if mended > 1 else "is"} settled by that. {text}'
    title = f'Train again: {counted(corrected, "label")} {"were" if corrected > 1 else "was"} corrected'
    return step('train', title, text)


Offer = tuple[float, Report] | None  # how many mistakes it would mend, and the step


def step(code: str, title: str, text: str, expected: str | None = None) -> Report:
    return {'code': code, 'title': title, 'text': text, 'expected': expected}


def _check_labels(found: Report, wrong: int) -> Offer:
    doubted = {suspect['sample'] for suspect in found['suspects'] or []}
    mended = [one for one in found['mistakes'] or [] if one['cause'] == 'wrong_label' and one['sample'] in doubted]
    text = f'{_of(len(mended), wrong)} may come from photos in the wrong category. Look, and decide.'
    return len(mended), step('check_labels', f'Check {counted(len(doubted), "label")}', text)


def _keep_one(found: Report, today: Mapping[int, int | None]) -> Offer:
    """Near-duplicates in different categories: it was told two things about what looks the same."""
    clusters = [{today[pk] for pk in cluster} - {None} for cluster in found['near_duplicates'] or []]
    count = sum(len(categories) > 1 for categories in clusters)
    title = 'Settle a photo that stands in two categories'
    if count > 1:
        title = f'Settle {count} photos that stand in two categories each'
    return count, step('keep_one', title, 'What looks the same can be right in one of them at most. Keep one of each.')


def _add_photos(found: Report, wrong: int) -> Offer:
    curve = found['learning_curve']
    if curve is None or not promises(curve):
        return None
    most = f', first of {in_sentence(curve["neediest"])}' if curve['neediest'] else ''
    expected = f'{percent(now(curve))} becomes {percent(curve["target"])}.'
    offer = step('add_photos', f'Add about {amount(curve)} photos{most}', _between(found, wrong), expected)
    measured = sum(row['samples'] for row in found['per_category'] or [])
    return (curve['target'] - now(curve)) * measured, offer


def _between(found: Report, wrong: int) -> str:
    worst = found['worst_mixup'] or {}
    names = {worst.get('category'), worst.get('predicted')}
    count = sum({one['category'], one['predicted']} == names for one in found['mistakes'])
    if not count:
        return 'New photos should show what the ones here do not yet: other places, light, angles.'
    pair = f'{in_sentence(worst["category"])} and {in_sentence(worst["predicted"])}'
    if len(found['categories']) == 2:
        return f'Show what differs between {pair}.'
    return f'{_of(count, wrong)} {"are" if count > 1 else "is"} between {pair}: show what differs.'


def _of(count: int, wrong: int) -> str:
    """'3 of 5 mistakes', 'All 5 mistakes', 'Its one mistake'."""
    if count < wrong:
        return f'{count} of {wrong} mistakes'
    return f'All {wrong} mistakes' if wrong > 2 else 'Both mistakes' if wrong == 2 else 'Its one mistake'


def _overlap(found: Report, wrong: int) -> Offer:
    """Of a pair's mistakes the share of the pair that is mixed up: so many are what no head could tell apart."""
    pairs = {frozenset(overlap['categories']): overlap['share'] for overlap in found['overlaps'] or []}
    between = Counter(frozenset((one['category'], one['predicted'])) for one in found['mistakes'] or [])
    if not pairs:
        return None
    pair = max(pairs, key=lambda pair: between[pair] * pairs[pair])
    count = between[pair]
    if len(found['categories']) > 2:
        text = (
            f'{_of(count, wrong)} {"are" if count > 1 else "is"} between these two. If you cannot tell them apart '
            'either, make them one category; else add photos that show the difference.'
        )
    else:
        text = 'Add photos that show the difference, close and in good light.'
    first, second = (in_sentence(name) for name in sorted(pair))
    return count * pairs[pair], step('overlap', f'Decide whether {first} and {second} differ', text)


def _reach_useful(found: Report, today: Mapping[int, int | None]) -> Report | None:
    """More photos for the smallest category, while it has so few that hardly anything can be told."""
    there = [category for category in found['categories'] if category['position'] is not None]
    counts = Counter(today.values())
    smallest = min(there, key=lambda category: counts[category['id']], default=None)
    if smallest is None or counts[smallest['id']] >= USEFUL:
        return None
    lacking = [category for category in there if counts[category['id']] < USEFUL]
    title = f'Add {counted(USEFUL - counts[smallest["id"]], "photo")} to {in_sentence(smallest["name"])}'
    text = f'With {USEFUL} in each category more can be told, and more is learned.'
    if len(lacking) > 1:
        title = f'Add photos until each category has {USEFUL}'
        least = [category for category in lacking if counts[category['id']] == counts[smallest['id']]]
        who = f'{len(least)} categories have' if len(least) > 1 else f'{in_sentence(smallest["name"])} has'
        text = f'{who} only {counts[smallest["id"]]}. {text}'
    return step('add_photos', title, text)


def _show_it(found: Report, wrong: int) -> Report:
    if wrong:
        text = 'Nothing that is known here would mend many of its mistakes. See how it does where you want to use it.'
    else:
        measured = sum(row['samples'] for row in found['per_category'] or [])
        text = f'It got none wrong of {counted(measured, "photo")}. See how it does where you want to use it.'
        text = text if measured else 'See how it does where you want to use it.'
    return step('test', 'Show it new photos', text)
