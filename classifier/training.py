"""Training on cached features: judge every candidate on samples held out, average those that help, say how sure."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from classifier import candidates, colour, duplicates, sources, unknown
from classifier.accuracy import Accuracy, counted, doubt, doubts_of_tests, guessing, held_out_accuracy, split_accuracy
from classifier.backbones import BACKBONES
from classifier.candidates import Candidate, Tried
from classifier.combination import Combination, best_single, combine, of_rows
from classifier.errors import ClassifierError
from classifier.evaluation import Evaluation, Tested, evaluate
from classifier.holdout import Task, hold_out
from classifier.members import keys_of
from classifier.model import Model, deepest
from classifier.optimism import LIMIT, MOST, OF_MANY, Gain, Optimism, optimism, thinned
from classifier.progress import Event, Listener, Progress, ignore
from classifier.suspects import LEAST_PROBABILITY

__all__ = ['Accuracy', 'Candidate', 'Evaluation', 'Event', 'Listener', 'Result', 'TrainingSet', 'train']

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FEWEST = 2  # samples per category
CLEARLY = 0.15  # of accuracy above guessing: of more than a few hundred samples choosing never gains that much
# To say which samples are nearly the same.
TRUSTED = ('dinov2_vits14', 'tiny_vit_5m', 'efficientnet_lite0', 'gte_small', 'minilm')


@dataclass(frozen=True)
class TrainingSet:
    """Cached features and labels of a project's samples, in one order."""

    features: dict[str, dict[str, NDArray[np.float32]]]  # backbone -> cut -> (n, d)
    labels: Ints  # (n,), 0..k-1
    categories: tuple[str, ...]
    groups: Ints | None = None  # (n,): samples of equal number belong together; None: each alone
    test: Bools | None = None  # (n,): never trained or tuned on; if any, the accuracy comes from these alone
    hashes: NDArray[np.uint64] | None = None  # (n,): perceptual hashes, 0 where one is not known
    seconds: Floats | None = None  # (n,): when each was taken, NaN where that is not known
    own: Bools | None = None  # (n,): scored, where there are enough; all others are only learned from. None: all


@dataclass(frozen=True)
class Result:
    """A trained model and what is known about it."""

    model: Model
    accuracy: Accuracy
    candidates: list[Candidate]
    held_out: Floats  # (n, k): the answering combination's probabilities for samples that its heads had not seen
    folds: Ints  # (n,) from 0; -1 for the test split
    groups: Ints  # (n,): equal for samples that belong together: named so, nearly the same, or of one burst
    evaluation: Evaluation  # by rows of all samples
    counts: Bools  # (n,): what was said of these is scored; others were only learned from, or tested though copies


def train(data: TrainingSet, *, seed: int = 0, fast: bool = False, on_progress: Listener = ignore) -> Result:
    """Learn from cached features; the same data and seed give the same bits. `fast`: the best single candidate answers.

    `on_progress` gets stage, progress, candidate and log events; what it raises (to cancel) goes through.
    Raises ClassifierError where there is too little to learn from or the features are damaged.
    """
    _refuse_too_little(data)
    # One thread: these matrices are small, and threads that wait for each other on a busy machine cost up to 80 times.
    with threadpool_limits(limits=1, user_api='blas'):
        return _Training(data, seed, fast, on_progress).result()


def _test(data: TrainingSet) -> Bools:
    return np.zeros(len(data.labels), dtype=bool) if data.test is None else data.test


def _refuse_too_little(data: TrainingSet) -> None:
    if not data.features or len(data.categories) < 2:
        raise ClassifierError('Training needs at least one backbone and two categories.')
    counts = np.bincount(data.labels[~_test(data)], minlength=len(data.categories))
    for name, count in zip(data.categories, counts, strict=True):
        if count < FEWEST:
            raise ClassifierError(f'“{name}” has {count or "nothing"} to learn from; {FEWEST} is the least.')


class _Training:
    """One training; its steps share the samples and what was found out about them."""

    def __init__(self, data: TrainingSet, seed: int, fast: bool, on_progress: Listener) -> None:
        self.data, self.seed, self.test = data, seed, _test(data)
        self.own = None if data.own is None else data.own[~self.test]  # of those to learn from
        self.choose = best_single if fast else combine
        self.progress = Progress(on_progress)
        self.said: dict[Combination, Floats] = {}  # of the test split
        self.tick = self.progress.tick

    def result(self) -> Result:
        self.progress.stage('compare', 'Comparing the candidates')
        self.copies = self.near_duplicates()
        self.groups = self.belonging_together()
        self.tests = duplicates.but_copies(self.test, self.copies)
        self.task = self.hold_out()
        self.tried = self.try_all()
        self.combination = self.chosen()
        self.progress.step()
        self.tell_who_left()
        together = self.combination.answer(self.tried.parts)
        accuracy, judged = self.accuracies(together)

        self.progress.stage('fit', 'Learning from all samples')
        model = candidates.fit(self.data.categories, self.tried, self.combination, self.progress)
        model = replace(model, familiarity=self.familiarity())

        self.progress.stage('examine', 'Looking into the mistakes')
        evaluation = self.evaluation(model, together, accuracy)
        held_out, folds = np.empty((len(self.test), self.task.categories)), np.full(len(self.test), -1)
        held_out[~self.test], folds[~self.test] = together, self.task.folds
        counts = ~self.test | self.tests
        if self.task.counts is not None:
            counts[~self.test] = self.task.counts
        if self.test.any():
            held_out[self.test] = self.said_of_test(self.combination)
        return Result(model, accuracy, judged, held_out, folds, self.groups, evaluation, counts)

    def evaluation(self, model: Model, together: Floats, accuracy: Accuracy) -> Evaluation:
        """By rows of all samples."""
        found = evaluate(
            self.tried, self.combination, together, self.task, accuracy, self.tick, self.own, self.tested()
        )
        notes = [*self.doubts(), *found.notes, *([] if model.familiarity else [unknown.CANNOT_TELL])]
        return replace(found.of_rows(self.rows), near_duplicates=self.copies, notes=notes)

    def doubts(self) -> list[str]:
        """What makes the accuracy doubtful."""
        if self.test.any():
            return doubts_of_tests(self.test, self.tests, self.groups)
        few = self.own is not None and self.own.any() and not self.own.all() and self.task.counts is None
        why = doubt(self.task.scoring.groups, self.task.scoring.confined)
        return [one for one in (sources.TOO_FEW if few else None, why, self.gained.why) if one]

    @property
    def rows(self) -> Ints:
        """Those learned from, then those that are tested."""
        return np.concatenate([np.flatnonzero(~self.test), np.flatnonzero(self.tests)])

    def tested(self) -> Tested | None:
        """What is known of the test split; None without one."""
        if not self.test.any():
            return None
        singles = ((key, Combination((key,), (1.0,))) for key in self.tried.judged)
        units = self.groups[self.rows]
        confined = np.flatnonzero(self.task.confined)
        units[confined] = len(units) + confined
        return Tested(
            parts={key: np.log(np.maximum(self.said_of_tests(one), LEAST_PROBABILITY)) for key, one in singles},
            together=self.said_of_tests(self.combination),
            labels=self.data.labels[self.tests],
            features=self.of(self.tests),
            units=units,
        )

    def said_of_test(self, combination: Combination) -> Floats:
        """What the combination, learned from all other samples, says of the test split (t, k)."""
        if combination not in self.said:
            model = candidates.fit(self.data.categories, self.tried, combination, self.progress)
            self.said[combination] = model.predict(self.of(self.test))
        return self.said[combination]

    def said_of_tests(self, combination: Combination) -> Floats:
        """The same of those that the accuracy is made from."""
        return self.said_of_test(combination)[self.tests[self.test]]

    # ------------------------------------------------------------- samples

    def of(self, rows: Bools) -> dict[str, dict[str, NDArray[np.float32]]]:
        return {name: {cut: values[rows] for cut, values in cuts.items()} for name, cuts in self.data.features.items()}

    def near_duplicates(self) -> list[list[int]]:
        """Rows of samples that are nearly the same, those of the test split too."""
        colours = self.data.features.get('colour')
        tints = None if colours is None else colour.tints(colours['windows'])
        return duplicates.find(self.telling(), self.data.hashes, self.tick, tints)

    def telling(self) -> Floats:
        """The features (n, d) by which samples are called alike."""
        name = next((name for name in TRUSTED if name in self.data.features), next(iter(self.data.features)))
        return deepest(self.data.features, [name])[name]

    def belonging_together(self) -> Ints:
        """Numbers (n,), equal for samples of one group, near-duplicates and photos of one burst."""
        data, together = self.data, list(self.copies)
        if data.seconds is not None:
            together += duplicates.taken_together(self.telling(), data.seconds)
        return duplicates.merged_groups(data.groups, together, len(data.labels))

    def hold_out(self) -> Task:
        learn, categories = ~self.test, len(self.data.categories)
        labels, groups = self.data.labels[learn], self.groups[learn]
        counts = sources.counting(self.own, labels, groups, categories)
        return hold_out(labels, categories, groups, self.seed, counts)

    # ---------------------------------------------------------- candidates

    def try_all(self) -> Tried:
        features = self.of(~self.test)
        self.progress.total = sum(len(keys_of(name, cuts, self.task)) for name, cuts in features.items()) + 1
        return candidates.try_all(features, self.task, self.progress)

    def chosen(self) -> Combination:
        scoring = self.task.scoring
        return self.choose(of_rows(self.tried.parts, self.task.scored), scoring.labels, scoring.units, self.tick)

    def tell_who_left(self) -> None:
        if self.choose is best_single:
            return
        for name in self.data.features:
            if name not in self.combination.backbones:
                title = BACKBONES[name].title if name in BACKBONES else name
                self.progress.log(f'{title} is left out: answers held out say that it does not help.')

    def accuracies(self, together: Floats) -> tuple[Accuracy, list[Candidate]]:
        """How good the answering combination and every candidate are, and the candidates' events."""
        accuracy, alone = self.by_split() if self.test.any() else self.by_holding_out(together)
        tried = [Combination((key,), (1.0,)) for key in self.tried.judged]
        if len(self.combination.keys) > 1:
            tried.append(self.combination)
        chosen = self.combination.keys
        return accuracy, [self.candidate(one, accuracy if one.keys == chosen else alone(one)) for one in tried]

    def by_holding_out(self, together: Floats) -> tuple[Accuracy, Callable[[Combination], Accuracy]]:
        """The combination's accuracy, and what tells that of one candidate."""
        gained = self.gained = self.optimism(together)

        def alone(single: Combination) -> Accuracy:
            return self.stated(self.tried.judged[single.keys[0]].logs, gained.alone.get(single.keys[0]))

        return self.stated(together, gained.together), alone

    def by_split(self) -> tuple[Accuracy, Callable[[Combination], Accuracy]]:
        """The same from the test split."""
        return self.of_split(self.combination), self.of_split

    def optimism(self, together: Floats) -> Optimism:
        """Where it matters: of few samples scored, and of more where answers are hardly better than guessing."""
        scoring, answers = self.task.scoring, together[self.task.scored]
        count, most = len(scoring.labels), min(4 * MOST, 4 * LIMIT // self.task.categories)
        few = count <= MOST and count * scoring.categories <= LIMIT
        beyond = float((answers.argmax(axis=1) == scoring.labels).mean()) - guessing(scoring.labels)
        if count > most or (not few and beyond > CLEARLY):
            return Optimism(None, {}, OF_MANY)
        rotated, task = thinned(self.tried.rotated, self.task, most, self.seed)
        return optimism(rotated, list(self.tried.judged), self.choose, task, self.seed, self.tick)

    def candidate(self, combination: Combination, accuracy: Accuracy) -> Candidate:
        seconds = sum(self.tried.seconds[key] for key in combination.keys)
        chosen = combination.keys == self.combination.keys
        found = Candidate(*candidates.names(combination), accuracy.value, accuracy.low, accuracy.high, seconds, chosen)
        told = ('backbone', 'cut', 'head', 'accuracy', 'low', 'high', 'seconds')
        self.progress.send({'kind': 'candidate'} | {name: getattr(found, name) for name in told})
        return found

    # ------------------------------------------------------------ accuracy

    def stated(self, probabilities: Floats, gain: Gain | None) -> Accuracy:
        """From samples held out, less what choosing on them gained."""
        task, probabilities = self.task.scoring, probabilities[self.task.scored]
        grouped = len(np.unique(task.groups)) < len(task.groups)
        how = f'{counted(len(task.labels), "sample")}, {"whole groups" if grouped else "every one"} held out'
        if self.task.counts is not None:
            how += f', {counted(len(self.task.labels) - len(task.labels), "other")} only learned from'
        gained, nested = None, 1.0
        if gain is not None:
            nested = gain.nested
            gained = gain.of(float((probabilities.argmax(axis=1) == task.labels).mean()))
            how += f', less {100 * gained:.1f} points for having chosen on them'
        return held_out_accuracy(probabilities, task, how, gained, nested)

    def of_split(self, combination: Combination) -> Accuracy:
        """From the test split, which learning never touched."""
        tests, groups = self.tests, self.groups
        how = f'{counted(int(tests.sum()), "test sample")}, never learned from'
        if np.isin(groups[tests], groups[~self.test]).any():
            how += ', though some belong together with samples that were'
        return split_accuracy(self.said_of_tests(combination), self.data.labels[tests], groups[tests], how)

    def familiarity(self) -> unknown.Familiarity | None:
        """By the networks that answer; where none does, the first one looks as well, unless that were slower.

        Own samples say what is usual; of very few of those nobody could tell, so then all do.
        """
        others = () if self.choose is best_single else self.data.features
        features = self.tried.deepest(unknown.compares(self.combination.backbones, others))
        samples = features, self.task.labels, self.task.units, self.tick
        return unknown.learn(*samples, self.task.counts) or unknown.learn(*samples)
