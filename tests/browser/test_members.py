"""Two people share a project, each in a browser of their own: inviting, joining, looking, going back to an older
version, handing over, leaving. Each page is looked at in both themes and widths."""

import re

from playwright.sync_api import Page, expect

from tests.browser.client import Client, shades
from tests.browser.test_look import look
from tests.running import RunningApp

PASSWORD = 'vera-only-looks'
# A second version that calls one photo otherwise than the first: what a training leaves, without another training.
SECOND_VERSION = """
from django.contrib.auth.models import User
from training.models import ModelVersion, Run
User.objects.create_user('vera', password='{password}')
made = ModelVersion.objects.get(project={project})
backbones = list(made.backbones.all())
held_out, _ = made.held_out, made.evaluation  # both are deferred, and a copy needs them
held_out['probabilities'][0].reverse()
made.run = Run.objects.create(project_id={project}, status='succeeded', snapshot=made.run.snapshot)
made.pk, made.number, made.is_current, made.held_out = None, 2, False, held_out
made.save()
made.backbones.set(backbones)
made.publish()
"""


def open_page(page: Page, name: str) -> None:
    """One of a project's pages beside its path, from the “…” menu."""
    page.get_by_label('More of this project').click()
    page.locator('.menu[open]').get_by_role('link', name=name, exact=True).click()
    page.wait_for_load_state()


def test_two_people_share_a_project(app: RunningApp, client: Client, page: Page, stranger: Page):
    project = client.project('Shades', {'dark': shades(4, dark=True), 'light': shades(4, dark=False)})
    run = client.train(project)['id']
    app.manage('shell', '-c', SECOND_VERSION.format(project=project, password=PASSWORD))

    # The owner makes a link; somebody without a session signs in over it, by keyboard alone.
    page.goto(f'/projects/{project}/')
    open_page(page, 'Members')
    expect(page.get_by_text('Nobody else yet.')).to_be_visible()
    page.get_by_label('Name', exact=True).fill('nobody')
    page.get_by_role('button', name='Add').click()
    expect(page.get_by_text('Nobody here signs in as “nobody”.')).to_be_visible()
    page.get_by_role('button', name='Make a link').click()
    link = page.get_by_label('Link to join').input_value()
    page.get_by_role('button', name='Copy').click()
    expect(page.get_by_role('button', name=re.compile('Copied|Press Ctrl C'))).to_be_visible()
    look(page, 'members, with a link')
    page.reload()  # makes no second one
    expect(page.get_by_text('Link to join')).to_have_count(0)
    expect(page).to_have_url(re.compile(f'/projects/{project}/members/$'))

    stranger.goto(link)
    stranger.keyboard.type('vera')
    stranger.keyboard.press('Tab')
    stranger.keyboard.type(PASSWORD)
    stranger.keyboard.press('Enter')
    expect(stranger.get_by_role('heading', name='Join Shades?')).to_be_visible()
    look(stranger, 'join')
    stranger.get_by_role('button', name='Join').focus()
    stranger.keyboard.press('Enter')
    expect(stranger.get_by_text('You are in: “Shades”.')).to_be_visible()

    # A viewer sees all of it and is offered nothing that changes it; the model answers.
    for path in (f'/projects/{project}/', f'/runs/{run}/', f'/projects/{project}/report/'):
        stranger.goto(path)
        stranger.wait_for_load_state()
        for name in ('Train', 'Cancel', 'Try again', 'Train again', 'Delete', 'Add a category', 'Choose photos'):
            expect(stranger.get_by_role('button', name=name, exact=True)).to_have_count(0)
    stranger.goto(f'/projects/{project}/test/')
    stranger.locator('#choose').set_input_files(
        {'name': 'dark.png', 'mimeType': 'image/png', 'buffer': shades(1, dark=True)[0]}
    )
    expect(stranger.locator('.verdict')).to_contain_text('dark', timeout=60_000)
    expect(stranger.get_by_text('Wrong? Pick the right one')).to_have_count(0)
    open_page(stranger, 'Versions')
    expect(stranger.get_by_role('button', name='Make it answer')).to_have_count(0)

    # The owner compares the two versions and goes back to the first.
    open_page(page, 'Versions')
    expect(page.get_by_role('row', name=re.compile('Version 2'))).to_contain_text('answers')
    made = page.locator('time[data-moment]').first  # in the reader's own time, not the server's
    expect(made).to_have_text(re.compile(r'^\d+ \w+ \d{4}, \d\d:\d\d$'))
    look(page, 'versions')
    page.get_by_role('button', name='Compare').click()
    expect(page.get_by_role('heading', name='Version 2 beside version 1')).to_be_visible()
    expect(page.locator('.flip')).to_have_count(1)
    look(page, 'comparison')
    page.locator('.flip a').click()
    expect(page.get_by_role('heading', name='dark 0.png')).to_be_visible()
    page.goto(f'/projects/{project}/versions/')
    page.get_by_role('button', name=re.compile('Make it answer.*version 1')).focus()
    page.keyboard.press('Enter')
    expect(page.get_by_text('Version 1 answers from now on.')).to_be_visible()

    # An editor from now on, then the owner.
    open_page(page, 'Members')
    page.get_by_label('Role of vera').select_option('editor')
    page.get_by_role('button', name='Change the role of vera').click()
    expect(page.get_by_text('vera is editor now.')).to_be_visible()
    stranger.reload()
    expect(stranger.get_by_role('button', name=re.compile('Make it answer.*version 2'))).to_be_visible()
    open_page(page, 'Settings')
    page.get_by_label(re.compile('Days for which')).fill('400')
    page.get_by_role('button', name='Save').click()
    expect(page.get_by_text('Give a whole number from 0 to 365.')).to_be_visible()
    page.locator('.sure > summary').click()
    look(page, 'settings, with a mistake')
    page.locator('[name=member]').select_option('vera')
    page.get_by_label('the name of this project').fill('Shades')
    page.get_by_role('button', name='Hand it over').click()
    expect(page.get_by_text('vera owns this project now.')).to_be_visible()

    # Who was the owner leaves; the page does not open any more.
    page.locator('.sure > summary').focus()
    page.keyboard.press('Enter')
    page.keyboard.press('Tab')
    page.keyboard.press('Enter')
    expect(page.get_by_text('You have left “Shades”.')).to_be_visible()
    assert page.goto(f'/projects/{project}/').status == 404
    page.goto(link)
    expect(page.get_by_role('heading', name='Join Shades?')).to_be_visible()  # until it is ended
    stranger.goto(f'/projects/{project}/members/')
    stranger.get_by_role('button', name=re.compile('End this invitation')).click()
    assert page.reload().status == 404
    expect(page.get_by_role('heading', name='This link does not work any more')).to_be_visible()
    look(page, 'a link that ended')
