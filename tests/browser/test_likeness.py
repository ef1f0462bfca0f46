"""Below the bars: whether a photo looks like the project's at all, and how often answers this sure are right."""

import io
import json
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.client import DARK, LIGHT, Client, shades
from tests.browser.test_look import LOOKS, look
from tests.browser.test_testpage import choose, photo

BANDS = [
    {'from': 0.5, 'to': 0.7, 'count': 12, 'right': 8, 'of_100': None},
    {'from': 0.72, 'to': 0.94, 'count': 60, 'right': 53, 'of_100': 87},
    {'from': 0.95, 'to': 0.99, 'count': 100, 'right': 98, 'of_100': 97},
]


@pytest.fixture
def tester(page: Page, trained: int) -> Page:
    page.goto(f'/projects/{trained}/test/')
    page.locator('#how').evaluate('(how, bands) => { how.dataset.reliability = bands; }', json.dumps(BANDS))
    return page


def answers(tester: Page, share: float, familiarity: float | None, none: bool = False) -> None:
    """Show a photo to a server that answers so."""
    said: dict[str, Any] = {
        'id': 'x',
        'version': int(tester.locator('#test').get_attribute('data-version')),
        'category': None if none else LIGHT,
        'confidence': share,
        'none_of_these': none,
        'familiarity': familiarity,
        'confidences': [{'category': LIGHT, 'confidence': share}, {'category': DARK, 'confidence': 1 - share}],
        'ms': 30,
    }
    tester.unroute_all()
    tester.route('**/predictions/', lambda route: route.fulfill(json=said))
    choose(tester, photo())
    expect(tester.locator('[data-t=share]').first).to_contain_text(f'{100 * share:.0f}')


def drawn(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.convert('RGB').save(out, 'PNG')
    return out.getvalue()


def dot(tester: Page) -> float:
    return float(tester.locator('.like .dot').get_attribute('cx')[:-1])


def test_a_familiar_photo_stands_right_of_the_mark(tester: Page) -> None:
    answers(tester, 0.8, 0.525)
    box = tester.locator('.likeness')
    expect(box).to_contain_text('Does it look like your photos at all?Yes', use_inner_text=False)
    expect(box).to_contain_text('one of the categories should fit')
    expect(box).to_contain_text('cannot promise to notice')
    assert dot(tester) == pytest.approx(61)
    edge = tester.locator('.like .mark').get_attribute('x1')
    answers(tester, 0.81, 0.05)
    assert f'{dot(tester):.0f}%' == edge
    answers(tester, 0.82, 1.0)
    assert 97 < dot(tester) < 100


def test_none_of_these_says_so_and_colours_nothing(tester: Page) -> None:
    answers(tester, 0.58, 0.0, none=True)
    card = tester.locator('#answer')
    expect(card.get_by_role('heading')).to_have_text('None of these')
    expect(card).to_contain_text('It looks like nothing in your photos. Had it to choose, it would say:')
    expect(card).not_to_contain_text('of 100 answers')
    expect(card.locator('.likeness')).to_contain_text('95 of 100 photos like yours fall right of the mark.')
    assert 0 < dot(tester) < 22
    swatches = card.locator('.sw')
    expect(swatches).to_have_count(3)
    for swatch in swatches.all():
        assert swatch.evaluate('element => getComputedStyle(element).backgroundColor') == 'rgba(0, 0, 0, 0)'
    fills = {bar.evaluate('bar => getComputedStyle(bar).fill') for bar in card.locator('.bars .fi').all()}
    expect(tester.locator('#announcer')).to_have_text(
        f'None of these. It looks like nothing in your photos. Had it to choose, it would say: {LIGHT}, 58\u202f%.'
    )

    answers(tester, 0.83, 0.4)
    assert fills.isdisjoint({card.locator('.bars .fi').first.evaluate('bar => getComputedStyle(bar).fill')})
    expect(card.locator('.verdict .i')).to_have_count(0)
    expect(card.locator('.verdict .sw')).to_have_text('2')


def test_how_often_answers_this_sure_are_right(tester: Page) -> None:
    for share, line in (
        (0.97, 'Sure. Of 100 answers this sure, about 97 are right.'),
        (0.99, 'Sure. Of 100 answers this sure, about 97 are right.'),
        (0.94, 'Sure. Of 100 answers this sure, about 87 are right.'),
        (0.75, 'Fairly sure. Of 100 answers this sure, about 87 are right.'),
        (0.65, 'Fairly sure.'),
        (0.52, 'Not sure. It lies between the two.'),
    ):
        answers(tester, share, 0.5)
        expect(tester.locator('[data-t=sure]')).to_have_text(line)


def test_where_it_cannot_be_told_no_scale_is_drawn(tester: Page) -> None:
    """Ten photos are too few: the real server says null."""
    choose(tester, photo(27))
    expect(tester.locator('#answer .bars li')).to_have_count(2)
    expect(tester.locator('.likeness .untold')).to_be_visible()
    expect(tester.locator('.like')).to_be_hidden()
    answers(tester, 0.9, 0.5)
    expect(tester.locator('.like')).to_be_visible()
    expect(tester.locator('.likeness .untold')).to_be_hidden()


def test_from_training_to_none_of_these(page: Page, client: Client) -> None:
    """The real server, on as many photos as it takes."""
    found = client.project('Twenty shades', {DARK: shades(10, True), LIGHT: shades(10, False)})
    client.train(found)
    page.goto(f'/projects/{found}/test/')
    choose(page, drawn(Image.effect_noise((96, 64), 120)))
    heading = page.locator('#answer').get_by_role('heading')
    expect(heading).to_have_text('None of these', timeout=30_000)
    choose(page, drawn(Image.new('L', (96, 64), 33)))
    expect(heading).to_contain_text(DARK)
    expect(page.locator('.likeness')).to_contain_text('Yes')


@pytest.mark.parametrize('none', [True, False], ids=['none', 'known'])
def test_axe_finds_nothing_and_nothing_overflows(tester: Page, none: bool) -> None:
    answers(tester, 0.58, 0.0 if none else 1.0, none)
    look(tester, 'an answer', LOOKS[1:3])


def test_of_many_categories_the_small_bars_wait_behind_a_press(tester: Page) -> None:
    shares = [0.5, *[0.05] * 8, *[0.02] * 5]
    said = {
        'id': 'x', 'version': 1, 'category': 'c0', 'confidence': 0.5, 'none_of_these': False,
        'familiarity': None, 'ms': 30,
        'confidences': [{'category': f'c{place}', 'confidence': share} for place, share in enumerate(shares)],
    }  # fmt: skip
    tester.route('**/predictions/', lambda route: route.fulfill(json=said))
    choose(tester, photo())
    card = tester.locator('#answer')
    expect(card.locator('.bars li:visible')).to_have_count(6)
    card.get_by_text('8 others, together 25\u202f%').click()
    expect(card.locator('.bars li:visible')).to_have_count(14)
