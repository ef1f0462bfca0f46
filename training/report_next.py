"""What a report advises next: the one thing that would mend most mistakes, in sentences."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from projects.enough import USEFUL, in_sentence
from projects.words import counted, percent
from training.report_words import PHOTO, amount, now, promises

Report = dict[str, Any]

MORE_OF = {  # what new ones should show
    PHOTO: 'New photos should show what the ones here do not yet: other places, light, angles.',
    'text': 'New texts should say what the ones here do not yet: in other words, of other matters, longer and shorter.',
}


def next_step(
    found: Report,
    today: Mapping[int, int | None],
    moved: Collection[int] = (),
    answers: bool = True,
    thing: str = PHOTO,
    alone: bool = False,
) -> Report:
    """The one thing that would mend most mistakes: its code, a title, a text, and what to expect (or None).

    `today` says in which category each living sample is, `moved` which samples were put elsewhere since the version
    learned, `answers` whether it is the one that does, `alone` whether one model answers because its owner chose speed.
    Codes: train, check_labels, keep_one, add_photos, overlap, together, look, test.
    """
    corrected = sum(today[pk] is not None for pk in moved)
    if corrected and answers:
        return _train_again(found, corrected, moved)
    made_mistakes = bool(found['mistakes'])
    found = found | {'mistakes': [one for one in found['mistakes'] or [] if one['sample'] not in moved]}
    wrong = len(found['mistakes'] or [])
    offers = [
        _check_labels(found, wrong, thing),
        _keep_one(found, today, thing),
        _add_more(found, wrong, thing),
        _overlap(found, wrong, thing),
    ]
    useful = _reach_useful(found, today, thing)
    if useful:
        offers.append((sum(one['cause'] == 'too_few' for one in found['mistakes'] or []), useful))
    made = [offer for offer in offers if offer is not None and offer[0] > 0]
    if made:
        return max(made, key=lambda offer: offer[0])[1]  # of equals the first: cleaning is cheaper than collecting
    return useful or _by_cause(found, wrong, thing, alone) or _show_it(found, made_mistakes, thing)


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


def _check_labels(found: Report, wrong: int, thing: str) -> Offer:
    doubted = {suspect['sample'] for suspect in found['suspects'] or []}
    mended = [one for one in found['mistakes'] or [] if one['cause'] == 'wrong_label' and one['sample'] in doubted]
    text = f'{_of(len(mended), wrong)} may come from {thing}s in the wrong category. Look, and decide.'
    return len(mended), step('check_labels', f'Check {counted(len(doubted), "label")}', text)


def _keep_one(found: Report, today: Mapping[int, int | None], thing: str) -> Offer:
    """Near-duplicates in different categories: it was told two things about what looks the same."""
    clusters = [{today[pk] for pk in cluster} - {None} for cluster in found['near_duplicates'] or []]
    count = sum(len(categories) > 1 for categories in clusters)
    title = f'Settle a {thing} that stands in two categories'
    if count > 1:
        title = f'Settle {count} {thing}s that stand in two categories each'
    return count, step('keep_one', title, 'What looks the same can be right in one of them at most. Keep one of each.')


def _add_more(found: Report, wrong: int, thing: str) -> Offer:
    curve = found['learning_curve']
    if curve is None or not promises(curve):
        return None
    most = f', first of {in_sentence(curve["neediest"])}' if curve['neediest'] else ''
    expected = f'{percent(now(curve))} becomes {percent(curve["target"])}.'
    offer = step('add_photos', f'Add about {amount(curve)} {thing}s{most}', _between(found, wrong, thing), expected)
    measured = sum(row['samples'] for row in found['per_category'] or [])
    return (curve['target'] - now(curve)) * measured, offer


def _between(found: Report, wrong: int, thing: str) -> str:
    worst = found['worst_mixup'] or {}
    names = {worst.get('category'), worst.get('predicted')}
    count = sum({one['category'], one['predicted']} == names for one in found['mistakes'])
    if not count:
        return MORE_OF[thing]
    pair = f'{in_sentence(worst["category"])} and {in_sentence(worst["predicted"])}'
    if len(found['categories']) == 2:
        return f'Show what differs between {pair}.'
    return f'{_of(count, wrong)} {"are" if count > 1 else "is"} between {pair}: show what differs.'


def _of(count: int, wrong: int) -> str:
    """'3 of 5 mistakes', 'All 5 mistakes', 'Its one mistake'."""
    if count < wrong:
        return f'{count} of {wrong} mistakes'
    return f'All {wrong} mistakes' if wrong > 2 else 'Both mistakes' if wrong == 2 else 'Its one mistake'


def _overlap(found: Report, wrong: int, thing: str) -> Offer:
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
            f'either, make them one category; else add {thing}s that show the difference.'
        )
    else:
        text = f'Add {thing}s that show the difference{", close and in good light" if thing == PHOTO else ""}.'
    first, second = (in_sentence(name) for name in sorted(pair))
    return count * pairs[pair], step('overlap', f'Decide whether {first} and {second} differ', text)


def _reach_useful(found: Report, today: Mapping[int, int | None], thing: str) -> Report | None:
    """More samples for the smallest category, while it has so few that hardly anything can be told."""
    there = [category for category in found['categories'] if category['position'] is not None]
    counts = Counter(today.values())
    smallest = min(there, key=lambda category: counts[category['id']], default=None)
    if smallest is None or counts[smallest['id']] >= USEFUL:
        return None
    lacking = [category for category in there if counts[category['id']] < USEFUL]
    title = f'Add {counted(USEFUL - counts[smallest["id"]], thing)} to {in_sentence(smallest["name"])}'
    text = f'With {USEFUL} in each category more can be told, and more is learned.'
    if len(lacking) > 1:
        title = f'Add {thing}s until each category has {USEFUL}'
        least = [category for category in lacking if counts[category['id']] == counts[smallest['id']]]
        who, many = (f'{len(least)} categories', True) if len(least) > 1 else (in_sentence(smallest['name']), False)
        has, fewest = 'have' if many else 'has', counts[smallest['id']]
        there_are = f'{has} only {fewest}' if fewest else 'are empty' if many else 'is empty'
        text = f'{who} {there_are}. {text}'
    return step('add_photos', title, text)


def _by_cause(found: Report, wrong: int, thing: str, alone: bool) -> Report | None:
    """What the commonest cause asks for that no figure speaks of; None where nothing can be done about it here."""
    causes = Counter(one['cause'] for one in found['mistakes'] if one['cause'] in ('head', 'backbone', 'unclear'))
    cause, count = next(iter(causes.most_common(1)), (None, 0))
    them, are = _of(count, wrong), 'are' if count > 1 else 'is'
    if cause == 'head':
        text = f'The {thing}s most like {_lower(them)} are in the right category: more such {thing}s would teach it.'
        return step('add_photos', f'Add {thing}s like those it got wrong', text)
    if cause == 'backbone' and alone:
        text = f'Another pretrained model gets {_lower(them)} right. One answers alone now, because you chose speed.'
        return step('together', 'Let all models answer together', text)
    if cause == 'unclear':
        text = (
            f'{them} {are} unclear. Where you can tell what it is, add {thing}s like it that show it plainly; '
            'where you cannot either, there is nothing to mend.'
        )
        return step('look', f'Look at {counted(count, f"unclear {thing}")}', text)
    return None


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _show_it(found: Report, made_mistakes: bool, thing: str) -> Report:
    if made_mistakes:
        text = 'Nothing that is known here would mend many of its mistakes. See how it does where you want to use it.'
        if any(one['cause'] == 'backbone' for one in found['mistakes']):
            text = f'The pretrained models hardly see what differs there, and all that are installed were tried. {text}'
    else:
        measured = sum(row['samples'] for row in found['per_category'] or [])
        text = f'It got none wrong of {counted(measured, thing)}. See how it does where you want to use it.'
        text = text if measured else 'See how it does where you want to use it.'
    return step('test', f'Show it new {thing}s', text)
