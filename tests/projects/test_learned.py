"""Whether a version has learned from what is there now."""

import pytest
from django.contrib.auth.models import User

from projects import actions
from projects.learned import mark, mark_of_taken, news, with_sums
from projects.models import Category, Project
from tests.projects.test_pages import filled, trained
from training import snapshot


def of_today(project: Project) -> list[Category]:
    return list(with_sums(Category.objects.filter(project=project)))


@pytest.fixture
def project(alice: User) -> Project:
    return filled(alice, blue=3, gold=3)


def test_the_database_adds_up_what_a_snapshot_holds(project: Project):
    actions.delete_samples(project, project.samples.filter(pk=project.samples.first().pk))
    assert mark(of_today(project), fast=False) == mark_of_taken(snapshot.take(project))
    assert mark(of_today(project), fast=True) != mark_of_taken(snapshot.take(project))


def test_a_version_knows_what_changed_and_what_was_undone(project: Project):
    version = trained(project)
    assert news(project, of_today(project), version) == ''
    gone = project.samples.filter(pk=project.samples.first().pk)
    actions.delete_samples(project, gone)
    assert news(project, of_today(project), version) == 'changed photos'
    actions.restore_samples(project, [gone.get().pk])
    assert news(project, of_today(project), version) == ''
    actions.add_category(project, 'red')
    assert news(project, of_today(project), version) == 'changed photos'


def test_of_a_version_without_a_mark_the_number_of_its_photos_tells(project: Project):
    version = trained(project)
    version.mark = ''
    assert news(project, of_today(project), version) == ''
    version.sample_count -= 1
    assert news(project, of_today(project), version) == 'new photos'
    version.sample_count += 2
    assert news(project, of_today(project), version) == 'changed photos'
