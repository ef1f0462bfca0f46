"""What NanoWeb says beside its answers, held against what is so: more photos, and pictures of something else."""

from typing import Any

import numpy as np

from benchmarks import photos
from benchmarks.cases import CORE, Case, Measurement
from benchmarks.draws import SETS, balanced, draw
from benchmarks.photos import Features, rows_of
from benchmarks.results import Results, text_hash
from classifier.curve import FURTHEST
from classifier.model import Model
from classifier.training import train
from classifier.unknown import none_of_these

UNKNOWN = 200  # photos of each other set
ALIKE = ({'clothing', 'dress_colour'}, {'apples', 'grocery_all81'})  # sets that show the same things


def more_photos(case: Case) -> dict[str, Any]:
    """Learn from as many more as it advises, in the middle of its range; nothing where it advises nothing."""
    result = train(case.learn, seed=case.seed)
    advice = result.evaluation.curve
    if not advice or not advice['more']:
        return {'said': False}
    least, most = (added / len(case.learn.categories) for added in advice['more'])
    had = len(case.learn.labels) / len(case.learn.categories)
    sizes = [point['per_category'] for point in advice['forecast']]
    line: dict[str, Any] = {'said': True, 'more': advice['more'], 'target': advice['target']}
    true = _learned_from(case, had + (least + most) / 2)
    if true is None:
        return line
    low, high = (np.interp(true['size'], sizes, [p[end] for p in advice['forecast']]) for end in ('low', 'high'))
    held = bool(low <= true['accuracy'] <= high)
    line |= {'low': float(low), 'high': float(high), 'true': true['accuracy'], 'held': held}
    ends = [_learned_from(case, size) for size in (had + least, min(had + most, had * FURTHEST))]
    if all(ends):
        line['reached'] = [end['accuracy'] for end in ends if end]
        line['gain'] = advice['target'] - result.accuracy.value
        line['now'] = balanced(result.model.predict(case.unseen), case.truth)
    return line


def _learned_from(case: Case, size: float) -> dict[str, float] | None:
    """The true accuracy with so many photos per category, those there were among them; None where there are not."""
    photos_of_set, rounded = case.seen.photos, round(size)
    chosen = draw(case.name, photos_of_set, rounded, case.seed)
    if np.bincount(photos_of_set.labels[chosen.learn]).min() < rounded:
        return None
    larger = Case(case.name, rounded, case.seed)
    model = train(larger.learn, seed=case.seed).model
    test = case.chosen.test & larger.chosen.test
    answers = model.predict(rows_of(case.seen.features, test))
    return {'size': rounded, 'accuracy': balanced(answers, photos_of_set.labels[test])}


def unknown(case: Case) -> dict[str, Any]:
    """How many of the test photos, and how many of other sets, are called none of these; nothing where it cannot."""
    model = train(case.learn, seed=case.seed).model
    if model.familiarity is None:
        return {'said': False}
    caught = {}
    for other in SETS:
        if other != case.name and not any({other, case.name} <= pair for pair in ALIKE):
            seen = photos.load(other)
            rows = np.random.default_rng(case.seed).permutation(len(seen.labels))[:UNKNOWN]
            caught[other] = _share_unfamiliar(model, rows_of(seen.features, np.sort(rows)))
    return {
        'said': True,
        'false_alarms': _share_unfamiliar(model, case.unseen),
        'caught': float(np.mean(list(caught.values()))),
        'by_set': caught,
    }


def _share_unfamiliar(model: Model, features: Features) -> float:
    rates = model.familiarity_of(features)
    assert rates is not None
    return float(none_of_these(rates).mean())


_core = text_hash(*CORE.glob('*.py'))
STATEMENTS = {
    'more': Measurement('More photos', Results('more', _core), more_photos),
    'unknown': Measurement('None of these', Results('unknown', _core), unknown),
}
