"""Photos kept apart for testing, in the gallery: marked, filtered, set and unset by mouse and keyboard, and undone."""

from playwright.sync_api import Page, expect

from tests.browser import test_gallery
from tests.browser.client import Client
from tests.browser.test_gallery import count_of, opened, shot
from tests.browser.test_look import look

samples, project = test_gallery.samples, test_gallery.project  # fixtures


def apart(client: Client, project: int) -> list[str]:
    found = client.get(f'projects/{project}/samples/index/')
    return sorted(name for name, split in zip(found['names'], found['splits'], strict=True) if split)


def test_photos_are_kept_apart_and_learned_from_again(page: Page, client: Client, project: int):
    opened(page, project)
    expect(page.get_by_role('list', name='By use')).to_be_hidden()
    shot(page, 'noon').click()
    shot(page, 'day').click(modifiers=['ControlOrMeta'])
    page.get_by_role('button', name='Keep apart for testing').click()
    expect(page.locator('.toast')).to_contain_text('Kept 2 photos apart for testing.')
    expect(shot(page, 'noon.png, without a category, kept apart for testing')).to_be_visible()
    assert apart(client, project) == ['day.png', 'noon.png']

    count_of(page, 'Kept apart for testing').click()
    expect(page.locator('.shot-cell')).to_have_count(2)
    look(page, 'photos kept apart')
    page.reload()
    expect(page.locator('#shown')).to_have_text('2 photos')
    shot(page, 'noon').focus()
    page.keyboard.press('Enter')
    large = page.get_by_role('dialog')
    expect(large.locator('#large-use')).to_contain_text('never learned from. Accuracy is measured on photos like this')
    look(page, 'one kept apart, enlarged')
    large.get_by_role('button', name='Learn from again').click()
    expect(large.get_by_role('heading')).to_have_text('day.png')  # the next one takes its place
    page.keyboard.press('t')
    expect(large).to_be_hidden()
    expect(page.locator('.toast')).to_contain_text('Learning from day.png again.')
    assert apart(client, project) == []
    page.keyboard.press('Control+z')
    expect(page.locator('.toast')).to_contain_text('Undone')  # the server knows it by then
    expect(page.locator('.shot-cell')).to_have_count(1)
    assert apart(client, project) == ['day.png']
    page.keyboard.press('Control+z')
    expect(page.locator('.shot-cell')).to_have_count(2)
    client.post(
        f'projects/{project}/samples/split/',
        data={'samples': [each['id'] for each in client.samples(project)], 'split': None},
    )
