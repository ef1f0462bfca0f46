import errno
import json
from unittest.mock import Mock

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classifier import bundle
from classifier import training as learning
from projects import actions as project_actions
from projects import disk
from projects.learned import mark_of_taken
from tests.training.conftest import add
from training import actions, features, leases, pipeline
from training.models import Features, ModelVersion, Run
from training.relay import stopping
from training.serializers import RunSerializer

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(project) -> Run:
    return actions.enqueue(project)[0]


def kinds(run: Run) -> list[str]:
    return list(run.events.values_list('kind', flat=True))


def last(run: Run) -> dict:
    return run.events.order_by('seq').last().public()


def during(monkeypatch, moment: str, act) -> None:
    """Call `act` when the learning core tells `moment` (an event's kind)."""
    original = learning.train

    def train(data, *, seed, fast, on_progress):
        def relay(event):
            if event['kind'] == moment:
                act()
            on_progress(event)

        return original(data, seed=seed, fast=fast, on_progress=relay)

    monkeypatch.setattr(pipeline.learning, 'train', train)


def test_a_run_ends_in_a_version_that_answers(run, project, settings):
    pipeline.train(run.pk)
    run.refresh_from_db()
    assert (run.status, run.progress, run.error) == ('succeeded', 1.0, '')
    version = run.version
    assert (version.number, version.is_current, version.sample_count) == (1, True, 12)
    assert version.mark == mark_of_taken(run.snapshot)
    assert [category['name'] for category in version.categories] == ['blue and black', 'white and gold']
    assert version.accuracy['low'] <= version.accuracy['value'] <= version.accuracy['high']
    assert version.accuracy['value'] > 0.9
    assert version.accuracy['level'] == 0.95
    assert version.accuracy['method']
    assert version.ms_per_sample > 0
    model, about = bundle.load(settings.MODELS_DIR / version.folder)
    assert version.parameters == sum(member['parameters'] for member in version.members) == model.parameters > 1000
    assert about['weight_hashes'] == dict(version.backbones.values_list('name', 'weight_hash'))
    assert set(about['weight_hashes']) == set(model.backbones)
    assert len(model.categories) == 2
    assert set(version.files) == {path.name for path in (settings.MODELS_DIR / version.folder).iterdir()}


def test_it_tells_every_stage_in_order(run):
    pipeline.train(run.pk)
    events = [event.public() for event in run.events.all()]
    assert [event['id'] for event in events] == list(range(1, len(events) + 1))
    assert [event['stage'] for event in events if event['kind'] == 'stage'] == [
        'read', 'features', 'compare', 'fit', 'examine', 'save',
    ]  # fmt: skip
    looked = [event for event in events if event['kind'] == 'progress' and event['stage'] == 'features']
    assert (looked[-1]['done'], looked[-1]['total']) == (12, 12)
    tried = [event for event in events if event['kind'] == 'candidate']
    names = ('backbone', 'cut', 'head', 'accuracy', 'low', 'high', 'seconds')
    assert [{name: event[name] for name in names} for event in tried] == [
        {name: candidate[name] for name in names} for candidate in run.version.candidates
    ]  # each is final when it is told
    assert len({(event['backbone'], event['cut'], event['head']) for event in tried}) == len(tried) > 6
    assert [events[0]['kind'], events[1]['kind'], events[-1]['kind']] == ['queued', 'started', 'succeeded']
    assert events[-1]['version'] == run.version.pk


def test_the_same_photos_give_the_same_bits(run, project):
    pipeline.train(run.pk)
    again, _ = actions.enqueue(project)
    pipeline.train(again.pk)
    first, second = ModelVersion.objects.order_by('number')
    assert first.files == second.files


def test_features_are_computed_once(run, project):
    pipeline.train(run.pk)
    before = list(Features.objects.values_list('pk', flat=True))
    again, _ = actions.enqueue(project)
    pipeline.train(again.pk)
    assert list(Features.objects.values_list('pk', flat=True)) == before
    assert len(before) == 2 * 12


def test_the_snapshot_says_what_was_learned_from(run, project):
    pipeline.train(run.pk)
    run.refresh_from_db()
    assert len(run.snapshot['samples']) == 12
    sample = project.samples.order_by('pk').first()
    fold, unit = (run.snapshot['samples'][0].pop(name) for name in ('fold', 'unit'))
    assert run.snapshot['samples'][0] == {
        'id': sample.pk, 'hash': sample.content_hash, 'category': sample.category_id, 'group': '', 'split': None,
    }  # fmt: skip
    folds = {fold, *(sample['fold'] for sample in run.snapshot['samples'][1:])}
    assert folds == {0, 1, 2, 3, 4}
    assert len({unit, *(sample['unit'] for sample in run.snapshot['samples'][1:])}) == 12


def test_cancel_stops_at_the_next_step(run, monkeypatch):
    during(monkeypatch, 'candidate', lambda: actions.cancel(Run.objects.get(pk=run.pk)))
    monkeypatch.setattr('training.relay.LOOK', 0)
    pipeline.train(run.pk)
    run.refresh_from_db()
    assert run.status == 'cancelled'
    assert kinds(run)[-1] == 'cancelled'
    assert not ModelVersion.objects.exists()


def test_a_failure_of_ours_is_told_in_plain_words(run, monkeypatch, caplog):
    during(monkeypatch, 'candidate', lambda: 1 / 0)
    pipeline.train(run.pk)
    run.refresh_from_db()
    assert run.status == 'failed'
    assert run.error == last(run)['message'] == pipeline.OURS.format(thing='photo')
    assert 'ZeroDivisionError' in caplog.text


def test_a_full_disk_is_told(run, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, 'No space left on device')

    monkeypatch.setattr(pipeline.bundle, 'save', full)
    pipeline.train(run.pk)
    assert last(run)['message'] == pipeline.DISK_FULL.format(thing='photo')
    assert not ModelVersion.objects.exists()


def test_too_little_room_is_told_in_figures_before_the_disk_is_full(run, monkeypatch):
    room = Mock(free=30 * 10**6)
    monkeypatch.setattr(disk.shutil, 'disk_usage', lambda folder: room)
    pipeline.train(run.pk)
    assert last(run)['message'].startswith(
        'The disk is full: 30 MB left, 60 MB needed. Your photos are safe. Make room'
    )
    assert 'Your texts are safe.' in disk.shortage(0, 'text')
    assert not Features.objects.exists()
    features.compute_chunk(run.project_id)
    assert not Features.objects.exists()
    room.free = 10**9
    features.compute_chunk(run.project_id)
    assert Features.objects.exists()


def test_photos_kept_apart_meanwhile_are_none_to_learn_from(run, project):
    category = project.categories.first()
    category.samples.exclude(pk=category.samples.first().pk).update(split='test')
    pipeline.train(run.pk)
    assert last(run)['message'] == (
        'Too few photos are left in “blue and black”: at least 2 are needed, beside the photos kept apart for testing. '
        'Add photos, then try again.'
    )


def test_without_any_backbone_it_says_what_to_do(run, settings, tmp_path):
    settings.BACKBONES_DIR = tmp_path / 'nothing'
    pipeline.train(run.pk)
    assert 'fetchbackbones' in last(run)['message']


def test_a_worker_that_lost_its_lease_makes_no_version(run, monkeypatch):
    def steal():
        Run.objects.filter(pk=run.pk).update(lease_token=None)

    during(monkeypatch, 'candidate', steal)
    pipeline.train(run.pk)
    run.refresh_from_db()
    assert run.status == 'running'
    assert not ModelVersion.objects.exists()
    assert 'candidate' not in kinds(run)


def test_another_worker_takes_over_and_says_so(run, monkeypatch, settings):
    during(monkeypatch, 'candidate', stopping.set)
    try:
        pipeline.train(run.pk)
    finally:
        stopping.clear()
        monkeypatch.undo()
    settings.MEDIA_ROOT  # noqa: B018 (undo above does not touch the settings fixture)
    pipeline.train(run.pk)
    run.refresh_from_db()
    assert (run.status, run.attempt) == ('succeeded', 2)
    retrying = next(event.public() for event in run.events.all() if event.kind == 'retrying')
    assert retrying['attempt'] == 2
    assert retrying['message']


def test_photos_deleted_meanwhile_are_left_out(run, project):
    lease = leases.claim(run.pk)
    lease.give_back()
    training = pipeline.Training(lease, Run.objects.select_related('project').get(pk=run.pk))
    training.take_snapshot()
    project_actions.delete_samples(project, project.samples.all()[:3])
    pipeline.train(run.pk)
    run.refresh_from_db()
    assert run.version.sample_count == 9


def test_a_file_that_vanished_from_the_disk_does_not_stop_the_rest(run, project):
    default_storage.delete(project.samples.first().file)
    pipeline.train(run.pk)
    run.refresh_from_db()
    assert run.version.sample_count == 11
    assert any('left out' in event.data.get('message', '') for event in run.events.all())


def test_too_few_left_fails_in_words(run, project):
    for sample in project.categories.first().samples.all():
        default_storage.delete(sample.file)
    pipeline.train(run.pk)
    assert '“blue and black”' in last(run)['message']


def test_one_category_left_fails_in_words(run, project, monkeypatch):
    original = pipeline.Training.take_snapshot

    def lose(self):
        taken = original(self)
        gone = taken['categories'].pop()
        taken['samples'] = [sample for sample in taken['samples'] if sample['category'] != gone['id']]
        return taken

    monkeypatch.setattr(pipeline.Training, 'take_snapshot', lose)
    pipeline.train(run.pk)
    assert 'Only one category is left' in last(run)['message']


def test_groups_are_held_out_whole(project):
    for number, sample in enumerate(project.samples.all()):
        sample.group = f'sender {number // 2}'
        sample.save()
    run, _ = actions.enqueue(project)
    pipeline.train(run.pk)
    assert 'groups' in run.version.accuracy['method']


def test_the_waiting_run_follows(run, project, monkeypatch):
    sent = []
    monkeypatch.setattr(actions.tasks.run, 'delay', sent.append)
    during(monkeypatch, 'candidate', lambda: add(project, 'blue and black', 'blue', range(70, 71)))
    waiting = []
    during_enqueue = pipeline.Training.take_snapshot

    def take(self):
        taken = during_enqueue(self)
        add(project, 'blue and black', 'blue', range(80, 81))
        waiting.append(actions.enqueue(project)[0].pk)
        return taken

    monkeypatch.setattr(pipeline.Training, 'take_snapshot', take)
    pipeline.train(run.pk)
    assert waiting[0] != run.pk
    assert sent[-1] == waiting[0]


def test_a_cancel_while_it_saves_leaves_no_files(run, project, settings, monkeypatch):
    original = bundle.save

    def save(*args):
        actions.cancel(Run.objects.get(pk=run.pk))
        return original(*args)

    monkeypatch.setattr(pipeline.bundle, 'save', save)
    monkeypatch.setattr('training.relay.LOOK', 0)
    pipeline.train(run.pk)
    assert kinds(run)[-1] == 'cancelled'
    assert list((settings.MODELS_DIR / str(project.pk)).iterdir()) == []


def test_what_only_reports_need_is_not_read_with_a_version(run, project):
    pipeline.train(run.pk)
    with CaptureQueriesContext(connection) as queries:
        version = ModelVersion.objects.get()
        assert list(project.versions.all()) == [version]
        assert RunSerializer(Run.objects.get(pk=run.pk)).data['version'] == version.pk
    assert not any('held_out' in query['sql'] for query in queries)
    assert len(version.held_out['samples']) == 12


def test_leftovers_of_lost_attempts_are_removed(run, project, settings):
    lost = settings.MODELS_DIR / str(project.pk) / f'{run.pk}-deadbeef'
    lost.mkdir(parents=True)
    (lost / 'model.json').write_text(json.dumps({}))
    pipeline.train(run.pk)
    assert [path.name for path in lost.parent.iterdir()] == [run.version.folder.split('/')[1]]


def test_a_project_may_publish_by_hand(project):
    project.publishes_itself = False
    project.save()
    pipeline.train(actions.enqueue(project)[0].pk)
    assert not ModelVersion.objects.get().is_current


def test_measured_milliseconds_are_measured_once(project):
    row = features.current_backbones()[0]
    measured = features.measured_ms(row)
    assert measured > 0
    row.refresh_from_db()
    assert features.measured_ms(row) == measured
