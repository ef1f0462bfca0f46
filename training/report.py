"""Everything that is known about how good a version is, from what it said of samples that it had not seen.

Figures only: report_words.py makes the sentences, report_page.py the page. A sample that was deleted since is in no
part of it, nor is one whose text is another one now.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.accuracy import HELD_OUT_EFFECT
from classifier.intervals import effective_count, wilson
from classifier.overlaps import MOST
from projects.models import Category, Sample
from projects.words import thing as thing_of
from training import report_next
from training import report_words as words
from training.models import Backbone, ModelVersion
from training.names import formula, of_today, split
from training.snapshot import SnapshotSample, edited, samples_of, together

Report = dict[str, Any]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Living:
    """A sample that is still there with what it was learned from, as it stands today."""

    category: int | None
    checked: bool  # its owner settled a doubt about its category


@dataclass(frozen=True)
class Seen:
    """What the version said of living samples that it had not seen, in the order of `ids`."""

    ids: list[int]
    labels: Ints  # (n,): where the user had put them, as an index into the version's categories
    said: Ints  # (n,)
    confidences: NDArray[np.float64]  # (n,): of what it said
    groups: Ints  # (n,): samples that belong together share a number
    deleted: int  # how many more there were, those with other texts by now included
    test: bool  # these are the test samples, and it was measured on no others

    @property
    def wrong(self) -> Ints:
        """Positions, the most certain first."""
        found = np.flatnonzero(self.labels != self.said)
        return found[np.argsort(-self.confidences[found], kind='stable')]


def report(version: ModelVersion) -> Report:
    """The version's report as the API gives it: api.md says what is in it. What cannot be told is None."""
    fields = ('held_out', 'evaluation', 'run__snapshot')
    held_out, evaluation, snapshot = ModelVersion.objects.filter(pk=version.pk).values_list(*fields).get()
    version.held_out, version.evaluation = held_out, evaluation  # the page shows more of them
    taken, there = samples_of(snapshot), Sample.objects.filter(project=version.project_id).alive()
    rows = list(there.values_list('pk', 'content_hash', 'category', 'label_checked'))
    living = {pk: Living(category, checked) for pk, now, category, checked in rows if not edited(taken, pk, now)}
    categories, thing = categories_today(version), thing_of(version.project.kind)
    names = [category['name'] for category in categories]
    seen = what_was_seen(version, held_out, taken, living)
    found = measured(seen, names, evaluation, living) | looked_into(version, evaluation, names, living)
    found['version'] = {'id': version.pk, 'number': version.number, 'sample_count': version.sample_count}
    found['accuracy'] = version.accuracy
    found['sources'] = evaluation.get('sources')
    found['categories'] = categories
    found['candidates'] = candidates_of(version)
    found['evidence'] = words.evidence(found['candidates'], thing)
    found['fast'] = words.fast(found['candidates'], version.ms_per_sample, evaluation.get('single'))
    found['parameters'] = parameters(version)
    found['notes'] = words.notes(evaluation, seen.deleted, seen.test, measured=len(seen.ids), thing=thing)
    moved = moved_since(taken, living)
    today = {pk: category for pk, _, category, _ in rows}
    found['next'] = report_next.next_step(found, today, moved, answers=version.is_current, thing=thing)
    return found


def moved_since(taken: dict[int, SnapshotSample], living: dict[int, Living]) -> set[int]:
    """The ids of samples that are in another category than the version learned, or in none: also of those that it was
    not measured on."""
    return {pk for pk, now in living.items() if pk in taken and taken[pk]['category'] != now.category}


def categories_today(version: ModelVersion) -> list[dict[str, Any]]:
    """In the order of the model's outputs, by their names of today: a deleted one has its last, and no two the same."""
    rows = {row.pk: row for row in Category.objects.filter(project=version.project_id)}
    names = of_today(version.categories, {row.pk: row.name for row in rows.values()})
    return [
        {
            'id': old['id'],
            'name': name,
            'colour': rows[old['id']].colour if old['id'] in rows else old['colour'],
            'position': rows[old['id']].position if old['id'] in rows else None,
        }
        for old, name in zip(version.categories, names, strict=True)
    ]


def what_was_seen(
    version: ModelVersion, held_out: dict[str, Any], taken: dict[int, SnapshotSample], living: dict[int, Living]
) -> Seen:
    """Test samples alone, where there were any: then the accuracy comes from them too."""
    index = {category['id']: place for place, category in enumerate(version.categories)}
    asked, test = asked_of(held_out, taken)
    kept = [(pk, answer) for pk, answer in asked if pk in living]
    ids = [pk for pk, _ in kept]
    answers = np.array([answer for _, answer in kept]).reshape(len(ids), len(index))
    return Seen(
        ids=ids,
        labels=np.array([index[taken[pk]['category']] for pk in ids], np.int64),
        said=answers.argmax(axis=1),
        confidences=answers.max(axis=1, initial=0),
        groups=np.unique([together(taken[pk]) for pk in ids], return_inverse=True)[1].astype(np.int64),
        deleted=len(asked) - len(kept),
        test=test,
    )


def asked_of(held_out: dict[str, Any], taken: dict[int, SnapshotSample]) -> tuple[list[tuple[int, list[float]]], bool]:
    """(sample id, what was said of it) of those `taken` that it is measured on, and whether these are test samples.

    Those from the web may have been only learned from.
    """
    pairs = zip(held_out.get('samples', []), held_out.get('probabilities', []), strict=True)
    known = [(pk, answer) for pk, answer in pairs if pk in taken]
    tests = [(pk, answer) for pk, answer in known if taken[pk]['split'] == 'test']
    return tests or [(pk, answer) for pk, answer in known if taken[pk].get('counts', True)], bool(tests)


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
    nearest, causes = evaluation.get('nearest', {}), evaluation.get('causes', {})
    return [
        {
            'sample': seen.ids[place],
            'category': names[seen.labels[place]],
            'predicted': names[seen.said[place]],
            'confidence': float(seen.confidences[place]),
            'nearest': _still(nearest.get(str(seen.ids[place])), living),
            'cause': causes.get(str(seen.ids[place])),
        }
        for place in seen.wrong
    ]


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
