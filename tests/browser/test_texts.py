"""A project of texts in the browser: from the wizard over typed, pasted and imported texts to the inbox."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.project import ASKS_BEFORE_LEAVING, SAMPLES, Held, column, csrf, delete_project, number_of, open_form
from tests.browser.test_look import look

PRAISE = [f'I loved the {what} most of all.' for what in ('music', 'ending', 'acting', 'plot', 'sound', 'light')]
COMPLAINT = [f'The {what} was dull and far too long.' for what in ('music', 'ending', 'acting', 'plot')]
PHONE: dict[str, Any] = {'viewport': {'width': 390, 'height': 844}, 'has_touch': True, 'is_mobile': True}
TABLE = 'id;said;sort\n' + ''.join(f'{n};A film that nobody needs, number {n}.;complaint\n' for n in range(2))
LONG = 'Neither here nor there, ' * 10 + 'and that is all.'
SAMPLE = re.compile(r'/api/samples/\d+/$')
INBOX = 'text,stars\nNot bad at all.,4\n,1\nnot BAD at all.,4\nRather long.,2\n'
PASTE = """([name, text]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([text], name, { type: 'text/plain' }));
  const how = { bubbles: true, cancelable: true, clipboardData: transfer };
  document.body.dispatchEvent(new ClipboardEvent('paste', how));
}"""

DROP = """() => {
  const transfer = new DataTransfer();
  transfer.items.add(new File(['Lovely.'], 'more.csv', { type: 'text/csv' }));
  const how = { bubbles: true, cancelable: true, dataTransfer: transfer };
  return ['dragover', 'drop'].map(kind => document.body.dispatchEvent(new DragEvent(kind, how)));
}"""


@pytest.fixture
def opened(page: Page) -> Page:
    """A new project of texts, made by the wizard."""
    open_form(page)
    page.get_by_role('radio', name='Texts').check()
    for name in ('Search and build', 'Try the dress example'):
        expect(page.get_by_role('button', name=name)).to_be_hidden()
    expect(page.locator('.collage')).to_be_hidden()  # dresses
    page.get_by_label('This').fill('praise')
    page.get_by_label('That').fill('complaint')
    page.get_by_role('button', name='Make the project').click()
    page.wait_for_url('**/projects/*/')
    page.wait_for_load_state()
    return page


def said(place: Locator) -> Locator:
    return place.locator('.cell .text-said')


def import_file(page: Page, name: str, content: str) -> Locator:
    page.locator('#import-file').set_input_files([{'name': name, 'mimeType': 'text/plain', 'buffer': content.encode()}])
    dialog = page.get_by_role('dialog', name=name)
    expect(dialog).to_be_visible()
    return dialog


def test_from_the_wizard_to_many_texts_and_the_inbox(opened: Page) -> None:
    page = opened
    praise, complaint = column(page, 'praise'), column(page, 'complaint')
    expect(page.get_by_role('button', name=re.compile('Camera|Search the web'))).to_have_count(0)
    field = praise.get_by_label('Texts for praise')
    held = Held(page, SAMPLES)
    field.fill(PRAISE[0])
    field.press('Enter')
    expect(field).to_have_value('')
    assert page.evaluate(ASKS_BEFORE_LEAVING)
    meanwhile = '\n'.join([*PRAISE[1:], PRAISE[0].upper()])
    field.fill(meanwhile)
    held.first().abort()
    expect(field).to_have_value(f'{PRAISE[0]}\n{meanwhile}')  # before that what could not be sent
    page.unroute(SAMPLES)
    praise.get_by_role('button', name='Add 7 texts').click()
    expect(said(praise)).to_have_text(PRAISE[::-1])
    expect(praise).to_contain_text('1 line not taken')
    expect(page.locator('#announcer')).to_contain_text('6 texts added to praise. 1 line not taken')
    assert not page.evaluate(ASKS_BEFORE_LEAVING)

    complaint.get_by_label('Texts for complaint').fill('\n'.join(COMPLAINT))
    complaint.get_by_label('Texts for complaint').press('Enter')
    expect(said(complaint)).to_have_count(4)
    import_file(page, 'rest.csv', INBOX).get_by_role('button', name='Import').click()
    expect(page.locator('#imports')).to_contain_text('2 texts added, 2 not')
    loose = page.locator('#loose li .text-said')
    expect(loose).to_have_text(['Rather long.', 'Not bad at all.'])
    page.locator('#imports summary').first.click()
    expect(page.locator('#imports')).to_contain_text('Row 3')

    # What an import brings takes nothing from who edits one text and sorts others by keyboard.
    complaint.get_by_role('button', name=f'Edit “{COMPLAINT[0]}”').click()
    half = complaint.locator('.edit-form textarea')
    half.fill('The music was')
    mover = page.get_by_role('button', name='Move “Rather long.” to complaint')
    mover.focus()
    dialog = import_file(page, 'films.csv', f'{TABLE}2;Perhaps.;\n')
    expect(dialog.locator('td, th').first).to_have_text('id')
    dialog.get_by_label('Texts').select_option('2')
    dialog.get_by_label('Categories').select_option('3')
    dialog.get_by_label('The first row names the columns').check()
    look(page, 'the table that is asked about')
    dialog.get_by_role('button', name='Import').click()
    expect(said(complaint)).to_have_count(6)
    expect(loose).to_have_text(['Perhaps.', 'Rather long.', 'Not bad at all.'])
    expect(mover).to_be_focused()
    expect(half).to_have_value('The music was')
    expect(page.locator('[data-step=images]')).to_contain_text('15 texts')

    many = [{'name': f'{n}.txt', 'mimeType': 'text/plain', 'buffer': b'Lovely.'} for n in range(6)]
    praise.locator('.files').set_input_files(many)
    expect(page.locator('#messages')).to_contain_text('6 files one by one are too many. Pack them into a zip')
    expect(page.get_by_role('dialog')).to_be_hidden()

    # Two at once are asked about one after the other.
    held = Held(page, '**/preview/')
    field.focus()
    page.evaluate(PASTE, ['more.txt', 'Lovely.\n'])
    expect(page.locator('.imp').first).to_contain_text('more.txtReading')
    table = {'name': 'more.csv', 'mimeType': 'text/csv', 'buffer': b'text,label\nLovely.,warm\nWell.,praise\n'}
    praise.locator('.files').set_input_files([table])
    expect(page.locator('.imp').first).to_contain_text('more.csv')
    held.let_go()
    dialog = page.get_by_role('dialog', name='more.txt')
    expect(dialog).to_contain_text('All its rows. One text a row. They go to praise.')
    expect(page.get_by_text('Pasted into')).to_have_count(0)  # it may yet be cancelled
    dialog.get_by_role('button', name='Cancel').click()
    dialog = page.get_by_role('dialog', name='more.csv')
    expect(dialog).to_contain_text('They go to praise.')
    expect(dialog.get_by_label('Categories')).to_have_value('')
    dialog.get_by_label('Categories').select_option('label')
    expect(dialog).to_contain_text('Those without a category go to praise. Makes 1 new category: warm.')
    dialog.get_by_role('button', name='Cancel').click()

    complaint.get_by_role('button', name='Cancel').click()
    mover.click()
    expect(said(complaint).first).to_have_text('Rather long.')
    look(page, 'the columns of texts')
    delete_project(page)


def test_a_table_makes_a_project_of_its_own(page: Page) -> None:
    open_form(page)
    page.get_by_role('radio', name='Texts').check()
    table = {'name': 'films of 2026.csv', 'mimeType': 'text/csv', 'buffer': TABLE.encode()}
    held = Held(page, '**/api/projects/')
    page.locator('#file').set_input_files([table])
    page.get_by_role('radio', name='Photos').check()  # too late for the file that is on its way
    held.let_go()
    dialog = page.get_by_role('dialog', name=table['name'])
    dialog.get_by_role('button', name='Cancel').click()
    expect(page.locator('#from-file')).to_be_focused()
    page.get_by_role('radio', name='Texts').check()
    expect(page.get_by_role('button', name='Start from a file')).to_be_visible()
    page.locator('#file').set_input_files([table])
    look(page, 'a table that makes a project')
    dialog.get_by_label('Texts').select_option('2')
    dialog.get_by_label('Categories').select_option('3')
    dialog.get_by_label('The first row names the columns').check()
    dialog.get_by_role('button', name='Import').click()
    page.wait_for_url('**/projects/*/')
    expect(page.get_by_role('heading', name='films of 2026', exact=True)).to_be_visible()
    expect(said(column(page, 'complaint'))).to_have_count(2, timeout=20_000)
    delete_project(page)
    open_form(page)
    expect(page.get_by_role('link', name='films of 2026', exact=True)).to_have_count(0)
    held = Held(page, '**/projects/example/')
    page.get_by_role('button', name='Try the sentiment example').dblclick()
    held.first()
    page.wait_for_timeout(300)  # for a second one; Playwright finds nothing in a page that is being left
    assert len(held.routes) == 1  # two presses make one project
    held.routes[0].abort()


def test_a_text_is_edited_deleted_and_brought_back(opened: Page) -> None:
    page, place = opened, column(opened, 'praise')
    place.get_by_label('Texts for praise').fill('\n'.join(PRAISE[:2]))
    place.get_by_label('Texts for praise').press('Enter')
    expect(said(place)).to_have_count(2)
    # The whole list is one stop of the Tab key; the arrows reach each button of each text.
    place.get_by_role('button', name=f'Delete “{PRAISE[1]}”').focus()
    for key, reached in (('ArrowLeft', f'Edit “{PRAISE[1]}”'), ('ArrowDown', f'Edit “{PRAISE[0]}”')):
        page.keyboard.press(key)
        expect(place.get_by_role('button', name=reached)).to_be_focused()
    expect(place.locator('.cell [tabindex="0"]')).to_have_count(1)
    page.keyboard.press('Enter')
    form = place.get_by_label(f'Edit “{PRAISE[0]}”', exact=True).and_(page.locator('textarea'))
    form.fill(PRAISE[1])
    form.press('Control+Enter')
    expect(place.get_by_role('alert')).to_contain_text('here already')
    held = Held(page, SAMPLE)
    form.fill('Nothing was better.')
    form.press('Control+Enter')
    held.first()
    form.press('Escape')  # too late to say that nothing changes
    form.press('Control+Enter')
    expect(place.get_by_role('button', name='Cancel')).to_be_disabled()
    assert len(held.routes) == 1
    held.let_go()
    expect(said(place)).to_have_text([PRAISE[1], 'Nothing was better.'])
    place.get_by_role('button', name='Delete “Nothing was better.”').click()
    place.get_by_role('button', name='Delete', exact=True).click()
    expect(said(place)).to_have_text([PRAISE[1]])
    page.get_by_role('button', name='Undo').click()
    expect(said(place)).to_have_text([PRAISE[1], 'Nothing was better.'])
    place.get_by_role('button', name=f'Edit “{PRAISE[1]}”').click()
    place.locator('.edit-form textarea').fill('Much. ' * 2000)
    place.get_by_role('button', name='Save').click()
    expect(page.locator('.toast')).to_contain_text('cut after 10,000 characters')
    delete_project(page)


def test_a_finger_edits_a_text_and_deletes_none(
    opened: Page, browser: Browser, browser_context_args: dict[str, Any], session_state: Any
) -> None:
    place = column(opened, 'praise')
    place.get_by_label('Texts for praise').fill('\n'.join(PRAISE[:2]))
    place.get_by_label('Texts for praise').press('Enter')
    expect(said(place)).to_have_count(2)
    context = browser.new_context(**browser_context_args | PHONE, storage_state=session_state)
    page = context.new_page()
    page.goto(opened.url)
    place = column(page, 'praise')
    place.get_by_role('button', name=f'Edit “{PRAISE[0]}”').tap()
    expect(place.locator('.edit-form textarea')).to_have_value(PRAISE[0])
    place.get_by_role('button', name='Cancel').tap()
    said(place).first.tap()
    expect(place.locator('.question')).to_have_count(0)
    context.close()
    delete_project(opened)


def test_the_list_of_all_texts(opened: Page) -> None:
    page, project = opened, number_of(opened)
    for name, texts in (('praise', PRAISE), ('complaint', COMPLAINT)):
        body = {'category': name, 'texts': texts}
        assert page.request.post(f'/api/projects/{project}/samples/', data=body, headers=csrf(page)).status == 201
    body = {'texts': [LONG]}
    assert page.request.post(f'/api/projects/{project}/samples/', data=body, headers=csrf(page)).status == 201
    page.goto(f'/projects/{project}/photos/')
    rows = page.locator('.shot-cell')
    expect(rows).to_have_count(11)
    lefts = page.locator('.shot-text').evaluate_all('texts => texts.map(text => text.getBoundingClientRect().left)')
    assert len(set(lefts)) == 1  # also of that without a category
    page.get_by_label('Search texts').fill('music')
    expect(rows).to_have_count(2)
    expect(page.locator('#shown')).to_have_text('2 texts')
    page.get_by_label('Search texts').press('ArrowDown')
    page.keyboard.press('1')
    expect(page.locator('.pile', has_text='praise').locator('.pile-n')).to_have_text('7')
    expect(page.locator('.toast')).to_contain_text('Moved')  # the server has it
    page.keyboard.press('Control+z')
    expect(page.locator('.toast')).to_contain_text('Undone')
    expect(page.locator('.pile', has_text='praise').locator('.pile-n')).to_have_text('6')
    page.keyboard.press('Enter')
    expect(page.locator('#large-text')).to_have_text(COMPLAINT[0])
    expect(page.get_by_role('dialog')).to_contain_text('Typed, pasted or imported')
    look(page, 'a text, enlarged')
    page.get_by_role('button', name='Edit', exact=True).click()
    page.locator('.large-said textarea').fill('The music was fine after all.')
    page.get_by_role('button', name='Save').click()
    shown = page.locator('#large-text')
    expect(shown).to_have_text('The music was fine after all.')

    # Who goes on to another text, or closes, ends an edit and keeps it.
    edit, field = page.get_by_role('button', name='Edit', exact=True), page.locator('.large-said textarea')
    edit.click()
    field.fill('The music was loud.')
    page.get_by_role('button', name='Next text').click()
    expect(field).to_have_count(0)
    expect(shown).to_be_visible()
    expect(shown).to_have_text(PRAISE[0])
    page.get_by_role('button', name='Text before').click()
    expect(shown).to_have_text('The music was loud.')
    edit.click()
    field.fill('The music was fine after all.')
    page.get_by_role('button', name='Close').click()
    expect(page.get_by_role('option', name='The music was fine after all., complaint')).to_be_visible()
    look(page, 'the list of texts')
    assert page.evaluate(DROP) == [False, False]  # else the browser would leave the page and open the file
    expect(page.locator('#messages')).to_contain_text('Drop files on the project’s page')

    # The list knows the beginning of a long text alone: it is edited once all of it is there.
    held = Held(page, SAMPLE)
    page.get_by_label('Search texts').fill('neither')
    expect(rows).to_have_count(1)
    page.get_by_label('Search texts').press('ArrowDown')
    page.keyboard.press('Enter')
    expect(shown).to_be_visible()
    expect(edit).to_be_disabled()
    held.let_go()
    edit.click()
    expect(field).to_have_value(LONG)
    page.goto(f'/projects/{project}/')
    delete_project(page)
