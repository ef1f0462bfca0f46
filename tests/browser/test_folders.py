"""Whole folders: each one a category or not, kept apart or not, and what in them belongs together."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.client import Client, shades
from tests.browser.project import NUMBERS, cells, column, new_project, number_of
from tests.browser.test_look import LOOKS, look
from tests.browser.test_uploads import transfer
from tests.pictures import picture


@pytest.fixture
def project(page: Page) -> Page:
    return new_project(page)


FOLDERS = ('set/dog/a.png', 'set/dog/old/b.png', 'set/Cat/c.png', 'set/mouse/d.png', 'set/e.png')
# A drop of the folder “set”: a script cannot put folders into a DataTransfer, so its items give entries made here.
DROP_FOLDER = """(place, [files, paths]) => {
    const all = [...files.files];
    const entries = paths.map((path, at) => ({ isFile: true, fullPath: `/${path}`, file: give => give(all[at]) }));
    const folder = { isFile: false, createReader: () => ({ readEntries: give => give(entries.splice(0)) }) };
    DataTransferItem.prototype.webkitGetAsEntry = () => folder;
    const event = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: files });
    place.dispatchEvent(event);
}"""


def test_folders_in_a_chosen_folder_become_categories_after_a_question(project: Page, tmp_path: Path):
    for name in FOLDERS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(picture(next(NUMBERS)))
    cat = column(project, 'cat')
    cat.locator('input.folder').set_input_files(tmp_path / 'set')
    question = cat.get_by_role('group', name='These files come from 3 folders.')
    expect(question).to_contain_text('1 file beside them goes into cat.')
    expect(question.get_by_role('button', name='All 5 into cat')).to_be_visible()
    expect(question.get_by_role('button', name='Cancel')).to_be_focused()
    question.get_by_role('button', name='Sort by folder: Cat 1, dog 2, mouse 1').click()
    expect(cells(column(project, 'mouse'))).to_have_count(1)  # made for its folder
    expect(cells(column(project, 'dog'))).to_have_count(2)
    expect(cells(cat)).to_have_count(2)


def test_dropped_folders_are_asked_about_on_a_category_and_beside_all(project: Page):
    cat, names = column(project, 'cat'), [name.rpartition('/')[2] for name in FOLDERS]
    cat.locator('.drop').evaluate(DROP_FOLDER, [transfer(project, *names), list(FOLDERS)])
    cat.get_by_role('button', name='All 5 into cat').click()
    expect(cells(cat)).to_have_count(5)
    project.locator('h1').evaluate(DROP_FOLDER, [transfer(project, *names), list(FOLDERS[:4])])
    project.keyboard.press('Escape')
    expect(project.locator('.question')).to_have_count(0)
    project.locator('h1').evaluate(DROP_FOLDER, [transfer(project, *names), list(FOLDERS[:4])])
    project.get_by_role('button', name='Sort by folder: Cat 1, dog 2, mouse 1').click()
    expect(cells(column(project, 'mouse'))).to_have_count(1)
    expect(cells(cat)).to_have_count(6)


def test_a_folder_named_test_is_kept_apart(project: Page, client: Client, tmp_path: Path):
    for name in ('train/Cat/1.png', 'train/dog/2.png', 'test/Cat/3.png', 'test/dog/4.png'):
        (tmp_path / 'set' / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / 'set' / name).write_bytes(picture(next(NUMBERS)))
    cat = column(project, 'cat')
    cat.locator('input.folder').set_input_files(tmp_path / 'set')
    question = cat.get_by_role('group', name='These files come from 2 folders.')
    expect(question).to_contain_text('2 photos in folders named “test” are never learned from, but tried on.')
    question.get_by_role('button', name='Sort by folder: Cat 2, dog 2').click()
    expect(cells(cat)).to_have_count(2)
    expect(cells(column(project, 'dog'))).to_have_count(2)
    samples = client.samples(int(project.url.rstrip('/').rpartition('/')[2]))
    splits = {each['name']: client.get(f'samples/{each["id"]}/')['split'] for each in samples}
    assert splits == {'1.png': None, '2.png': None, '3.png': 'test', '4.png': 'test'}


def test_a_folder_named_test_on_one_category_is_asked_about(project: Page, client: Client):
    cat, drop = column(project, 'cat'), column(project, 'cat').locator('.drop')
    drop.evaluate(DROP_FOLDER, [transfer(project, 'a.png'), ['Test/a.png']])
    question = cat.get_by_role('group', name='1 photo in folders named “test” is never learned from, but tried on.')
    expect(question.get_by_role('button', name='Cancel')).to_be_focused()
    look(project, 'a folder named test', LOOKS[:2])
    question.get_by_role('button', name='Learn from them').click()
    expect(cells(cat)).to_have_count(1)
    drop.evaluate(DROP_FOLDER, [transfer(project, 'b.png'), ['Test/b.png']])
    cat.get_by_role('button', name='Keep apart for testing').click()
    expect(cells(cat)).to_have_count(2)
    assert facts(client, project) == {'a.png': (None, ''), 'b.png': ('test', '')}


def test_folders_inside_a_category_belong_together_and_hidden_ones_stay_out(project: Page, client: Client):
    paths = ['cat/anna/1.png', 'cat/ben/2.png', 'dog/anna/3.png', 'dog/.thumbnails/1.png']
    cat, names = column(project, 'cat'), [path.rpartition('/')[2] for path in paths]
    cat.locator('.drop').evaluate(DROP_FOLDER, [transfer(project, *names), paths])
    cat.get_by_role('button', name='Sort by folder: cat 2, dog 1').click()
    expect(cells(cat)).to_have_count(2)
    expect(cells(column(project, 'dog'))).to_have_count(1)
    assert facts(client, project) == {'1.png': (None, 'anna'), '2.png': (None, 'ben'), '3.png': (None, 'anna')}
    cat.locator('.drop').evaluate(DROP_FOLDER, [transfer(project, '4.png', '5.png'), ['carl/4.png', 'dora/5.png']])
    cat.get_by_role('button', name='All 2 into cat').click()  # then the folders are whose they are
    expect(cells(cat)).to_have_count(4)
    assert facts(client, project)['4.png'] == (None, 'carl')


def facts(client: Client, page: Page) -> dict[str, tuple[str | None, str]]:
    """Of each photo by its name: its split and its group."""
    found = [client.get(f'samples/{each["id"]}/') for each in client.samples(number_of(page))]
    return {each['name']: (each['split'], each['group']) for each in found}


def test_the_gallery_says_what_was_kept_apart_and_what_was_here(page: Page, client: Client):
    project = client.project('A folder on the gallery', {'cat': shades(1, True)})
    page.goto(f'/projects/{project}/photos/')
    page.locator('.pile.cat-1').click()
    names = [f'{n}.png' for n in range(20)]
    held = transfer(page, *names)
    page.locator('#area').evaluate(DROP_FOLDER, [held, [f'Test/{name}' for name in names]])
    added = '20 photos added to cat. 20 in folders named “test” kept apart for testing.'
    expect(page.locator('.toast')).to_have_text(added, timeout=15_000)
    page.locator('#area').evaluate(DROP_FOLDER, [held, names])
    expect(page.locator('.toast')).to_have_text('20 photos were here already, and not sent again.', timeout=15_000)
