"""A run's page: live, through lost connections, and afterwards. The test plays the server that tells the events."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.client import Client, shades
from tests.browser.scripted import BESTS, DINOV2, LITE0, Server
from tests.browser.test_look import LOOKS, look


@pytest.fixture(scope='module')
def finished(client: Client) -> dict[str, Any]:
    """A real run that has succeeded: the page's frame comes from it."""
    return client.train(client.project('Shades', {'dark': shades(3, True), 'light': shades(3, False)}))


@pytest.fixture
def server(page: Page, finished: dict[str, Any]) -> Server:
    server = Server(page, finished)
    page.wait_for_function('document.readyState === "complete"')
    return server


def rows(page: Page) -> list[str]:
    """The candidates shown at once."""
    return page.locator('#candidates > table tbody tr b[data-t=name]').all_inner_texts()


def text(page: Page, name: str) -> Any:
    return page.locator(f'[data-t="{name}"]')


# ---------------------------------------------------------------- live


def test_the_live_page_says_how_far_and_who_leads(page: Page, server: Server) -> None:
    server.compare()
    expect(page.get_by_role('heading', name='Comparing pretrained models')).to_be_visible()
    expect(text(page, 'far')).to_have_text('17 of 18 tried, each on photos it had not seen')
    expect(page.locator('progress')).to_have_js_property('value', 17)
    expect(page.locator('[data-stage=features]')).to_have_class('done')
    expect(page.locator('[data-stage=compare]')).to_have_attribute('aria-current', 'step')
    expect(page).to_have_title(re.compile('^94.%'))
    assert rows(page) == ['DINOv2 ViT-S/14', 'TinyViT-5M', 'EfficientNet-Lite0', 'Colour and texture']
    expect(page.locator('#candidates tr.lead')).to_contain_text('leads')
    expect(text(page, 'time-is').first).to_have_text('Tried in')
    expect(page.locator('#candidates tr.lead [data-t=time]')).to_have_text(re.compile(r'\d s$'))
    assert re.sub(r'\s+', ' ', page.locator('tr.lead .acc').inner_text()) == '89 % (80–94)'
    expect(page.locator('#candidates > table .axis-l text')).to_have_text(['40', '50', '60', '70', '80', '90', '100 %'])


def test_the_time_left_runs_down(page: Page, server: Server) -> None:
    server.tell('started')
    server.stage('features')
    server.progress('features', 12, 48, 4000.0)
    expect(text(page, 'far')).to_have_text('12 of 48 photos looked at. This is done once for each photo.')
    expect(text(page, 'left')).to_have_text(re.compile('^(about .* left|a moment left)$'))
    said = "import('/static/js/run_words.js').then(words => words.howFar({code: 'features', done: 0, total: 8}, 24))"
    assert page.evaluate(said) == '0 of 8 photos looked at. The other 16 are ready. This is done once for each photo.'


def test_the_axis_reaches_down_to_what_was_measured(page: Page, server: Server) -> None:
    server.tell('started')
    server.stage('compare')
    server.candidate(LITE0, 'final', 'linear', 0.31, 0.22, 0.41)
    expect(page.locator('#candidates > table .axis-l text')).to_have_text(['20', '40', '60', '80', '100 %'])


def test_a_refresh_shows_the_same(page: Page, server: Server) -> None:
    server.compare()
    expect(page.locator('#candidates > table tbody b[data-t=name]')).to_have_count(len(BESTS))
    before = page.locator('#body').inner_text()
    page.reload()
    expect(page.locator('#candidates > table tbody b[data-t=name]')).to_have_count(len(BESTS))
    assert server.asked == [0, 0]
    still = re.compile(r'.* so far')
    assert still.sub('', page.locator('#body').inner_text()) == still.sub('', before)


def test_a_lost_connection_counts_down_and_misses_nothing(page: Page, server: Server) -> None:
    server.compare()
    expect(page.locator('#candidates > table tbody b[data-t=name]')).to_have_count(len(BESTS))
    server.repeats = 4  # a careless server: the page must not take an event twice
    server.close(1012)
    lost = page.locator('#lost')
    expect(lost).to_be_visible()
    expect(lost).to_contain_text('Training goes on without this page.')
    heard = len(server.events)
    server.together()  # told while nobody listens
    expect(lost).to_contain_text(re.compile(r'Trying again in \d s; nothing will be missed\.'))
    expect(lost).to_be_hidden(timeout=10_000)
    assert server.asked == [0, heard]
    expect(page.locator('tr.lead')).to_contain_text('Together: DINOv2 + TinyViT + Lite0 + colour')
    page.locator('#happened summary').click()
    lines = page.locator('#happened li [data-t=said]').all_inner_texts()
    assert len(lines) == len(set(lines)) == heard - 1  # all but the two that tell progress
    assert 'TinyViT-5M, last block, nearest average: 85\u202f% (76–90), 0.14 s' in lines
    expect(text(page, 'events')).to_have_text(f'{heard + 1} events, kept with the run')


def test_the_network_goes_and_comes_back(page: Page, server: Server, context: BrowserContext) -> None:
    server.tell('started')
    expect(text(page, 'elapsed')).to_have_text(re.compile('so far$'))
    context.set_offline(True)
    expect(page.locator('#lost')).to_contain_text('when the network is back')
    context.set_offline(False)
    expect(page.locator('#lost')).to_be_hidden()
    assert server.asked == [0, 1]


def test_a_stranger_is_told_so_and_asked_to_sign_in(page: Page, server: Server) -> None:
    server.close(4404)
    expect(page.locator('#refused')).to_contain_text('not yours, or you are signed out')
    expect(page.locator('#lost')).to_be_hidden()
    page.wait_for_timeout(1500)
    assert len(server.asked) == 1


def test_another_worker_takes_over(page: Page, server: Server) -> None:
    server.compare()
    server.tell('retrying', attempt=2, message='The worker was lost; another one takes over.')
    expect(page.locator('#taken-over')).to_contain_text('another one takes over (attempt 2)')
    expect(page.locator('#taken-over')).to_contain_text('Progress jumps back')
    expect(page.locator('#candidates')).to_be_hidden()
    expect(page.locator('[data-stage=compare]')).to_have_class('')


# ---------------------------------------------------------------- afterwards


def test_finished_while_watching(page: Page, server: Server) -> None:
    server.compare()
    server.together()
    server.finish()
    expect(page.get_by_role('heading', name='Version 1 is ready')).to_be_visible()
    expect(text(page, 'under')).to_have_text(
        'Trained in 5.1 s on 86 photos. It answers on the test page and the API from now on.'
    )
    expect(page.locator('.figure')).to_have_text(re.compile(r'92\s% \(84–97\)'))
    expect(page.locator('#plain-numbers')).to_have_text(
        'Shown 100 photos it has never seen, it would get about 92 right. With 86 photos to measure on, the true '
        'figure may be anywhere from 84 to 97. Guessing gets 50.'
    )
    expect(page.locator('#how-chosen')).to_have_text(
        'All four answer together: DINOv2, TinyViT, Lite0 and colour, their confidences averaged, weighted by what '
        'helps. On held-back photos that is 3 points better than the best single one, DINOv2. '
        'It learned 4,742 numbers; the 30,071,572 below them stay frozen. One answer takes about 181 ms.'
    )
    expect(page.locator('tr.lead')).to_contain_text('chosen')
    expect(page.locator('tr.lead')).to_contain_text('linear and nearest average')
    expect(text(page, 'time-is').first).to_have_text('A photo')
    expect(page.locator('tr.lead [data-t=time]')).to_have_text(re.compile(r'\d ms$'))
    expect(page.locator('tr.lead')).to_contain_text(re.compile(r'92\s% \(84–97\)'))  # as the figure at the top
    expect(page.locator('[data-t=legend]')).to_contain_text(
        'Each is lowered by what choosing on the same photos flatters it, the chosen one by 1.2 points.'
    )
    expect(page.locator('#finished')).to_contain_text(
        'Measured on 86 photos, each held back in turn, less 1.2 points because the same photos chose the models. '
        'The range: the truth lies in it 95 times in 100.'
    )
    expect(page.get_by_role('link', name='Test it')).to_be_visible()
    expect(page.get_by_role('button', name='Cancel')).to_be_hidden()
    expect(page).to_have_title(re.compile(r'^92.%, version 1 is ready'))
    page.wait_for_timeout(1500)
    assert len(server.asked) == 1  # nothing more will come: the page does not ask again


def test_each_pretrained_model_has_one_row_and_the_others_are_a_press_away(page: Page, server: Server) -> None:
    server.compare()
    server.together()
    server.finish()
    together = 'Together: DINOv2 + TinyViT + Lite0 + colour'
    expect(page.locator('#candidates > table tbody tr')).to_have_count(5)
    assert rows(page) == [together, 'DINOv2 ViT-S/14', 'TinyViT-5M', 'EfficientNet-Lite0', 'Colour and texture']
    dinov2 = page.locator('#candidates > table tbody tr').nth(1)
    expect(dinov2.locator('.sub')).to_have_text('last blocklinearbest of 5 tried')  # the second for phones alone
    expect(dinov2.locator('.phone')).to_be_hidden()
    others = page.locator('#candidates details')
    expect(others.locator('tbody')).to_be_hidden()
    others.get_by_text('All 18 tried').click()
    shown = others.locator('tbody tr')
    expect(shown).to_have_count(13)
    expect(shown.first).to_contain_text('DINOv2 ViT-S/14')
    expect(shown.first.locator('td.opt').first).to_have_text('nearest average')
    figures = [int(row.locator('.val').inner_text()[:2]) for row in shown.all()]
    assert figures == sorted(figures, reverse=True)


def test_cuts_of_one_model_may_answer_together(page: Page, server: Server) -> None:
    server.compare()
    server.candidate(DINOV2, 'late + final', 'linear', 0.9, 0.82, 0.95)
    members = [{'backbone': DINOV2, 'cut': cut, 'head': 'linear', 'weight': 0.5} for cut in ('late', 'final')]
    server.finish(members=members, frozen_parameters=0)
    assert rows(page)[:3] == ['DINOv2 ViT-S/14', 'DINOv2 ViT-S/14', 'TinyViT-5M']
    expect(page.locator('tr.lead')).to_contain_text('block 9 of 12 and last block, confidences averaged')
    expect(page.locator('#how-chosen')).to_contain_text('1 point better than the best single one')
    expect(page.locator('#how-chosen')).to_contain_text('It learned 4,742 numbers. One answer')


def test_who_chose_speed_gets_the_best_single_one(page: Page, server: Server) -> None:
    page.evaluate("document.getElementById('run').dataset.fast = 'yes'")
    server.compare()
    server.finish(members=[{'backbone': LITE0, 'cut': 'final', 'head': 'prototype', 'weight': 1}])
    expect(page.locator('#how-chosen')).to_contain_text(
        'EfficientNet-Lite0 answers alone: the best single model, because you chose speed. It learned'
    )
    assert rows(page) == ['EfficientNet-Lite0', 'DINOv2 ViT-S/14', 'TinyViT-5M', 'Colour and texture']
    expect(page.locator('tr.lead')).to_contain_text('chosen')
    expect(page.locator('tr.lead')).not_to_contain_text('best of')  # it has the least log loss, not the most right


def test_too_few_to_tell(page: Page, server: Server) -> None:
    server.compare()
    server.together()
    server.finish(accuracy={'low': 0.3, 'high': 0.98})
    expect(page.locator('#plain-numbers')).to_contain_text('86 photos are too few to tell. Of 100 new photos it may')


def test_figures_from_test_photos_are_said_to_be(page: Page, server: Server) -> None:
    server.compare()
    server.together()
    method = "1 test sample, never learned from; Wilson's interval, widened for samples that belong together (1 group)"
    server.finish(accuracy={'method': method, 'lowered': None, 'groups': 1, 'test': True, 'chance': 0.31})
    expect(page.locator('[data-t=legend]')).to_contain_text('All figures are from the test photos.')
    expect(page.locator('#how-chosen')).to_contain_text('On the test photos that is 3 points better')
    expect(page.locator('#finished')).to_contain_text(
        'Measured on 1 test photo, never learned from. The range: the truth lies in it 95 times in 100, '
        'wider because photos that belong together count as one: there is 1 group of them.'
    )
    expect(page.locator('#plain-numbers')).to_contain_text('Guessing gets 31.')  # of the photos measured, not of all
    expect(page.locator('[data-t=legend]')).to_contain_text('Dotted line: 31 %')


@pytest.mark.parametrize(
    ('accuracy', 'said'),
    [
        (0.89, 'On held-back photos that is no better than the best single one, DINOv2.'),
        (0.88, 'On held-back photos DINOv2 alone got 1 point more, which may be luck.'),
    ],
)
def test_it_does_not_boast(page: Page, server: Server, accuracy: float, said: str) -> None:
    server.compare()
    server.together(accuracy, 0.8, 0.95)
    server.finish(accuracy={'value': accuracy})
    expect(page.locator('#how-chosen')).to_contain_text(said)
    expect(page.locator('#candidates tbody tr').first).to_contain_text('Together')


def test_one_that_does_harm_is_named(page: Page, server: Server) -> None:
    server.compare()
    member = {'cut': 'final', 'head': 'linear', 'weight': 1, 'parameters': 1538}
    server.finish(members=[{'backbone': DINOV2, **member}], is_current=False)
    expect(page.locator('#how-chosen')).to_contain_text('DINOv2 ViT-S/14 answers alone.')
    expect(page.locator('#how-chosen')).to_contain_text('TinyViT, Lite0 and colour are left out')
    expect(page.locator('#how-chosen')).not_to_contain_text('did not clearly improve')
    expect(text(page, 'under')).to_contain_text('Another version answers now.')


def test_opened_later_it_shows_what_was_measured(page: Page, client: Client, finished: dict[str, Any]) -> None:
    version = client.get(f'versions/{finished["version"]}/')
    page.goto(f'/runs/{finished["id"]}/')
    expect(page.get_by_role('heading', name='Version 1 is ready')).to_be_visible()
    share = round(100 * version['accuracy']['value'])
    expect(page.locator('.figure')).to_have_text(re.compile(rf'{share}\s%'))
    expect(page.locator('#how-chosen')).to_contain_text(f'It learned {version["parameters"]:,} numbers')
    expect(page.locator('#candidates tbody tr.lead')).to_contain_text('chosen')


def test_a_stopped_run_says_why_and_can_be_tried_again(page: Page, server: Server) -> None:
    server.compare()
    server.tell('failed', message='The disk is full. Your photos are safe. Make room on the server, then try again.')
    server.close(1000)
    expect(page.get_by_role('heading', name='Training stopped')).to_be_visible()
    expect(page.get_by_role('heading', name='The disk is full', exact=True)).to_be_visible()
    expect(page.locator('[aria-label="How it ended"]')).to_contain_text('Your photos are safe. Make room')
    expect(page.locator('[aria-label="How it ended"]')).to_contain_text('version 1 still answers')
    page.get_by_role('button', name='Try again').click()
    expect(page).to_have_url(re.compile(r'/runs/\d+/$'))
    assert not page.url.endswith(f'/runs/{server.run}/')


def test_a_cancelled_run(page: Page, server: Server) -> None:
    server.compare()
    server.tell('cancelled')
    server.close(1000)
    expect(page.get_by_role('heading', name='Training cancelled')).to_be_visible()
    expect(page.locator('[aria-label="How it ended"]')).to_have_text(
        re.compile(r'^\s*Nothing was changed'), use_inner_text=True
    )
    expect(page.get_by_role('button', name='Try again')).to_be_visible()


def test_a_real_run_through_a_refresh(page: Page, client: Client) -> None:
    frames: list[list[int]] = []

    def watch(socket: Any) -> None:
        frames.append([])
        socket.on('framereceived', lambda frame: frames[-1].append(json.loads(frame)['id']))

    project = client.project('Tones', {'dark': shades(4, True), 'light': shades(4, False)})
    run = client.post(f'projects/{project}/runs/')['id']
    page.on('websocket', watch)
    page.goto(f'/runs/{run}/')
    expect(page.locator('[data-stage=read]')).not_to_have_class('', timeout=60_000)
    page.reload()
    expect(page.get_by_role('heading', name='Version 1 is ready')).to_be_visible(timeout=60_000)
    assert len(frames) == 2
    assert frames[1] == list(range(1, len(frames[1]) + 1))
    expect(page.locator('[data-step=test]')).to_contain_text('Version 1')


# ---------------------------------------------------------------- for everybody


@pytest.mark.parametrize('state', ['live', 'lost', 'finished', 'failed'])
def test_axe_finds_nothing_and_nothing_overflows(page: Page, server: Server, state: str) -> None:
    server.compare()
    heading = 'Comparing pretrained models'
    if state == 'lost':
        page.context.set_offline(True)
        heading = 'Compared so far'
    elif state == 'finished':
        server.together()
        server.finish()
        page.locator('#candidates summary').click()
        heading = 'How it was chosen'
    elif state == 'failed':
        server.tell('failed', message='The disk is full. Make room.')
        heading = 'Compared until then'
    expect(page.get_by_role('heading', name=heading)).to_be_visible()
    look(page, state, LOOKS[1:3])


def test_cancel_by_keyboard_keeps_the_focus_in_the_page(page: Page, server: Server) -> None:
    server.compare()
    page.route('**/cancel/', lambda route: route.fulfill(status=202, json={}))
    cancel = page.get_by_role('button', name='Cancel')
    cancel.focus()
    page.keyboard.press('Enter')
    expect(page.locator('#cancel')).to_have_text('Cancelling…')
    server.tell('cancelled')
    expect(page.get_by_role('heading', name='Training cancelled')).to_be_focused()
