"""A run from the claim to the new version: cached features, choose, fit, examine, save."""

import logging
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np
from django.conf import settings
from django.db.models import Max
from django.utils import timezone
from numpy.typing import NDArray

from classifier import backbones, bundle
from classifier import training as learning
from classifier.errors import Cancelled, ClassifierError
from projects import disk
from projects.learned import mark_of_taken
from projects.models import Project
from projects.words import thing
from training import actions, features, groups, leases, snapshot, texts
from training.leases import Lease, LeaseLost
from training.models import Backbone, ModelVersion, Run
from training.relay import Relay, WorkerStopping

logger = logging.getLogger(__name__)

OURS = 'Something went wrong on our side, and it has been logged. Your {thing}s are safe. Try again.'
MODEL_BYTES = 10 * 10**6  # of a version's files and rows, generously
DISK_FULL = 'The disk is full. Your {thing}s are safe. Make room on the server, then try again.'


def train(run_id: int) -> None:
    """Work on the run if it can be claimed, and end it one way or the other; then let the waiting one begin."""
    lease = leases.claim(run_id)
    if lease is None:
        return
    run = Run.objects.select_related('project').get(pk=run_id)
    with ended_somehow(lease, thing(run.project.kind)), leases.heartbeat(lease):
        Training(lease, run).work()
    actions.begin_waiting(run.project_id)


@contextmanager
def ended_somehow(lease: Lease, of: str) -> Iterator[None]:
    """Turns what stops a training, `of` photos or texts, into the run's last event."""
    try:
        try:
            yield
        except WorkerStopping:
            lease.give_back()
        except Cancelled:
            lease.finish(Run.Status.CANCELLED, {'kind': 'cancelled'})
        except ClassifierError as error:
            lease.finish(Run.Status.FAILED, {'kind': 'failed', 'message': str(error)}, str(error))
        except LeaseLost:
            raise
        except Exception as error:
            logger.exception('Run %s failed', lease.pk)
            message = (DISK_FULL if disk.is_full(error) else OURS).format(thing=of)
            lease.finish(Run.Status.FAILED, {'kind': 'failed', 'message': message}, message)
    except LeaseLost:
        logger.warning('Run %s is another worker’s now, or has ended', lease.pk)


class Training:
    """One attempt at a run. Every step goes through the relay, which tells it and stops it when asked to."""

    def __init__(self, lease: Lease, run: Run) -> None:
        self.lease, self.run, self.project = lease, run, run.project
        self.thing = thing(self.project.kind)
        self.relay = Relay(lease, self.thing)
        self.begun = time.perf_counter()

    def work(self) -> None:
        self.announce()
        self.relay.stage('read')
        taken = self.take_snapshot()
        rows = features.current_backbones(self.project.kind)
        self.relay.stage('features')
        self.compute_features(taken, rows)
        data, kept = self.training_set(taken, rows)
        if self.project.kind == Project.Kind.TEXT:
            result = texts.train(data, taken, kept, self.relay)
        else:
            result = learning.train(data, seed=0, fast=taken.get('fast', False), on_progress=self.relay)
        dealt = (result.folds.tolist(), result.groups.tolist(), result.counts.tolist())
        for sample, fold, unit, counts in zip(kept, *dealt, strict=True):
            sample['fold'], sample['unit'] = fold, unit
            if not counts:
                sample['counts'] = False
        self.relay.stage('save')
        self.save(taken, kept, result, {row.name: row for row in rows})

    def announce(self) -> None:
        if self.run.attempt == 1:
            self.lease.emit({'kind': 'started'})
        else:
            message = 'The worker was lost; another one takes over. Nothing is lost but a little time.'
            self.lease.emit({'kind': 'retrying', 'attempt': self.run.attempt, 'message': message})

    def take_snapshot(self) -> snapshot.Snapshot:
        """Fixed by the first attempt, so that a second one learns from the same samples."""
        if self.run.snapshot is None:
            self.run.snapshot = snapshot.take(self.project)
            self.run.fingerprint = snapshot.fingerprint(self.run.snapshot)
            samples, categories = (len(self.run.snapshot[part]) for part in ('samples', 'categories'))
            message = f'{samples} {self.thing}s in {categories} categories'
            changes = {'snapshot': self.run.snapshot, 'fingerprint': self.run.fingerprint}
            self.lease.emit({'kind': 'log', 'message': message}, **changes)
        return cast(snapshot.Snapshot, self.run.snapshot)

    def compute_features(self, taken: snapshot.Snapshot, rows: list[Backbone]) -> None:
        begun = time.perf_counter()

        def tell(done: int, total: int) -> None:
            eta = round((time.perf_counter() - begun) / done * (total - done), 1) if done else None
            self.relay({'kind': 'progress', 'stage': 'features', 'done': done, 'total': total, 'eta_s': eta})

        ids = [sample['id'] for sample in taken['samples']]
        needed = MODEL_BYTES + features.bytes_needed(self.project.pk, ids, rows)
        if disk.left() < needed:  # found out now and not when the database cannot even note that it failed
            raise ClassifierError(disk.shortage(needed, self.thing))
        features.compute_all(self.project.pk, ids, rows, tell, self.relay.check)

    def training_set(
        self, taken: snapshot.Snapshot, rows: list[Backbone]
    ) -> tuple[learning.TrainingSet, list[snapshot.SnapshotSample]]:
        """The arrays to learn from, and the samples behind their rows: those whose features are there."""
        complete, arrays = features.load([sample['id'] for sample in taken['samples']], rows)
        there = set(complete)
        kept = [sample for sample in taken['samples'] if sample['id'] in there]
        left_out = len(taken['samples']) - len(kept)
        if left_out:
            self.relay({'kind': 'log', 'message': f'{left_out} {self.thing}s were deleted or cannot be read: left out'})
        labels = labels_of(taken, kept)
        test = np.array([sample['split'] == 'test' for sample in kept], bool)
        _enough(taken, labels[~test], self.thing)
        own = np.array([not sample.get('web', False) for sample in kept])
        hashes, seconds = groups.hashes_and_seconds(self.project.pk, [sample['id'] for sample in kept])
        return learning.TrainingSet(
            features=arrays,
            labels=labels,
            categories=tuple(category['name'] for category in taken['categories']),
            groups=groups.named(kept),
            test=test if test.any() else None,
            hashes=hashes,
            seconds=seconds,
            own=None if own.all() else own,
        ), kept

    def save(
        self,
        taken: snapshot.Snapshot,
        kept: list[snapshot.SnapshotSample],
        result: learning.Result,
        rows: dict[str, Backbone],
    ) -> None:
        """Write the files, then, fenced, the version's row, its publication and the run's last event."""
        used = [rows[name] for name in result.model.backbones]
        folder = f'{self.project.pk}/{self.run.pk}-{self.lease.token.hex[:8]}'
        about = {
            'preprocessing': backbones.PREPROCESSING,
            'numerics': backbones.NUMERICS,
            'weight_hashes': {row.name: row.weight_hash for row in used},
            'accuracy': asdict(result.accuracy),
        }
        with removed_unless_saved(settings.MODELS_DIR / folder):
            files = bundle.save(result.model, settings.MODELS_DIR / folder, about)
            version = ModelVersion(
                project=self.project,
                run=self.run,
                folder=folder,
                files=files,
                categories=taken['categories'],
                frozen_parameters=sum(row.frozen_parameters for row in used),
                sample_count=len(kept),
                mark=mark_of_taken(taken),
                ms_per_sample=round(sum(features.measured_ms(row) for row in used), 1),
                held_out=held_out(kept, result),
                evaluation=result.evaluation.as_json([sample['id'] for sample in kept], labels_of(taken, kept)),
                **learned(result),
            )
            self.finish(version, used)
        self.remove_leftovers()

    def finish(self, version: ModelVersion, used: list[Backbone]) -> None:
        changes: dict[str, Any] = {'status': Run.Status.SUCCEEDED, 'progress': 1.0, 'finished_at': timezone.now()}
        changes |= {'lease_token': None, 'lease_until': None, 'snapshot': self.run.snapshot}
        self.relay.check()
        with self.lease.fenced(**changes) as seq:
            last = ModelVersion.objects.filter(project=self.project).aggregate(last=Max('number'))['last']
            version.number = (last or 0) + 1
            version.seconds = round(time.perf_counter() - self.begun, 2)
            version.save()
            version.backbones.set(used)
            if self.project.publishes_itself:
                version.publish()
            leases.append(self.run.pk, seq, {'kind': 'succeeded', 'version': version.pk})

    def remove_leftovers(self) -> None:
        """Files that earlier attempts at this run wrote before they were lost."""
        mine = f'{self.run.pk}-{self.lease.token.hex[:8]}'
        for folder in (settings.MODELS_DIR / str(self.project.pk)).glob(f'{self.run.pk}-*'):
            if folder.name != mine:
                shutil.rmtree(folder, ignore_errors=True)


def labels_of(taken: snapshot.Snapshot, kept: list[snapshot.SnapshotSample]) -> NDArray[np.int64]:
    """Each sample's place among the categories."""
    position = {category['id']: index for index, category in enumerate(taken['categories'])}
    return np.array([position[sample['category']] for sample in kept], np.int64)


@contextmanager
def removed_unless_saved(folder: Path) -> Iterator[None]:
    """Where the work is stopped or the disk is full, no row names the folder; after other failures one might."""
    try:
        yield
    except (Cancelled, LeaseLost, WorkerStopping, OSError):
        shutil.rmtree(folder, ignore_errors=True)
        raise


def learned(result: learning.Result) -> dict[str, Any]:
    """What the learning core says of its result, as a version keeps it."""
    members = [
        {
            'backbone': member.backbone,
            'cut': member.cut,
            'head': member.head,
            'weight': member.weight,
            'parameters': member.parameters,
        }
        for member in result.model.members
    ]
    return {
        'members': members,
        'parameters': result.model.parameters,
        'accuracy': asdict(result.accuracy),
        'candidates': [asdict(candidate) for candidate in result.candidates],
    }


def held_out(kept: list[snapshot.SnapshotSample], result: learning.Result) -> dict[str, Any]:
    """What the answering combination said of each sample that its heads had not seen."""
    return {
        'samples': [sample['id'] for sample in kept],
        'probabilities': np.round(result.held_out, 5).tolist(),
    }


def _enough(taken: snapshot.Snapshot, labels: NDArray[np.int64], of: str) -> None:
    """`labels` are those of the samples to learn from."""
    counts = np.bincount(labels, minlength=len(taken['categories']))
    short = [category['name'] for category, count in zip(taken['categories'], counts, strict=True) if count < 2]
    if len(counts) < 2:
        raise ClassifierError('Only one category is left: two are needed. Add one, then try again.')
    if short:
        names = ', '.join(f'“{name}”' for name in short)
        tests = any(sample['split'] == 'test' for sample in taken['samples'])
        needed = f'at least 2 are needed{f", beside the {of}s kept apart for testing" if tests else ""}'
        message = f'Too few {of}s are left in {names}: {needed}. Add {of}s, then try again.'
        raise ClassifierError(message)
