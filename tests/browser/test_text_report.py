"""A text project's report, learned from real sentences with a wrong label and a near-duplicate planted among them."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.client import Client
from tests.browser.test_look import check, look

TEXTS = {
    'praise': [
        'A wonderful film with a brilliant cast.',
        'I loved every minute of this charming story.',
        'The acting is superb and the music beautiful.',
        'A delightful comedy, warm and very funny.',
        'One of the best films that I have seen this year.',
        'Great dialogue, great pictures, a great evening.',
        'The ending is moving and the whole thing a joy.',
        'An excellent script, played with real charm.',
        'Fresh, clever and touching: I want to see it again.',
        'A masterpiece. The children were thrilled as well.',
        'A dull and clumsy film that bored all of us.',  # planted: it belongs to the other category
    ],
    'complaint': [
        'A terrible film with a wooden cast.',
        'I hated every minute of this tedious story.',
        'The acting is awful and the music annoying.',
        'A dreadful comedy, cold and never funny.',
        'One of the worst films that I have seen this year.',
        'Bad dialogue, ugly pictures, a wasted evening.',
        'The ending is stupid and the whole thing a mess.',
        'A lazy script, played without any charm.',
        'Stale, silly and boring: I want my money back.',
        'A disaster. The children fell asleep as well.',
        'A disaster! The children fell asleep as well',
    ],
}


@pytest.fixture(scope='module')
def version(client: Client) -> int:
    project = client.post('projects/', data={'name': 'Reviews', 'kind': 'text'})['id']
    for category, texts in TEXTS.items():
        client.post(f'projects/{project}/samples/', data={'category': category, 'texts': texts})
    run: dict[str, Any] = client.train(project)
    return int(run['version'])


@pytest.fixture
def report(page: Page, version: int) -> Page:
    page.goto(f'/versions/{version}/report/')
    return page


def test_the_words_that_spoke_are_marked_in_what_it_got_wrong(report: Page, version: int) -> None:
    expect(report.get_by_role('heading', name='Texts it got wrong')).to_be_visible()
    report.locator('#wrongs').evaluate('list => list.append("")')  # as “All 35” does, while those in view are asked for
    card = report.locator('.wrong').filter(has_text='dull and clumsy')
    card.scroll_into_view_if_needed()
    expect(card.locator('.spoken-how')).to_contain_text('Spoke for complaint: “')
    expect(card.locator('mark.for').first).to_be_visible()
    expect(card.locator('> .quote')).to_have_text('A dull and clumsy film that bored all of us.')
    expect(report.locator('#spoken-legend')).to_be_visible()
    expect(card.locator('.near-texts .quote')).to_have_count(3)
    for other in report.locator('.wrong').all():  # each is asked for in turn; axe looks at them all
        other.scroll_into_view_if_needed()
        expect(other.locator('.spoken-how')).to_be_visible()
        expect(other.locator('.spoken-how')).to_have_count(1)
    look(report, 'report of texts')

    report.set_viewport_size({'width': 1440, 'height': 900})
    card.locator('> .quote').click()
    dialog = report.get_by_role('dialog')
    expect(dialog.locator('.spoken-how')).to_contain_text('Each word was left out in turn')
    expect(dialog).to_contain_text('as if it had not learned from this text')
    expect(dialog.locator('mark.for').first).to_be_visible()
    check(report, 'text, large')
    dialog.locator('.chip[role=button]').press('Enter')  # what it means is told of what came later too
    expect(dialog.locator('.hint-box')).to_be_visible()


def test_a_square_opens_its_texts(report: Page) -> None:
    report.get_by_role('button', name='complaint called complaint').click()
    popped = report.locator('#popped')
    expect(popped).to_have_attribute('aria-label', 'complaint called complaint')
    expect(popped.locator('.quote').first).to_be_visible()


def test_of_two_that_hardly_differ_one_is_kept(report: Page) -> None:
    cluster = report.locator('.cluster').filter(has_text='The children fell asleep')
    expect(cluster.locator('figure')).to_have_count(2)
    cluster.get_by_role('button', name='Keep the first').click()
    expect(cluster.locator('figure:visible')).to_have_count(1)
    expect(report.locator('.toast')).to_contain_text(
        'Kept A disaster. The children fell asleep as well., deleted 1 text.'
    )
    report.locator('.toast').get_by_role('button', name='Undo').click()
    expect(cluster.locator('figure:visible')).to_have_count(2)
