"""Duplicating a project: everything but versions, members and links comes along, and nothing is shared."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.urls import reverse

from accounts.models import Limits
from projects import actions, copying
from projects.errors import LimitReached
from projects.models import Membership, Project, Role, Sample
from tests.pictures import photo
from training.models import Backbone, Features

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def chunks(monkeypatch) -> list[int]:
    """Two photos a time; the list holds what was asked to go on, for lack of a worker."""
    asked: list[int] = []
    monkeypatch.setattr(copying, 'CHUNK', 2)
    monkeypatch.setattr('projects.tasks.copy_photos.delay', asked.append)
    return asked


@pytest.fixture
def project(alice) -> Project:
    made = actions.create_project(alice.pk, 'The dress', ['blue', 'gold', 'red'])
    blue, gold, red = made.categories.all()
    actions.add_samples(made, gold, [photo('g.png', 1)])
    actions.add_samples(made, blue, [photo(f'b{number}.png', number) for number in (2, 3)])
    actions.add_samples(made, None, [photo('loose.png', 4)])
    actions.delete_samples(made, actions.add_samples(made, blue, [photo('gone.png', 5)]).added)
    red.delete()
    made.keep_predictions_days, made.prefers_speed = 3, True
    made.save()
    return made


def all_of(copy: Project) -> None:
    for _ in range(10):
        copying.copy_chunk(copy.pk)
    copy.refresh_from_db()
    assert copy.copying_from is None


def test_everything_comes_along(project, bob):
    blue = project.categories.first()
    backbone = Backbone.objects.create(
        name='x', weight_hash='x', preprocessing=1, title='x', licence='x', cuts={}, frozen_parameters=1, source='x'
    )
    for sample in project.samples.alive():
        Features.objects.create(sample=sample, backbone=backbone, data=sample.name.encode())
    project.samples.filter(name='b2.png').update(label_checked=True, group='burst', split='test')
    copy = copying.duplicate(project, bob.pk)
    assert (copy.name, copy.owner, copy.keep_predictions_days, copy.prefers_speed) == ('The dress (copy)', bob, 3, True)
    assert list(copy.categories.values_list('name', 'position')) == [('blue', 1), ('gold', 2)]
    all_of(copy)
    expected = [('loose.png', None), ('b3.png', 'blue'), ('b2.png', 'blue'), ('g.png', 'gold')]
    assert list(copy.samples.values_list('name', 'category__name')) == expected
    assert list(project.samples.alive().values_list('name', 'category__name')) == expected
    assert blue.samples.alive().count() == 2
    for sample in copy.samples.all():
        assert sample.file == f'projects/{copy.pk}/{sample.content_hash}.jpg'
        for name in (sample.file, sample.thumbnail):
            assert default_storage.exists(name)
        assert bytes(sample.features.get().data) == sample.name.encode()
    checked = copy.samples.get(name='b2.png')
    assert (checked.label_checked, checked.group, checked.split) == (True, 'burst', 'test')


def test_nothing_is_shared(project, alice):
    copy = copying.duplicate(project, alice.pk)
    all_of(copy)
    for sample in project.samples.all():
        sample.delete_files()
    project.delete()
    assert copy.samples.count() == 4
    assert all(actions.read_stored(sample) for sample in copy.samples.all())


def test_it_goes_on_where_it_was_cut_off(project, alice, chunks):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr('django.db.transaction.on_commit', lambda call, robust=False: call())
        copy = copying.duplicate(project, alice.pk)
    assert chunks == [copy.pk]
    copying.copy_chunk(copy.pk)
    assert chunks == [copy.pk, copy.pk]
    assert copy.samples.count() == 2
    copying.resume()
    assert len(chunks) == 2  # a message is on its way already
    cache.clear()  # it was lost
    copying.resume()
    assert len(chunks) == 3
    actions.delete_samples(copy, copy.samples.filter(name='g.png'))  # does not come again
    actions.add_samples(copy, None, [photo('by hand.png', 4)])
    all_of(copy)
    assert sorted(copy.samples.alive().values_list('name', flat=True)) == ['b2.png', 'b3.png', 'by hand.png']
    before = len(chunks)
    cache.clear()
    copying.resume()
    copying.copy_chunk(copy.pk)
    assert len(chunks) == before  # it is whole


def test_what_is_added_later_stays_where_it_was_added(project, alice):
    copy = copying.duplicate(project, alice.pk)
    actions.add_samples(project, None, [photo('later.png', 9)])
    all_of(copy)
    assert not copy.samples.filter(name='later.png').exists()


def test_categories_that_were_changed_meanwhile(project, alice):
    copy = copying.duplicate(project, alice.pk)
    actions.rename_category(copy.categories.get(name='blue'), 'azure')
    copy.categories.get(name='gold').delete()
    all_of(copy)
    assert copy.samples.get(name='b2.png').category.name == 'azure'
    assert copy.samples.get(name='g.png').category is None


def test_a_copy_that_is_deleted_waits(project, alice):
    copy = copying.duplicate(project, alice.pk)
    actions.delete_project(copy)
    copying.copy_chunk(copy.pk)
    assert not copy.samples.exists()
    actions.restore_project(copy)
    all_of(copy)
    assert copy.samples.count() == 4


def test_a_photo_whose_file_was_lost_stops_nothing(project, alice):
    project.samples.get(name='g.png').delete_files()
    copy = copying.duplicate(project, alice.pk)
    all_of(copy)
    assert copy.samples.count() == 4


def test_the_longest_name(project, alice):
    Project.objects.update(name='x' * 200)
    project.refresh_from_db()
    assert copying.duplicate(project, alice.pk).name == 'x' * 193 + ' (copy)'


@pytest.mark.parametrize(
    ('limit', 'said'), [('projects', '1 project'), ('samples', '5 photos'), ('bytes', 'These photos take')]
)
def test_it_counts_for_who_takes_it(project, alice, limit, said):
    Limits.objects.create(user=alice, **{limit: {'projects': 1, 'samples': 5, 'bytes': 9000}[limit]})
    Sample.objects.update(bytes=2000)
    with pytest.raises(LimitReached, match=said):
        copying.duplicate(project, alice.pk)
    assert Project.objects.count() == 1


def test_a_viewer_may_take_a_copy_and_a_stranger_not(project, as_bob, bob, as_charlie, chunks):
    address = reverse('project_duplicate', args=[project.pk])
    assert as_bob.post(address).status_code == as_charlie.post(address).status_code == 404
    Membership.objects.create(project=project, user=bob, role=Role.VIEWER)
    assert as_bob.post(address).url == reverse('dashboard')
    copy = Project.objects.get(owner=bob)
    assert copy.copying_from == project
    page = as_bob.get(reverse('dashboard')).content.decode()
    assert 'Copying photos' in page
    all_of(copy)
    Project.objects.filter(pk=project.pk).update(created_at=project.created_at - timedelta(days=1))
    assert 'Copying photos' not in as_bob.get(reverse('dashboard')).content.decode()
