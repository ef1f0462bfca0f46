"""Servers that take no more questions are waited for, and nothing is fetched twice or lost meanwhile."""

from collections import Counter
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from collecting import actions, building, importing, jobs, links, scheduling, searching
from collecting.models import Import, Search, WebPhoto
from collecting.serializers import with_rejections
from projects import fetching
from projects.errors import UserError
from projects.places import Busy, Throttled
from tests.collecting.conftest import to_its_end
from tests.pictures import picture

pytestmark = pytest.mark.django_db
SITE = 'https://example.org'


class Web:
    """What is fetched instead of the web. `refusing`: what these addresses answer, once each."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.refusing: dict[str, list[UserError]] = {}

    def __call__(self, url: str, patience: float = 0) -> bytes:
        self.asked[url] += 1
        if self.refusing.get(url):
            raise self.refusing[url].pop()
        return picture(int(url.rpartition('/')[2]))


@pytest.fixture
def web(monkeypatch) -> Web:
    found = Web()
    monkeypatch.setattr(fetching, 'fetch', found)
    return found


def addresses(project: Any, count: int) -> Import:
    return actions.begin_links(project, [{'url': f'{SITE}/{number}', 'category': 'hat'} for number in range(count)])


def thumbnails(project: Any, count: int) -> Search:
    search = Search.objects.create(project=project, category=project.categories.get(), text='hat', pages=1, total=count)
    for number in range(count):
        address = f'{SITE}/{number}'
        WebPhoto.objects.create(search=search, provider='x', key=number, title='x', url=address, thumbnail_url=address)
    return search


def turn(row: Import | Search) -> Any:
    jobs.go_on(importing.Importing if isinstance(row, Import) else searching.Searching, row.pk)
    row.refresh_from_db()
    return row


def let_time_pass(row: Import | Search) -> None:
    type(row).objects.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_an_import_waits_for_the_server_and_goes_on(as_alice, project, web, asked):
    row = addresses(project, 3)
    web.refusing[f'{SITE}/1'] = [Throttled(30)]
    turn(row)
    assert (row.status, row.done, row.added_count, row.lease_token) == ('running', 1, 1, None)
    assert not row.rejections.exists()
    assert 28 <= as_alice.get(reverse('api_import', args=[row.pk])).json()['pause'] <= 30
    before = sum(web.asked.values())
    asked.clear()
    scheduling.resume()
    turn(row)  # a message that comes too early
    assert (asked, sum(web.asked.values())) == ([], before)
    let_time_pass(row)
    assert (to_its_end(row).added_count, row.put_off, row.pause) == (3, 0, 0)


def test_a_server_that_refuses_for_ever_is_let_be(project, web):
    row = addresses(project, 2)
    web.refusing[f'{SITE}/0'] = [Throttled(30)] * 99
    for _ in range(jobs.MOST_PUT_OFF + 1):
        turn(row)
        let_time_pass(row)
    to_its_end(row)
    assert (row.status, row.added_count) == ('succeeded', 1)
    assert list(row.rejections.values_list('name', 'code')) == [('0', 'throttled')]


def test_one_that_waits_can_be_cancelled(project, web):
    row = addresses(project, 2)
    web.refusing[f'{SITE}/0'] = [Throttled(3000)]
    turn(row)
    assert actions.cancel(row).status == 'cancelled'


def test_a_search_waits_for_its_thumbnails(project, web):
    search = thumbnails(project, 6)
    web.refusing = {f'{SITE}/1': [Busy()], f'{SITE}/2': [Throttled(30)]}
    turn(search)
    assert (search.status, search.done) == ('running', 2)
    assert not search.photos.filter(mark='gone').exists()
    let_time_pass(search)
    turn(search)
    assert (search.status, search.done, search.photos.exclude(file='').count()) == ('succeeded', 6, 6)
    assert web.asked == Counter({f'{SITE}/{number}': 1 + (number in (1, 2)) for number in range(6)})


def test_a_thumbnail_that_is_refused_for_ever_is_gone(project, web):
    search = thumbnails(project, 2)
    web.refusing = {f'{SITE}/1': [Throttled(30)] * 99}
    for _ in range(jobs.MOST_PUT_OFF + 1):
        turn(search)
        let_time_pass(search)
    assert (search.status, search.done) == ('succeeded', 2)
    assert list(search.photos.values_list('mark', flat=True)) == ['', 'gone']


def test_what_was_fetched_when_a_turn_ended_is_not_fetched_again(project, web, monkeypatch):
    over = cycle([False, False, False, True])
    monkeypatch.setattr(jobs.Turn, 'is_over', lambda turn: next(over))
    row = to_its_end(addresses(project, 12))
    assert (row.status, row.added_count) == ('succeeded', 12)
    assert set(web.asked.values()) == {1}


def test_one_bad_address_stops_nothing(project, web):
    rows = [{'url': 'http://[bad/a.jpg', 'category': 'hat'}, {'url': f'{SITE}/1', 'category': 'hat'}]
    web.refusing['http://[bad/a.jpg'] = [UserError('Give the address of a picture.')]
    row = to_its_end(actions.begin_links(project, rows))
    assert (row.status, row.added_count, list(row.rejections.values_list('name', 'code'))) == (
        'succeeded', 1, [('photo', 'invalid')],
    )  # fmt: skip


def test_json_may_say_its_charset(as_alice, project):
    body = {'links': [{'url': f'{SITE}/1'}]}
    answer = as_alice.post(
        reverse('api_imports', args=[project.pk]), body, content_type='application/json; charset=utf-8'
    )
    assert answer.status_code == 202


def test_what_no_database_keeps_is_cleaned():
    [item] = links.parsed(b'[{"url": "https://example.org/1.jpg", "title": "a\\ud800b\\u0000c"}]')
    assert item['title'] == 'a?bc'


def test_what_was_to_be_fetched_is_read_where_it_is_needed_alone(project, web):
    row = addresses(project, 2)
    assert 'items' in with_rejections().get(pk=row.pk).get_deferred_fields()
    assert to_its_end(row).items == []


def test_a_build_whose_categories_are_gone_says_so(project):
    row = building.build(project, {project.categories.get(): 'hat'}, False, False)
    row.searches.all().delete()  # as a category's purge does
    turn(row)
    assert (row.status, row.error_code) == ('failed', 'no_photos') and 'deleted' in row.error
