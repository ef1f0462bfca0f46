"""Searching the web for photos of a category: what is shown, what is marked and why, and what is brought in."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from classifier import images, outliers
from collecting import building, importing, jobs, looking, scheduling, searches, searching
from collecting.models import Import, Search, WebPhoto
from projects import actions, fetching
from projects.category_actions import delete_category
from projects.models import Project, Sample
from projects.purging import purge_deleted
from tests.collecting.searching import standing_in
from tests.training import conftest as training_project
from training import features
from training.models import Run

pytestmark = pytest.mark.django_db
lite0 = training_project.lite0


@pytest.fixture
def web(settings, monkeypatch) -> Iterator[dict[str, Any]]:
    monkeypatch.setattr(fetching, 'SECONDS', 2.0)
    with standing_in(settings) as found:
        yield found


@pytest.fixture(autouse=True)
def searched(monkeypatch) -> list[int]:
    """The searches that messages were sent for."""
    sent: list[int] = []
    monkeypatch.setattr('collecting.tasks.search.delay', sent.append)
    return sent


@pytest.fixture
def hat(project) -> Any:
    return project.categories.get()


def ended(search: Search) -> Search:
    for _ in range(40):
        jobs.go_on(searching.Searching, search.pk)
        search.refresh_from_db()
        if not search.under_way:
            return search
    raise AssertionError('It does not end')


def imported(row: Import) -> Import:
    for _ in range(60):
        jobs.go_on(importing.Importing, row.pk)
        row.refresh_from_db()
        if not row.under_way:
            return row
    raise AssertionError('It does not end')


def marks(search: Search) -> dict[str, int]:
    found: dict[str, int] = {}
    for photo in search.photos.all():
        found[photo.mark] = found.get(photo.mark, 0) + 1
    return found


# ---------------------------------------------------------------- what is found


def test_photos_of_both_searches_with_thumbnails_and_licences(web, hat):
    search = ended(searches.begin(hat, 'hat'))
    assert (search.status, search.pages, search.more, search.error) == ('succeeded', 1, True, '')
    photos = list(search.photos.all())
    assert len(photos) == search.total == search.done > 30
    assert [photo.provider for photo in photos[:4]] == ['openverse', 'commons', 'openverse', 'commons']
    assert all(photo.licence and photo.title for photo in photos)
    for photo in photos:
        assert bool(photo.file) != (photo.mark == 'gone')
    fetched = {asked.path for standin in web.values() for asked in standin.asked}
    assert len(fetched) > 30  # by this server: a browser never asks them


def test_what_does_not_belong_is_marked(lite0, web, hat):
    """The stand-ins hold one unlike the rest, one twice, and some that cannot be fetched."""
    search = ended(searches.begin(hat, 'hat'))
    by_oddity = {photo.mark for photo in search.photos.filter(url__contains='unlike')}
    assert by_oddity == {'unlike'}
    assert {photo.mark for photo in search.photos.filter(url__contains='twin')} == {'twice'}
    found = marks(search)
    assert found['unlike'] <= 6 and found[''] > 20


def test_what_the_project_has_already_is_marked(web, project, hat):
    search = ended(searches.begin(hat, 'hat'))
    photo = search.photos.filter(mark='').first()
    actions.add_sample(project, hat, 'own.jpg', fetching.fetch(photo.url))
    again = ended(searches.begin(hat, 'hat'))
    assert again.photos.get(provider=photo.provider, key=photo.key).mark == 'here'


def test_what_was_brought_in_before_is_marked_by_its_page(web, project, hat):
    search = ended(searches.begin(hat, 'hat'))
    photo = search.photos.filter(mark='').first()
    sample = actions.add_samples(project, hat, [training_upload()]).added[0]
    Sample.objects.filter(pk=sample.pk).update(source='web', landing_page=photo.landing_page)
    assert ended(searches.begin(hat, 'hat')).photos.get(key=photo.key).mark == 'here'


def training_upload() -> Any:
    from tests.pictures import photo

    return photo('other.png', 77)


def test_the_next_page(as_alice, web, hat):
    search = ended(searches.begin(hat, 'hat'))
    first = set(search.photos.values_list('key', flat=True))
    answer = as_alice.post(reverse('api_search_more', args=[search.pk]))
    assert (answer.status_code, answer.json()['status']) == (202, 'queued')
    assert as_alice.post(reverse('api_search_more', args=[search.pk])).json()['error']['code'] == 'running'
    assert ended(search).pages == 2
    assert set(search.photos.values_list('key', flat=True)) > first
    Search.objects.update(more=False)
    assert as_alice.post(reverse('api_search_more', args=[search.pk])).json()['error']['code'] == 'no_more'


def test_a_stopped_one_goes_on_where_it_was(as_alice, web, hat):
    search = searches.begin(hat, 'hat')
    address = reverse('api_search_cancel', args=[search.pk])
    Search.objects.update(status='running', lease_token=uuid.uuid4(), cancel_requested=False)
    assert as_alice.post(address).json()['status'] == 'running'
    assert Search.objects.get().cancel_requested  # its worker sees that
    assert as_alice.post(reverse('api_search_more', args=[search.pk])).status_code == 202
    assert not Search.objects.get().cancel_requested  # it has not even noticed

    Search.objects.update(status='queued', lease_token=None)
    turn = searching.Searching.claim(search.pk)
    turn.ask()
    turn.give_back()
    assert as_alice.post(address).json()['status'] == 'cancelled'
    assert as_alice.post(address).json()['error']['code'] == 'not_running'
    asked = [standin.searches for standin in web.values()]
    assert as_alice.post(reverse('api_search_more', args=[search.pk])).json()['status'] == 'queued'
    assert (ended(search).status, search.pages) == ('succeeded', 1)
    assert [standin.searches for standin in web.values()] == asked  # nothing is asked for twice


def test_a_search_of_a_build_is_not_stopped_by_itself(as_alice, web, two):
    search = build(as_alice, two).searches.first()
    answer = as_alice.post(reverse('api_search_cancel', args=[search.pk]))
    assert (answer.status_code, answer.json()['error']['code']) == (409, 'not_running')


def test_each_thumbnail_is_decoded_and_seen_once_whatever_page_follows(lite0, web, hat, monkeypatch):
    decoded, seen, real, network = [], [], images.open_image, features.network

    class Counting:
        def __init__(self, weight_hash: str) -> None:
            self.real = network(weight_hash)

        def features(self, squares: Any) -> Any:
            seen.append(len(squares))
            return self.real.features(squares)

    monkeypatch.setattr(images, 'open_image', lambda *a, **k: decoded.append(1) or real(*a, **k))
    monkeypatch.setattr(features, 'network', Counting)
    search = ended(searches.begin(hat, 'hat'))
    ended(searches.more(search))
    there = search.photos.exclude(file='').count()
    assert there > 60
    assert len(decoded) <= search.photos.count() and sum(seen) == there * len(features.current_backbones())
    assert marks(search)['unlike']


def test_what_another_process_looked_at_is_read_again(lite0, web, hat, monkeypatch):
    search = searches.begin(hat, 'hat')
    monkeypatch.setattr(looking, 'MOST_KNOWN', 0)  # nothing is remembered
    assert {photo.mark for photo in ended(search).photos.filter(url__contains='unlike')} == {'unlike'}


def test_filters_are_passed_on(web, hat):
    search = ended(searches.begin(hat, 'hat', commercial=True, modification=True))
    licences = set(search.photos.values_list('licence', flat=True))
    assert licences and not any('NC' in licence or 'ND' in licence for licence in licences)


# ---------------------------------------------------------------- where it does not go well


def test_one_that_takes_no_more_does_not_keep_the_other(web, hat):
    web['openverse'].say({'detail': 'Request was throttled.'}, 429, retry_after='7')
    search = ended(searches.begin(hat, 'hat'))
    assert (search.status, search.wait) == ('succeeded', 7)
    assert search.error == 'Openverse takes no more questions just now. Try again in 7 s.'
    assert {photo.provider for photo in search.photos.all()} == {'commons'}


def test_one_that_took_no_more_is_asked_for_the_same_page_again(web, hat):
    web['openverse'].say({'detail': 'Request was throttled.'}, 429, retry_after='1')
    search = ended(searches.begin(hat, 'hat'))
    cache.clear()  # a second later
    ended(searches.more(search))
    assert (search.pages, search.answered) == (2, {'openverse': 1, 'commons': 2})
    assert [asked.query['page'] for asked in web['openverse'].asked if 'page' in asked.query] == ['1', '1']


def test_there_is_more_where_one_was_not_heard(web, hat):
    web['openverse'].say({'detail': 'Request was throttled.'}, 429, retry_after='7')
    assert ended(searches.begin(hat, 'a word that is nowhere')).more


def test_one_that_failed_goes_on(as_alice, settings, hat):
    settings.NANOWEB_FETCH_ALLOW = ['127.0.0.1:9']
    settings.NANOWEB_OPENVERSE_URL = settings.NANOWEB_COMMONS_URL = 'http://127.0.0.1:9/'
    search = ended(searches.begin(hat, 'hat'))
    assert search.status == 'failed' and search.pages == 0
    with standing_in(settings):
        answer = as_alice.post(reverse('api_search_more', args=[search.pk]))
        assert (answer.status_code, answer.json()['status']) == (202, 'queued')
        assert (ended(search).status, search.pages) == ('succeeded', 1)


def test_where_neither_takes_more_it_says_when_the_first_does_again(web, hat):
    web['openverse'].say({'detail': 'Request was throttled.'}, 429, retry_after='70')
    web['commons'].say({'detail': 'Too many.'}, 429, retry_after='7')
    search = ended(searches.begin(hat, 'hat'))
    assert (search.status, search.wait) == ('failed', 7)
    assert search.error == 'Wikimedia Commons takes no more questions just now. Try again in 7 s.'


def test_without_a_network_it_fails_in_words(settings, hat):
    settings.NANOWEB_FETCH_ALLOW = ['127.0.0.1:9']
    settings.NANOWEB_OPENVERSE_URL = settings.NANOWEB_COMMONS_URL = 'http://127.0.0.1:9/'
    search = ended(searches.begin(hat, 'hat'))
    assert (search.status, search.error_code) == ('failed', 'unreachable')
    assert 'cannot be reached' in search.error


def test_a_build_without_a_network_says_so_too(as_alice, settings, two):
    settings.NANOWEB_FETCH_ALLOW = ['127.0.0.1:9']
    settings.NANOWEB_OPENVERSE_URL = settings.NANOWEB_COMMONS_URL = 'http://127.0.0.1:9/'
    row = build(as_alice, two)
    for search in row.searches.all():
        ended(search)
    imported(row)
    assert (row.status, row.error_code) == ('failed', 'unreachable')


def test_a_lost_worker_asks_nothing_twice(web, hat, monkeypatch, searched):
    class Killed(BaseException):
        pass

    search = searches.begin(hat, 'hat')

    def killed(photo: WebPhoto) -> Any:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(looking, 'look', killed)
        jobs.go_on(searching.Searching, search.pk)
    searched.clear()
    Search.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    scheduling.resume()
    assert searched == [search.pk]
    asked = [standin.searches for standin in web.values()]
    assert ended(search).status == 'succeeded'
    assert [standin.searches for standin in web.values()] == asked


def test_a_long_look_at_them_keeps_its_lease(lite0, web, hat, monkeypatch):
    """Else another worker would begin it again and again, and none would ever end."""
    real, leases = features.network, []

    def slow(weight_hash: str) -> Any:
        Search.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        return real(weight_hash)

    monkeypatch.setattr(features, 'network', slow)
    looked = outliers.unlike
    monkeypatch.setattr(
        outliers, 'unlike', lambda seen: leases.append(Search.objects.get().lease_until) or looked(seen)
    )
    assert ended(searches.begin(hat, 'hat')).status == 'succeeded'
    assert leases[0] > timezone.now()


def test_old_ones_are_forgotten_with_their_thumbnails(web, hat, project, django_capture_on_commit_callbacks):
    search = ended(searches.begin(hat, 'hat'))
    folder = f'projects/{project.pk}/searches/{search.pk}'
    assert default_storage.listdir(folder)[1]
    Search.objects.update(created_at=timezone.now() - timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        purge_deleted()
    assert not Search.objects.exists() and not default_storage.listdir(folder)[1]


def test_thumbnails_go_with_their_category(hat, project, django_capture_on_commit_callbacks):
    search = searches.begin(hat, 'hat')
    file = default_storage.save(f'projects/{project.pk}/searches/{search.pk}/1.jpg', ContentFile(b'x'))
    WebPhoto.objects.create(search=search, file=file)
    with django_capture_on_commit_callbacks(execute=True):
        delete_category(hat, True)
    assert not WebPhoto.objects.exists() and not default_storage.exists(file)


# ---------------------------------------------------------------- through the API


def test_it_is_asked_for_shown_and_brought_in(as_alice, web, project, hat):
    said = {'category_id': hat.pk, 'text': 'hat', 'commercial': True}
    answer = as_alice.post(reverse('api_searches', args=[project.pk]), said, 'application/json')
    assert (answer.status_code, answer.json()['status'], answer.json()['photos']) == (202, 'queued', [])
    ended(Search.objects.get())
    found = as_alice.get(reverse('api_search', args=[answer.json()['id']])).json()
    assert found['status'] == 'succeeded' and found['text'] == 'hat'
    chosen = [photo for photo in found['photos'] if photo['chosen']][:3]
    thumbnail = as_alice.get(chosen[0]['thumbnail_url'])
    assert (thumbnail.status_code, thumbnail['Content-Type']) == (200, 'image/jpeg')
    assert 'http' not in ''.join(photo['thumbnail_url'] or '' for photo in found['photos'])
    wanted = {'photos': [photo['id'] for photo in chosen]}
    answer = as_alice.post(reverse('api_search_import', args=[found['id']]), wanted, 'application/json')
    assert answer.status_code == 202 and answer.json()['total'] == 3
    row = imported(Import.objects.get())
    assert (row.status, row.added_count) == ('succeeded', 3)
    sample = hat.samples.get(landing_page=chosen[0]['landing_page'])
    assert (sample.source, sample.name, sample.licence) == ('web', chosen[0]['title'], chosen[0]['licence'])
    assert (sample.creator, sample.licence_url) == (chosen[0]['creator'], chosen[0]['licence_url'])


def test_photos_of_a_category_that_was_renamed_go_into_it(web, project, hat):
    search = ended(searches.begin(hat, 'hat'))
    row = building.bring_in(search, list(search.photos.filter(mark='')[:2]))
    actions.rename_category(hat, 'cap')
    assert imported(row).added_count == 2
    assert project.categories.get() == hat and hat.samples.count() == 2


def test_each_photo_that_does_not_come_has_its_reason(web, project, hat):
    search = ended(searches.begin(hat, 'hat'))
    odd = list(search.photos.filter(url__regex='dead|huge|slow|twin'))
    first = search.photos.order_by('id').first()
    assert len(odd) >= 4 and first
    row = imported(building.bring_in(search, [first, *odd]))
    assert row.status == 'succeeded'
    codes = set(row.rejections.values_list('code', flat=True))
    assert {'unreachable', 'too_large', 'timeout'} <= codes


def test_nearly_the_same_photo_is_not_brought_in_twice(web, project, hat):
    search = ended(searches.begin(hat, 'hat'))
    twin = search.photos.get(provider='openverse', url__contains='twin')
    first = search.photos.filter(provider='openverse').first()
    row = imported(building.bring_in(search, [first, twin]))
    assert row.added_count == 1
    assert row.rejections.get().code == 'near_duplicate'
    assert first.title in row.rejections.get().message


@pytest.mark.parametrize(
    'said', [{}, {'category_id': 'x', 'text': 'hat'}, {'category_id': 999_999, 'text': 'hat'}, {'text': ' '}]
)
def test_what_cannot_be_searched_for(as_alice, project, said):
    answer = as_alice.post(reverse('api_searches', args=[project.pk]), said, 'application/json')
    assert answer.status_code == 400 and not Search.objects.exists()


def test_photos_of_another_search_are_refused(as_alice, hat, alice):
    search = Search.objects.create(project=hat.project, category=hat, text='hat')
    other = actions.create_project(alice.pk, 'Other', ['a', 'b'])
    elsewhere = Search.objects.create(project=other, category=other.categories.first(), text='a')
    photo = WebPhoto.objects.create(search=elsewhere, file='x.jpg')
    address = reverse('api_search_import', args=[search.pk])
    answer = as_alice.post(address, {'photos': [photo.pk]}, 'application/json')
    assert (answer.status_code, answer.json()['error']['code']) == (400, 'unknown_photo')


def test_as_many_may_be_chosen_as_a_search_finds(as_alice, hat):
    search = Search.objects.create(project=hat.project, category=hat, text='hat')
    address, many = reverse('api_search_import', args=[search.pk]), {'photos': list(range(1, 2001))}
    assert as_alice.post(address, many, 'application/json').json()['error']['code'] == 'unknown_photo'


# ---------------------------------------------------------------- search and build


@pytest.fixture
def two(alice) -> Project:
    return actions.create_project(alice.pk, 'Two', ['hat', 'cardboard'])


def build(as_alice: Any, project: Project) -> Import:
    asked = [{'category_id': each.pk, 'text': each.name} for each in project.categories.all()]
    answer = as_alice.post(reverse('api_build', args=[project.pk]), {'searches': asked}, 'application/json')
    assert answer.status_code == 202
    return Import.objects.get(pk=answer.json()['id'])


def test_one_press_searches_brings_in_and_trains(as_alice, web, two, monkeypatch, asked):
    monkeypatch.setattr(building, 'EACH', 3)
    row = build(as_alice, two)
    assert row.searches.count() == 2
    jobs.go_on(importing.Importing, row.pk)
    row.refresh_from_db()
    assert row.status == 'running' and row.done == 0  # the searches come first
    asked.clear()
    first, second = row.searches.all()
    ended(first)
    assert not asked
    ended(second)
    assert asked == [row.pk]
    imported(row)
    assert (row.status, row.added_count, row.error) == ('succeeded', 6, '')
    assert {each.samples.count() for each in two.categories.all()} == {3}
    assert row.run == Run.objects.get()


def test_what_cannot_be_had_is_replaced_by_the_next_best(as_alice, web, two, monkeypatch):
    monkeypatch.setattr(building, 'EACH', 3)
    row = build(as_alice, two)
    for search in row.searches.all():
        ended(search)
    for photo in row.searches.first().photos.filter(mark='')[:2]:
        WebPhoto.objects.filter(pk=photo.pk).update(url=f'{web["commons"].origin}/gone/{photo.pk}.jpg')
    imported(row)
    assert (row.status, row.added_count, row.done, row.total) == ('succeeded', 6, 8, 8)
    assert {each.samples.count() for each in two.categories.all()} == {3} and row.rejections.count() == 2


def test_a_second_press_begins_no_second_one(as_alice, two):
    row = build(as_alice, two)
    said = {'searches': [{'category_id': two.categories.first().pk, 'text': 'hat'}]}
    answer = as_alice.post(reverse('api_build', args=[two.pk]), said, 'application/json')
    assert (answer.status_code, answer.json()['error']['code']) == (409, 'running')
    assert Import.objects.get() == row and Search.objects.count() == 2
    Import.objects.update(status='failed')
    assert as_alice.post(reverse('api_build', args=[two.pk]), said, 'application/json').status_code == 202


def test_whoever_sees_its_end_sees_the_training(as_alice, web, two, monkeypatch):
    monkeypatch.setattr(building, 'EACH', 3)
    row = build(as_alice, two)
    real, seen = building.train, []
    monkeypatch.setattr(building, 'train', lambda row: seen.append(Import.objects.get().status) or real(row))
    for search in row.searches.all():
        ended(search)
    imported(row)
    assert seen == ['running'] and row.run


def test_where_too_little_came_it_says_so(as_alice, web, two, monkeypatch):
    monkeypatch.setattr(building, 'EACH', 1)
    row = build(as_alice, two)
    for search in row.searches.all():
        ended(search)
    imported(row)
    assert row.run is None and row.error.startswith('Not ready to train: ')


def test_a_category_for_which_nothing_was_found_is_named(as_alice, web, two, monkeypatch):
    monkeypatch.setattr(building, 'EACH', 3)
    row = build(as_alice, two)
    ended(row.searches.get(text='hat'))
    row.searches.filter(text='cardboard').update(status='failed', error='Openverse cannot be reached.')
    said = 'No photos were found for “cardboard”. Openverse cannot be reached. Not ready to train: '
    assert imported(row).error.startswith(said)
    assert as_alice.get(reverse('api_import', args=[row.pk])).json()['error'].startswith(said)


def test_where_nothing_is_found_it_fails_in_words(as_alice, settings, two):
    settings.NANOWEB_FETCH_ALLOW = ['127.0.0.1:9']
    settings.NANOWEB_OPENVERSE_URL = settings.NANOWEB_COMMONS_URL = 'http://127.0.0.1:9/'
    row = build(as_alice, two)
    for search in row.searches.all():
        ended(search)
    imported(row)
    assert row.status == 'failed' and 'cannot be reached' in row.error
    assert row.error.startswith('No photos were found for “hat”, “cardboard”. ')


def test_a_cancelled_build_stops_its_searches(as_alice, web, two):
    row = build(as_alice, two)
    assert as_alice.post(reverse('api_import_cancel', args=[row.pk])).status_code == 202
    for search in row.searches.all():
        assert ended(search).status == 'cancelled'
    assert Import.objects.get().status == 'cancelled'
    assert not Run.objects.exists()
