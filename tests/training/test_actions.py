import pytest

from projects import actions as project_actions
from projects.errors import UserError
from tests.training.conftest import add
from training import actions, leases, pipeline, snapshot
from training.models import ModelVersion, Run

pytestmark = pytest.mark.django_db


def test_what_is_missing_is_said_exactly(alice, lite0):
    empty = project_actions.create_project(alice.pk, 'Empty')
    with pytest.raises(UserError, match='it needs two categories') as refused:
        actions.enqueue(empty)
    assert (refused.value.code, refused.value.status_code) == ('not_ready', 409)
    add(empty, 'blue and black', 'blue', range(1))
    with pytest.raises(UserError, match='one more category, “blue and black” needs 1 more photo'):
        actions.enqueue(empty)
    project_actions.add_category(empty, 'white and gold')
    with pytest.raises(UserError, match='“blue and black” needs 1 more photo, “white and gold” 2 photos'):
        actions.enqueue(empty)
    assert not Run.objects.exists()


def test_photos_kept_apart_for_testing_make_no_project_ready(project):
    category = project.categories.first()
    category.samples.exclude(pk=category.samples.first().pk).update(split='test')
    with pytest.raises(UserError, match=r'1 more photo to learn from \(5 are kept apart for testing\)') as refused:
        actions.enqueue(project)
    assert (refused.value.code, refused.value.status_code) == ('not_ready', 409)


def test_a_queue_that_cannot_be_reached_fails_no_press(project, monkeypatch, django_capture_on_commit_callbacks):
    def broken(run_id):
        raise ConnectionError('no queue')

    monkeypatch.setattr(actions.tasks.run, 'delay', broken)
    with django_capture_on_commit_callbacks(execute=True):
        run, _ = actions.enqueue(project)
    run.refresh_from_db()
    assert (run.status, run.dispatched_at) == ('queued', None)  # so the reaper sends it within seconds


def test_a_category_that_comes_while_the_snapshot_is_taken_is_left_to_the_next(project, monkeypatch):
    before = snapshot.take(project)
    original = snapshot._samples

    def meanwhile(project):
        monkeypatch.setattr(snapshot, '_samples', original)
        add(project, 'new', 'gold', range(200, 202))
        return original(project)

    monkeypatch.setattr(snapshot, '_samples', meanwhile)
    taken = snapshot.take(project)
    assert taken == before
    assert snapshot.fingerprint(taken) != snapshot.fingerprint(snapshot.take(project))


def test_pressing_train_again_answers_the_same_run(project):
    run, new = actions.enqueue(project)
    assert new
    assert actions.enqueue(project) == (run, False)
    leases.claim(run.pk)
    assert actions.enqueue(project) == (run, False)


def test_changed_samples_queue_one_more_and_only_one(project):
    run, _ = actions.enqueue(project)
    leases.claim(run.pk)
    add(project, 'blue and black', 'blue', range(50, 51))
    second, new = actions.enqueue(project)
    assert new
    assert second.pk != run.pk
    add(project, 'blue and black', 'blue', range(51, 52))
    assert actions.enqueue(project) == (second, False)


def test_a_moved_sample_is_a_change_a_renamed_category_is_none(project):
    run, _ = actions.enqueue(project)
    leases.claim(run.pk)
    project_actions.rename_category(project.categories.first(), 'Blue & black')
    assert actions.enqueue(project)[1] is False
    project_actions.move_sample(project.samples.first(), project.categories.first())
    assert actions.enqueue(project)[1] is True


def test_a_run_that_is_being_cancelled_does_not_answer_for_a_new_one(project):
    run, _ = actions.enqueue(project)
    leases.claim(run.pk)
    actions.cancel(run)
    assert actions.enqueue(project)[1] is True


def test_cancel_ends_a_waiting_run_at_once(project):
    run, _ = actions.enqueue(project)
    assert actions.cancel(run).status == 'cancelled'
    assert list(run.events.values_list('kind', flat=True)) == ['queued', 'cancelled']
    with pytest.raises(UserError) as refused:
        actions.cancel(run)
    assert (refused.value.code, refused.value.status_code) == ('not_running', 409)


def test_cancel_asks_a_worker_to_stop(project):
    run, _ = actions.enqueue(project)
    lease = leases.claim(run.pk)
    assert actions.cancel(run).status == 'running'
    assert lease.cancel_requested()


def test_deleting_a_project_cancels_its_runs(project, django_capture_on_commit_callbacks):
    run, _ = actions.enqueue(project)
    lease = leases.claim(run.pk)
    with django_capture_on_commit_callbacks(execute=True):
        project_actions.delete_project(project)
    assert lease.cancel_requested()


def test_the_files_of_a_purged_project_s_models_go_too(project, settings, django_capture_on_commit_callbacks):
    pipeline.train(actions.enqueue(project)[0].pk)
    folder = settings.MODELS_DIR / str(project.pk)
    assert folder.is_dir()
    with django_capture_on_commit_callbacks(execute=True):
        project.delete()
    assert not folder.exists()


def test_publishing_an_older_version_is_a_rollback(project):
    for seed in (60, 61):
        pipeline.train(actions.enqueue(project)[0].pk)
        add(project, 'blue and black', 'blue', range(seed, seed + 1))
    first, second = ModelVersion.objects.order_by('number')
    assert second.is_current
    actions.publish(first)
    assert list(ModelVersion.objects.order_by('number').values_list('is_current', flat=True)) == [True, False]
