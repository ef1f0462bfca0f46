"""The report's page on real photos, with a wrong label and a near-duplicate planted among them."""

import io
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.client import Client
from tests.browser.test_look import check, look
from tests.running import ROOT

PHOTOS = ROOT.parent / 'shared' / 'data' / 'images' / 'trashnet'
CATEGORIES = ('glass', 'paper', 'plastic')
EACH = 14
WRONG = 'wrongly glass'  # the name of the photo of paper that is planted in glass
ORDER = [
    'how-good', 'worst', 'wrong', 'next', 'labels', 'twins', 'overlaps', 'more', 'candidates', 'categories', 'mix-ups',
    'looked', 'learned',
]  # fmt: skip
ALWAYS = set(ORDER) - {'overlaps', 'learned'}


def again(content: bytes) -> bytes:
    """The same photo, a little smaller and encoded anew: other bytes, as a person sees it the same."""
    picture = Image.open(io.BytesIO(content)).convert('RGB')
    out = io.BytesIO()
    picture.resize((picture.width * 3 // 4, picture.height * 3 // 4)).save(out, 'JPEG', quality=70)
    return out.getvalue()


@pytest.fixture(scope='module')
def version(client: Client) -> dict[str, Any]:
    """Of a project of three kinds of waste: one sheet of paper is labelled glass, one bottle is there twice."""
    if not PHOTOS.is_dir():
        pytest.skip(f'{PHOTOS} is missing: the report needs real photos to say something')
    files = {name: sorted((PHOTOS / name).glob('*.jpg'))[: EACH + 1] for name in CATEGORIES}
    project = client.project('Sorting waste', {})
    for category, paths in files.items():
        client.add(project, category, {path.name: path.read_bytes() for path in paths[:EACH]})
    client.add(project, 'glass', {f'{WRONG}.jpg': files['paper'][EACH].read_bytes()})
    client.add(project, 'plastic', {'again.jpg': again(files['plastic'][0].read_bytes())})
    run = client.train(project)
    return client.get(f'versions/{run["version"]}/')


@pytest.fixture
def report(page: Page, version: dict[str, Any]) -> Page:
    page.goto(f'/versions/{version["id"]}/report/')
    page.wait_for_load_state('networkidle')
    return page


def category_of(client: Client, version: dict[str, Any], name: str) -> str | None:
    return {sample['name']: sample['category'] for sample in client.samples(version['project'])}.get(name)


def suspect(page: Page) -> Locator:
    return page.locator('.suspect').filter(has=page.get_by_role('img', name=WRONG))


# ---------------------------------------------------------------- what it says


def test_the_sections_stand_in_order(report: Page) -> None:
    found = report.locator('.sections > section').evaluate_all('parts => parts.map(part => part.id)')
    assert found == [name for name in ORDER if name in found]
    assert set(found) >= ALWAYS
    assert report.locator('.toc a').evaluate_all('links => links.map(link => link.hash.slice(1))') == found
    expect(report.locator('.figure')).to_have_text(re.compile(r'^\d+\s%\s+\(\d+–\d+\)$'))
    expect(report.locator('#candidates tr.lead .chip')).to_have_text('chosen')
    expect(report.locator('.card.next .btn.primary')).to_have_count(1)


def test_the_top_bar_leads_to_it(page: Page, version: dict[str, Any]) -> None:
    page.goto(f'/projects/{version["project"]}/')
    page.get_by_role('link', name='Report').click()
    expect(page).to_have_url(re.compile(rf'/versions/{version["id"]}/report/$'))
    page.set_viewport_size({'width': 390, 'height': 844})
    page.goto(f'/projects/{version["project"]}/')
    page.locator('summary[aria-label="More of this project"]').click()
    page.get_by_role('link', name='Report').locator('visible=true').click()
    expect(page.get_by_role('heading', name='How good is Sorting waste?')).to_be_visible()


def test_the_learning_curve_is_drawn_and_said(report: Page) -> None:
    curve = report.locator('#curve')
    expect(curve).to_have_attribute('aria-label', re.compile(r'Accuracy goes from \d+\s%'))
    drawn = """canvas => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value, place) => place % 4 === 3 && value > 0);
    }"""
    assert curve.locator('canvas').evaluate(drawn)
    ground = 'canvas => canvas.toDataURL()'
    light = curve.locator('canvas').evaluate(ground)
    report.get_by_role('button', name='Switch between light and dark').click()
    assert curve.locator('canvas').evaluate(ground) != light
    report.get_by_text('The same in figures').click()
    expect(report.locator('.figures tbody tr').first).to_be_visible()


# ---------------------------------------------------------------- pressing things


def test_a_mistake_opens_large(report: Page) -> None:
    link = report.locator('#wrongs a.shot[data-sample]').first
    link.click()
    dialog = report.get_by_role('dialog')
    expect(dialog.get_by_role('heading')).to_have_text(re.compile(r'\.jpg$'))
    expect(dialog).to_contain_text('You said')
    expect(dialog).to_contain_text('It said')
    expect(dialog.locator('.bars li')).to_have_count(len(CATEGORIES))
    check(report, 'photo, large')
    first = dialog.get_by_role('heading').inner_text()
    report.keyboard.press('ArrowRight')
    expect(dialog.get_by_role('heading')).not_to_have_text(first)
    gallery = dialog.get_by_role('link', name='In the gallery').get_attribute('href')
    report.keyboard.press('Escape')
    expect(dialog).to_be_hidden()
    report.goto(gallery)
    expect(report.locator('.cell:target')).to_be_in_viewport()


def test_a_photo_has_a_page_of_its_own(report: Page) -> None:
    report.goto(report.locator('#wrongs a.shot').first.get_attribute('href'))
    expect(report.get_by_role('heading', name=re.compile(r'\.jpg$'))).to_be_visible()
    check(report, 'photo page')


def test_a_square_of_the_matrix_shows_its_photos(report: Page) -> None:
    report.get_by_role('button', name='paper called paper').click()
    popped = report.locator('#popped')
    expect(popped).to_have_attribute('aria-label', 'paper called paper')
    expect(popped.locator('img').first).to_be_visible()
    expect(report.get_by_role('button', name='paper called paper')).to_have_attribute('aria-pressed', 'true')
    report.locator('#matrix button').first.focus()
    report.keyboard.press('ArrowDown')
    row = report.evaluate('document.activeElement.dataset.cell.split("-")[0]')
    assert row != '0'
    report.keyboard.press('Enter')
    expect(popped).not_to_have_attribute('aria-label', 'paper called paper')


def test_whose_session_is_over_is_told_to_reload(report: Page) -> None:
    failed: list[str] = []
    report.on('pageerror', lambda error: failed.append(str(error)))
    report.context.clear_cookies()
    report.get_by_role('button', name='paper called paper').click()
    expect(report.locator('#messages')).to_contain_text('Reload the page.')
    assert not failed


# ---------------------------------------------------------------- cleaning


def test_keep_one_of_near_duplicates_and_undo(report: Page, client: Client, version: dict[str, Any]) -> None:
    cluster = report.locator('.cluster').filter(has_text='again.jpg')
    before = len(client.samples(version['project']))
    cluster.get_by_role('button', name='Keep the first').click()
    expect(cluster.locator('figure:visible')).to_have_count(1)
    assert len(client.samples(version['project'])) == before - 1
    expect(report.locator('#changed')).to_be_visible()
    expect(report.locator('.path-go').get_by_role('button', name='Train')).to_be_visible()  # without a reload
    report.locator('.toast').get_by_role('button', name='Undo').click()
    expect(cluster.locator('figure:visible')).to_have_count(2)
    expect(report.locator('#changed')).to_be_hidden()
    expect(report.locator('.path-go').get_by_role('link', name='Test it')).to_be_visible()
    assert len(client.samples(version['project'])) == before


def test_a_wrong_label_is_changed_and_undone(report: Page, client: Client, version: dict[str, Any]) -> None:
    card = suspect(report)
    expect(card).to_have_count(1)
    card.get_by_role('button', name='Change to paper').click()
    expect(card.locator('.done')).to_have_text('Changed to paper')
    assert category_of(client, version, f'{WRONG}.jpg') == 'paper'
    report.locator('.toast').get_by_role('button', name='Undo').click()
    expect(card.get_by_role('button', name='Change to paper')).to_be_focused()
    assert category_of(client, version, f'{WRONG}.jpg') == 'glass'


def test_a_label_that_is_right_is_not_doubted_again(report: Page) -> None:
    card = suspect(report)
    card.get_by_role('button', name='It is right').click()
    expect(card.locator('.done')).to_have_text('Kept in glass')
    undo = report.locator('.toast').get_by_role('button', name='Undo')
    expect(undo).to_be_visible()
    other = report.context.new_page()
    other.goto(report.url)
    expect(suspect(other)).to_have_count(0)
    undo.click()
    expect(card.get_by_role('button', name='It is right')).to_be_visible()
    other.reload()
    expect(suspect(other)).to_have_count(1)


# ---------------------------------------------------------------- for everybody


def test_it_looks_right(report: Page) -> None:
    look(report, 'report')
    report.locator('.menu.save > summary').click()
    look(report, 'report, saving', part='.menu.save')


def test_it_prints_all_in_one_column(report: Page) -> None:
    report.emulate_media(media='print')
    expect(report.locator('.toc')).to_be_hidden()
    expect(report.locator('.figure')).to_be_visible()
    assert report.pdf().startswith(b'%PDF')


def test_speed_can_be_chosen_and_taken_back(report: Page) -> None:
    report.locator('.choice').get_by_role('button').click()
    expect(report.get_by_role('heading', name=re.compile('Version 2 is ready'))).to_be_visible(timeout=90_000)
    report.get_by_role('link', name='Report').first.click()
    expect(report.locator('.choice')).to_contain_text('because you chose speed')
    expect(report.get_by_role('button', name='Back to all together')).to_be_visible()
