"""The project page around the uploads: more photos, deleting, names, categories, and Train with too little."""

import base64

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.client import Client
from tests.browser.project import (
    NUMBERS,
    SAMPLES,
    cells,
    choose,
    column,
    delete_project,
    new_project,
    number_of,
    photo,
)
from tests.pictures import picture


@pytest.fixture
def project(page: Page) -> Page:
    return new_project(page)


def test_more_photos_are_shown_on_demand(project: Page, client: Client):
    cat = column(project, 'cat')
    client.add(number_of(project), 'cat', {f'many{place}.png': picture(next(NUMBERS), (32, 24)) for place in range(63)})
    project.reload()
    expect(cat.locator('.count')).to_have_text('63')
    expect(cells(cat)).to_have_count(60)
    cat.get_by_role('button', name='Show 3 more of 3 photos').click()
    expect(cells(cat)).to_have_count(63)
    expect(cat.locator('.show-more')).to_be_hidden()
    delete_project(project)


def test_a_photo_is_deleted_after_one_question(project: Page):
    cat = column(project, 'cat')
    choose(cat, photo('keep.png'), photo('drop.png'))
    expect(cells(cat)).to_have_count(2)
    delete = cat.get_by_role('button', name='Delete drop.png')
    delete.focus()
    project.keyboard.press('Enter')
    expect(cat.get_by_role('button', name='Keep', exact=True)).to_be_focused()
    project.keyboard.press('Escape')
    expect(cells(cat)).to_have_count(2)
    delete.click()
    cat.locator('.question .yes').click()
    expect(cells(cat)).to_have_count(1)
    expect(project.get_by_text('Deleted drop.png from cat.')).to_be_visible()
    project.reload()
    expect(cat.get_by_alt_text('keep.png')).to_be_visible()
    expect(cells(cat)).to_have_count(1)


def test_the_arrow_keys_walk_through_the_photos(project: Page):
    cat = column(project, 'cat')
    choose(cat, photo('c.png'), photo('b.png'), photo('a.png'))
    expect(cells(cat)).to_have_count(3)
    project.reload()  # the newest first
    names = cat.locator('.cell img').evaluate_all('pictures => pictures.map(picture => picture.alt)')
    cat.locator('.ways button:visible').last.focus()
    project.keyboard.press('Tab')
    for key, place in (('', 0), ('ArrowRight', 1), ('End', 2), ('ArrowRight', 2), ('Home', 0)):
        if key:
            project.keyboard.press(key)
        expect(cat.get_by_role('button', name=f'Delete {names[place]}')).to_be_focused()
    project.keyboard.press('Tab')
    expect(cat.get_by_role('link', name='All 3 photos')).to_be_focused()
    project.keyboard.press('Tab')
    expect(column(project, 'dog').get_by_role('button', name='Rename dog')).to_be_focused()


def test_a_note_can_be_dismissed(project: Page):
    project.get_by_role('button', name='Train').click()
    said = project.locator('#messages .note')
    expect(said).to_contain_text('2 photos')
    project.get_by_role('button', name='Dismiss').click()
    expect(said).to_have_count(0)
    expect(project.locator('#messages')).to_be_hidden()


def test_a_category_is_renamed_in_place_and_a_taken_name_says_so(project: Page):
    project.get_by_role('button', name='Rename cat').click()
    field = project.get_by_label('Name of category 1')
    expect(field).to_be_focused()
    field.fill(' DOG ')
    field.press('Enter')
    expect(project.get_by_text('There is a category “DOG” already. Choose another name.')).to_be_visible()
    field.fill('house cat')
    field.press('Enter')
    expect(column(project, 'house cat')).to_be_visible()
    project.get_by_role('button', name='Rename the project').click()
    project.get_by_label('Name of the project').fill('Pets')
    project.keyboard.press('Enter')
    expect(project).to_have_title('Pets · NanoWeb')
    project.reload()
    expect(project.get_by_role('heading', name='Pets')).to_be_visible()
    expect(project.get_by_role('heading', name='house cat')).to_be_visible()


def test_a_third_category_is_added_filled_and_deleted(project: Page):
    project.get_by_role('button', name='Add a category').click()
    project.get_by_label('Name', exact=True).fill('dog')
    project.keyboard.press('Enter')
    expect(project.get_by_role('alert').filter(has_text='There is a category “dog” already')).to_be_visible()
    project.get_by_label('Name', exact=True).fill('bird')
    project.keyboard.press('Enter')
    bird = column(project, 'bird')
    choose(bird, photo())
    expect(cells(bird)).to_have_count(1)
    expect(bird.locator('.col-head .sw')).to_have_text('3')
    expect(project.locator('[data-step=categories] .path-s')).to_have_text('3 named')
    bird.get_by_label('More for bird').click()
    bird.get_by_role('button', name='Delete', exact=True).click()
    expect(bird.locator('.question')).to_contain_text('Delete bird and its 1 photo?')
    bird.locator('.question .yes').click()
    expect(bird).to_have_count(0)
    project.reload()
    expect(project.locator('.column')).to_have_count(2)


def test_training_with_too_little_says_exactly_what_is_missing(project: Page):
    expect(project.locator('#why')).to_have_text('cat needs 2 photos, dog 2 photos')
    choose(column(project, 'dog'), photo())
    expect(project.locator('#why')).to_have_text('cat needs 2 photos, dog 1 more')
    project.get_by_role('button', name='Train').click()
    said = project.locator('#messages .note')
    expect(said).to_contain_text('cat')
    expect(said).to_contain_text('2 photos')
    expect(said).to_contain_text('1 more')
    assert '/projects/' in project.url


def test_train_pressed_while_photos_come_starts_when_they_are_in(project: Page):
    cat, dog = column(project, 'cat'), column(project, 'dog')
    choose(cat, photo(), photo())
    choose(dog, photo(), photo())
    expect(project.locator('#train button')).to_have_class('btn primary')
    held: list[Route] = []
    project.route(SAMPLES, lambda route: held.append(route))
    choose(dog, photo('late.png'))
    expect(dog.locator('.up .pc').last).not_to_have_text('Waiting')
    project.get_by_role('button', name='Train').click()
    expect(project.get_by_text('Training starts when the last photo is in.')).to_be_visible()
    held[0].continue_()
    project.wait_for_url('**/runs/*/')


def test_photos_without_a_category_wait_and_can_be_moved(project: Page):
    content = base64.b64encode(picture(next(NUMBERS))).decode()
    project.evaluate(
        """async ([url, content]) => {
        const form = new FormData();
        form.append('files', new Blob([Uint8Array.from(atob(content), c => c.charCodeAt(0))]), 'stray.png');
        const headers = { 'X-CSRFToken': document.querySelector('meta[name=csrf]').content };
        await fetch(url, { method: 'POST', headers, body: form });
    }""",
        [f'/api/projects/{project.locator("#categories").get_attribute("data-project")}/samples/', content],
    )
    project.reload()
    expect(project.get_by_role('heading', name='Without a category: 1 photo')).to_be_visible()
    project.get_by_role('button', name='Move stray.png to dog').click()
    expect(column(project, 'dog').get_by_alt_text('stray.png')).to_be_visible()
    expect(project.locator('#loose')).to_be_hidden()
