"""Everything that is known about how good a version is, from what it said of samples that it had not seen.

Figures only: report_words.py makes the sentences, report_page.py the page. A sample that was deleted since is in no
part of it, nor is one whose text is another one now.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from classifier.accuracy import HELD_OUT_EFFECT
from classifier.intervals import effective_count, wilson
from classifier.overlaps import MOST
from projects.words import thing as thing_of
from training import report_next
from training import report_words as words
from training.models import Backbone, ModelVersion
from training.names import formula, split
from training.report_seen import Known, Living, Seen, known
from training.snapshot import SnapshotSample

Report = dict[str, Any]


def report(version: ModelVersion, read: Known | None = None) -> Report:
    """The version's report as the API gives it: api.md says what is in it. What cannot be told is None.

    `read`: what is known of the version, where somebody has read it already.
    """
    read = read or known(version)
    evaluation, living, seen = read.evaluation, read.living, read.seen
    thing, names = thing_of(version.project.kind), [category['name'] for category in read.categories]
    found = measured(seen, names, evaluation, living) | looked_into(version, evaluation, names, living)
    found['version'] = {'id': version.pk, 'number': version.number, 'sample_count': version.sample_count}
    found['accuracy'] = version.accuracy
    found['sources'] = evaluation.get('sources')
    found['categories'] = read.categories
    found['candidates'] = candidates_of(version)
    found['evidence'] = words.evidence(found['candidates'], thing)
    found['fast'] = words.fast(found['candidates'], version.ms_per_sample, evaluation.get('single'))
    found['parameters'] = parameters(version)
    found['notes'] = words.notes(evaluation, seen.deleted, seen.test, measured=len(seen.ids), thing=thing)
    moved = moved_since(read.taken, living)
    found['next'] = report_next.next_step(found, read.today, moved, version.is_current, thing, read.alone)
    return found


def moved_since(taken: dict[int, SnapshotSample], living: dict[int, Living]) -> set[int]:
    """The ids of samples that are in another category than the version learned, or in none: also of those that it was
    not measured on."""
    return {pk for pk, now in living.items() if pk in taken and taken[pk]['category'] != now.category}


def measured(seen: Seen, names: list[str], evaluation: Report, living: dict[int, Living]) -> Report:
    """The parts that are counted here; None where nothing is left to count."""
    if not seen.ids:
        return dict.fromkeys(('per_category', 'confusion', 'mistakes', 'worst_mixup'))
    matrix = confusion(seen, names)
    return {
        'per_category': per_category(seen, names),
        'confusion': matrix,
        'mistakes': mistakes(seen, names, evaluation, living),
        'worst_mixup': worst_mixup(matrix),
    }


def per_category(seen: Seen, names: list[str]) -> list[Report]:
    """Those that were measured. `low` and `high` are of the recall; precision is None where it never said so."""
    found = []
    for place, name in enumerate(names):
        mine, called = seen.labels == place, seen.said == place
        if not mine.any():
            continue
        right = (called & mine)[mine].astype(np.float64)
        recall, hits = float(right.mean()), int(right.sum())
        count = effective_count(right, seen.groups[mine]) / (1.0 if seen.test else HELD_OUT_EFFECT)  # as the headline's
        low, high = wilson(recall, count)
        precision = hits / int(called.sum()) if called.any() else None
        f1 = 2 * hits / int(mine.sum() + called.sum())
        row = {'category': name, 'samples': int(mine.sum()), 'precision': precision, 'recall': recall, 'f1': f1}
        found.append(row | {'low': low, 'high': high})
    return found


def confusion(seen: Seen, names: list[str]) -> Report:
    """Rows are what is true, columns what it said; the samples of a square are those it was surest of first."""
    samples: list[list[list[int]]] = [[[] for _ in names] for _ in names]
    for place in np.argsort(-seen.confidences, kind='stable'):
        samples[seen.labels[place]][seen.said[place]].append(seen.ids[place])
    counts = [[len(square) for square in row] for row in samples]
    return {'categories': names, 'counts': counts, 'samples': samples}


def mistakes(seen: Seen, names: list[str], evaluation: Report, living: dict[int, Living]) -> list[Report]:
    """The most certain first. `nearest` and `cause` are None where they were not looked for or cannot be told."""
    return [mistake(seen, place, names, evaluation, living) for place in seen.wrong.tolist()]


def mistake(seen: Seen, place: int, names: list[str], evaluation: Report, living: dict[int, Living]) -> Report:
    """The sample at that place."""
    key = str(seen.ids[place])
    return {
        'sample': seen.ids[place],
        'category': names[seen.labels[place]],
        'predicted': names[seen.said[place]],
        'confidence': float(seen.confidences[place]),
        'nearest': _still(evaluation.get('nearest', {}).get(key), living),
        'cause': evaluation.get('causes', {}).get(key),
    }


def _still(ids: Iterable[int] | None, living: dict[int, Living]) -> list[int] | None:
    return None if ids is None else [pk for pk in ids if pk in living]


def worst_mixup(matrix: Report) -> Report | None:
    """The commonest; of equally common ones the one that takes more of its category."""
    names, counts = matrix['categories'], matrix['counts']
    squares = [(i, j) for i in range(len(names)) for j in range(len(names)) if i != j and counts[i][j]]
    if not squares:
        return None
    i, j = max(squares, key=lambda square: (counts[square[0]][square[1]], -sum(counts[square[0]])))
    return {
        'category': names[i],
        'predicted': names[j],
        'count': counts[i][j],
        'of': sum(counts[i]),
        'back': counts[j][i],
        'back_of': sum(counts[j]),
        'samples': matrix['samples'][i][j],
    }


def looked_into(version: ModelVersion, evaluation: Report, names: list[str], living: dict[int, Living]) -> Report:
    """The parts that training left in the version's evaluation, with names, and without what was deleted since."""
    thing = thing_of(version.project.kind)
    return {
        'learning_curve': _part(evaluation, 'curve', lambda curve: _curve(curve, names, thing)),
        'fault': _part(evaluation, 'fault', lambda fault: fault | {'advice': words.fault_advice(fault, thing)}),
        'suspects': _part(evaluation, 'suspects', lambda found: _suspects(version, found, names, living)),
        'near_duplicates': _part(evaluation, 'near_duplicates', lambda found: _clusters(found, living)),
        'overlaps': _part(evaluation, 'overlaps', lambda found: [_overlap(pair, names) for pair in found[:MOST]]),
        'reliability': evaluation.get('reliability'),
    }


def _part(evaluation: Report, name: str, made: Callable[[Any], Any]) -> Any:
    found = evaluation.get(name)
    return None if found is None else made(found)


def _curve(curve: Report, names: list[str], thing: str) -> Report:
    named = curve | {'neediest': None if curve['neediest'] is None else names[curve['neediest']]}
    for part in ('measured', 'forecast'):
        named[part] = [point | {'per_category': round(point['per_category'])} for point in curve[part]]
    return named | {'advice': words.curve_advice(named, thing)}


def _suspects(version: ModelVersion, found: list[Report], names: list[str], living: dict[int, Living]) -> list[Report]:
    """Those that are still where they are doubted to belong, and whose owner has not said that they do."""
    ids = [category['id'] for category in version.categories]
    open_ones = [one for one in found if living.get(one['sample']) == Living(ids[one['category']], checked=False)]
    return [one | {'category': names[one['category']], 'suggested': names[one['suggested']]} for one in open_ones]


def _clusters(found: list[list[int]], living: dict[int, Living]) -> list[list[int]]:
    still = [[pk for pk in cluster if pk in living] for cluster in found]
    return [cluster for cluster in still if len(cluster) > 1]


def _overlap(pair: Report, names: list[str]) -> Report:
    """Training keeps which share of the two it told apart; here `share` is what it mixed up: guessing has 0.5."""
    mixed_up = {'share': 1 - pair['share'], 'low': 1 - pair['high'], 'high': 1 - pair['low']}
    return {'categories': [names[place] for place in pair['categories']]} | mixed_up


def candidates_of(version: ModelVersion) -> list[Report]:
    """With the milliseconds that a sample takes in all its backbones together; None where one was not measured."""
    asked = [set(split(candidate['backbone'])) for candidate in version.candidates]
    ms = Backbone.objects.milliseconds()
    found = []
    for candidate, backbones in zip(version.candidates, asked, strict=True):
        times = [ms.get(name) for name in backbones]
        total = None if None in times else round(sum(time or 0.0 for time in times), 1)
        found.append({'ms_per_sample': total} | candidate)
    return found


def parameters(version: ModelVersion) -> Report:
    """Learned and frozen numbers; per member the sum [features + 1] × [answers], or of a hidden layer the like."""
    names = ('backbone', 'cut', 'head', 'parameters')
    members = [
        {name: member[name] for name in names} | {'formula': formula(member, len(version.categories))}
        for member in version.members
    ]
    learned, frozen = version.parameters, version.frozen_parameters
    return {'learned': learned, 'frozen': frozen, 'ratio': frozen / learned if learned else None, 'members': members}
