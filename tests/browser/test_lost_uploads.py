"""Photos on their way while the network, the server or the session is gone: they go on, by themselves or at a press."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.project import SAMPLES, cells, choose, column, new_project, photo
from tests.browser.test_look import LOOKS, look


@pytest.fixture
def project(page: Page) -> Page:
    return new_project(page)


def test_a_lost_connection_counts_down_and_goes_on_by_itself(project: Page):
    failures = failing(project, times=1)
    cat = column(project, 'cat')
    choose(cat, photo('slow.png'))
    expect(cat.locator('.up .why')).to_have_text(re.compile(r'Connection lost.* Trying again in [12] s\.'))
    expect(cells(cat)).to_have_count(1, timeout=8000)
    assert failures() == 1


def test_try_now_ends_the_wait(project: Page):
    failures = failing(project, times=3)
    cat = column(project, 'cat')
    choose(cat, photo('slow.png'))
    for tried in range(1, 4):
        project.wait_for_timeout(50)
        expect(cat.locator('.up .why')).to_contain_text('Trying again in')
        cat.get_by_role('button', name='Try now').click()
        if tried < 3:
            project.wait_for_function(f'() => window.failures > {tried}')
    expect(cells(cat)).to_have_count(1, timeout=4000)
    assert failures() == 3


def test_however_long_an_outage_is_they_go_on_and_at_once_when_the_network_is_back(project: Page):
    project.clock.install()
    failures = failing(project, times=1000)
    cat = column(project, 'cat')
    choose(cat, photo('a.png'), photo('b.png'))
    for _ in range(7):
        tried = failures()
        project.clock.run_for(30_000)
        wait_for(project, lambda tried=tried: failures() > tried)
    project.clock.run_for(100)  # a frame is drawn
    expect(cat.locator('.up .why').first).to_contain_text('Trying again in')
    project.unroute(SAMPLES)
    project.evaluate("dispatchEvent(new Event('online'))")
    expect(cells(cat)).to_have_count(2)


def test_what_the_server_failed_at_is_sent_again_at_one_press(project: Page):
    answers = [{'status': 500, 'json': {}}] * 3
    project.route(SAMPLES, lambda route: route.fulfill(**answers.pop()) if answers else route.continue_())
    cat = column(project, 'cat')
    choose(cat, photo('a.png'), photo('b.png'), photo('c.png'))
    expect(cat.locator('.adding-l')).to_contain_text('0 in, 3 not taken')
    expect(cat.locator('.up.no')).to_have_count(1)
    expect(cat.locator('.up.no .why')).to_have_text('Not sent: the server could not take it.')
    look(project, 'to be sent again', LOOKS[:2])
    cat.get_by_role('button', name='Retry all').click()
    expect(cells(cat)).to_have_count(3)


def test_who_was_signed_out_signs_in_again_and_all_go_on(project: Page):
    """In another tab: there the cookies change, and this page is the one of before."""
    cookies = {each['name']: each for each in project.context.cookies()}
    project.context.clear_cookies(name='sessionid')
    cat = column(project, 'cat')
    choose(cat, *(photo(f'{n}.png') for n in range(6)))
    said = project.get_by_role('alert').filter(has_text='You are signed out. Sign in again in another tab')
    expect(said).to_be_visible()
    expect(cat.locator('.up .why', has_text='You are signed out.')).to_have_count(4)
    look(project, 'signed out')
    said.get_by_role('button', name='Go on').click()
    expect(said).to_be_visible()  # still not
    project.context.add_cookies([cookies['sessionid'], cookies['csrftoken'] | {'value': 'b' * 32}])
    said.get_by_role('button', name='Go on').click()
    expect(cells(cat)).to_have_count(6)
    expect(said).to_be_hidden()


def test_what_a_search_found_stays_after_signing_out(project: Page):
    found = {'id': 1, 'status': 'running', 'done': 0, 'total': 0, 'found_count': 0, 'pages': 0, 'more': False,
             'wait': None, 'photos': [], 'error': None, 'error_code': ''}  # fmt: skip
    project.route('**/searches/', lambda route: route.fulfill(status=202, json=found))
    project.route('**/api/searches/1/', lambda route: route.fulfill(status=401, json={}))
    column(project, 'cat').get_by_role('button', name='Search the web for cat').click()
    expect(project.locator('#sheet-problem p')).to_have_text(re.compile(r'^You are signed out\. .* go on here\.$'))
    expect(project.locator('#sheet progress')).to_be_hidden()


def test_a_training_is_not_followed_after_signing_out(project: Page):
    asked: list[Route] = []

    def answer(route: Route) -> None:
        asked.append(route)
        if len(asked) > 1:
            route.fulfill(body='<h1>Sign in</h1>', content_type='text/html')
            return
        train = re.compile(r'class="\w*" data-step="train"')
        route.fulfill(body=train.sub('class="run" data-step="train"', route.fetch().text()), content_type='text/html')

    project.route(project.url, answer)
    project.reload()
    expect(project.get_by_role('alert')).to_contain_text('You are signed out.', timeout=15_000)
    assert len(asked) == 2


def test_who_may_no_longer_add_photos_is_told(project: Page):
    forbidden = {'error': {'code': 'forbidden', 'message': 'You may see this, but not do it.'}}
    project.route(SAMPLES, lambda route: route.fulfill(status=403, json=forbidden))
    choose(column(project, 'cat'), photo('a.png'))
    why = column(project, 'cat').locator('.up.no .why')
    expect(why).to_have_text('You may look at this project, but no longer add photos to it.')


def test_a_photo_whose_answer_got_lost_is_shown_all_the_same(project: Page):
    tried = []

    def lose_the_first_answer(route: Route) -> None:
        tried.append(route)
        if len(tried) == 1:
            route.fetch()  # it arrives, and the page never hears of it
            route.abort('connectionreset')
        else:
            route.continue_()

    project.route(SAMPLES, lambda route: lose_the_first_answer(route) if posts(route) else route.continue_())
    cat = column(project, 'cat')
    choose(cat, photo('arrived.png'))
    expect(cells(cat)).to_have_count(1, timeout=8000)
    expect(cat.locator('.up.no')).to_have_count(0)
    expect(cat.locator('.count')).to_have_text('1')
    assert len(tried) == 2


def test_a_photo_that_was_elsewhere_before_is_not_taken_for_the_one_whose_answer_got_lost(project: Page):
    same = photo('first.png')
    choose(column(project, 'dog'), same)
    expect(cells(column(project, 'dog'))).to_have_count(1)
    failing(project, times=1)
    cat = column(project, 'cat')
    choose(cat, same)
    cat.get_by_role('button', name='Try now').click()
    expect(cat.locator('.up.no .why')).to_have_text('Already here: the same photo as first.png in “dog”.')


def wait_for(page: Page, condition: Callable[[], bool]) -> None:
    """While the page's requests go on being answered here."""
    for _ in range(500):
        if condition():
            return
        page.wait_for_timeout(20)
    assert condition()


def posts(route: Route) -> bool:
    return route.request.method == 'POST'


def failing(page: Page, times: int) -> Callable[[], int]:
    """The next `times` uploads of the page end in a lost connection; how many did so far."""
    failed = []

    def answer(route: Route) -> None:
        if posts(route) and len(failed) < times:
            failed.append(route)
            route.abort('connectionreset')
            page.evaluate('n => { window.failures = n; }', len(failed))
        else:
            route.continue_()

    page.route(SAMPLES, answer)
    return lambda: len(failed)
