"""Limits are kept by all processes together: what one has learned, all know; and one at a time means of all."""

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from django.core.cache import cache
from django.db import connections

from collecting.providers import Query, Waiting, pace, search
from projects import fetching
from projects.places import AGAIN, UNSAID, retry_after
from tests import standins
from tests.standins.commons import Commons


@pytest.fixture(autouse=True)
def nothing_remembered(request):
    if 'django_db' in request.keywords:
        cache.clear()
    yield
    if 'django_db' in request.keywords:
        cache.clear()


def headers(value: str) -> dict[str, str]:
    return {'retry-after': value}


@pytest.mark.parametrize(
    ('said', 'wait'),
    [('7', 7), ('0', 1), (' 12 ', 12), ('', UNSAID), ('soon', UNSAID), ('-5', UNSAID),
     ('9' * 5000, 999_999_999), ('Thu, 01 Jan 1970 00:00:00 GMT', 1)],
)  # fmt: skip
def test_how_long_to_wait(said, wait):
    assert retry_after(headers(said)) == wait


def test_until_a_date():
    for zone in (UTC, None):  # a date without a zone is meant as UTC
        later = datetime.now(UTC) + timedelta(seconds=90)
        assert 88 < retry_after(headers(format_datetime(later.replace(tzinfo=zone)))) <= 90


@pytest.mark.django_db
class TestHolding:
    def test_a_longer_wait_stands(self):
        pace.check('a', 'A')
        pace.hold('a', 100)
        pace.hold('a', 5)
        with pytest.raises(Waiting) as caught:
            pace.check('a', 'A')
        assert caught.value.wait in (99, 100)
        pace.check('b', 'B')

    def test_it_ends(self):
        pace.hold('a', 0.3)
        time.sleep(0.35)
        pace.check('a', 'A')

    @pytest.mark.parametrize(
        ('header', 'wait'),
        [('x-ratelimit-available-anon_burst', 60), ('X-RateLimit-Available-anon_sustained', 3600),
         ('x-ratelimit-available-oauth2_client_credentials_burst', 60)],
    )  # fmt: skip
    def test_what_answers_say_is_left(self, header, wait):
        pace.learn('a', {header: '1'})
        pace.check('a', 'A')
        pace.learn('a', {header: '0'})
        with pytest.raises(Waiting) as caught:
            pace.check('a', 'A')
        assert wait - 2 <= caught.value.wait <= wait


@pytest.mark.django_db(transaction=True)
class TestOneAtATime:
    """Threads with connections of their own see of each other what processes do: the cache alone."""

    def together(self, *work) -> list[BaseException]:
        errors: list[BaseException] = []

        def run(one):
            try:
                one()
            except Exception as error:
                errors.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=[one]) for one in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return errors

    def test_commons_is_asked_by_one_at_a_time_and_slower_than_five_a_second(self, settings):
        with Commons() as commons:
            standins.use(settings, commons)
            commons.takes = 0.02
            assert not self.together(*[lambda n=n: search('commons', Query(f'hat {n}')) for n in range(4)])
            assert commons.most_at_once == 1
            began = [asked.at for asked in commons.asked]
            assert len(began) == 4
            assert all(later - earlier > 0.2 for earlier, later in pairwise(began)), began

    def test_who_waits_too_long_is_told_so(self, monkeypatch):
        monkeypatch.setattr(pace, 'PATIENCE', 0.2)
        with pace.turn('a', 'A', 0):
            errors = self.together(lambda: pace.turn('a', 'A', 0).__enter__())
        assert [(error.code, error.wait) for error in errors] == [('throttled', AGAIN)]

    def test_a_turn_ends_also_with_an_error(self):
        with pytest.raises(ValueError, match='x'), pace.turn('a', 'A', 0):
            raise ValueError('x')
        with pace.turn('a', 'A', 0):
            pass

    def test_a_turn_that_is_over_takes_away_nobody_s(self):
        with pace.turn('a', 'A', 0):
            cache.set('a:turn', 'another', 60)
        assert cache.get('a:turn') == 'another'

    def test_a_turn_outlasts_the_longest_answer(self):
        assert pace.TURN > fetching.PATIENCE + fetching.SECONDS + 1

    def test_one_who_waited_does_not_ask_after_a_refusal(self, settings):
        with Commons() as commons:
            standins.use(settings, commons)
            commons.say(b'', 429, retry_after='30')
            errors = self.together(*[lambda n=n: search('commons', Query(f'hat {n}')) for n in range(3)])
            assert len(errors) == 3 and all(isinstance(error, Waiting) for error in errors)
            assert len(commons.asked) == 1
