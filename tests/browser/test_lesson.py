"""“How it works”, walked by somebody who is not signed in: every control, the plot, many choices, pasted sentences."""

import re
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.test_look import look

PASTED = '\n'.join(
    f'{label}, {start} the {thing}.'
    for label, start in (('good', 'I adore'), ('bad', 'I cannot stand'))
    for thing in ('ending', 'song', 'hero', 'light', 'house', 'costume', 'joke', 'plot')
)


RUN = 20_000  # milliseconds, on a busy machine


def part(page: Page, name: str) -> Any:
    return page.locator(f'[data-part="{name}"] li')


def test_the_lesson(stranger: Page):
    page = stranger
    page.emulate_media(reduced_motion='reduce')  # the plot stands still until somebody presses Play
    page.goto('/accounts/login/')
    page.get_by_role('link', name='How it works').click()
    expect(page.get_by_role('heading', level=1)).to_have_text('How it works')
    expect(part(page, 'labelled')).to_have_count(8, timeout=RUN)
    expect(part(page, 'unlabelled')).to_have_count(62)
    expect(page.locator('#answers article')).to_have_count(2, timeout=RUN)

    plot_is_explored(page)
    toy_is_changed(page)
    sentence_is_asked(page)
    shuffled_words_do_not_help(page)
    pasted_sentences_are_compared(page)
    look(page, 'lesson')


def plot_is_explored(page: Page) -> None:
    words = page.locator('.word')
    funny = page.get_by_role('img', name='funny', exact=True)
    funny.focus()
    expect(page.locator('#near-word')).to_have_text('“funny”')
    expect(page.locator('#near-list li')).to_have_count(5)
    page.keyboard.press('ArrowLeft')
    expect(page.locator('#near-word')).not_to_have_text('“funny”')
    funny.locator('.hit').hover(force=True)
    expect(page.locator('#near-list li')).to_have_count(5)
    assert words.evaluate_all('words => words.filter(word => word.tabIndex === 0).length') == 1

    learned = funny.get_attribute('x')
    page.locator('#frame').press('Home')
    expect(page.locator('#frame-says')).to_have_text('step 1 of 40')
    assert funny.get_attribute('x') != learned
    page.get_by_role('button', name='Play').click()
    expect(page.locator('#frame-says')).to_have_text('step 40 of 40', timeout=RUN)
    expect(page.get_by_role('button', name='Play')).to_be_visible()
    assert funny.get_attribute('x') == learned


def toy_is_changed(page: Page) -> None:
    labelled, unlabelled = page.get_by_label('Sentences with a label'), page.get_by_label('Sentences without a label')
    labelled.press('ArrowRight')
    expect(part(page, 'labelled')).to_have_count(9, timeout=RUN)
    expect(part(page, 'unlabelled')).to_have_count(61)  # as many as are left
    unlabelled.press('Home')
    expect(page.locator('#frame-says')).to_have_text('Nothing was read', timeout=RUN)
    expect(page.get_by_role('paragraph').filter(has_text='there is nothing but guessing')).to_be_visible()
    expect(page.get_by_text('again and again')).to_be_hidden()
    labelled.press('ArrowLeft')  # as many of either kind: neither is right or wrong
    guessed = page.locator('#answers [data-side="with"] .pc')
    expect(guessed).to_have_text(['50\u202f% either way'] * 2, timeout=RUN)
    labelled.press('ArrowRight')
    expect(part(page, 'labelled')).to_have_count(9, timeout=RUN)
    expect(page.locator('#ties line')).to_have_count(0)  # of the word that was pointed at
    expect(part(page, 'unlabelled')).to_have_count(0)
    unlabelled.press('ArrowRight')
    expect(page.locator('#reads')).to_contain_text('It reads 1 sentence again and again', timeout=RUN)
    unlabelled.press('End')
    expect(part(page, 'unlabelled')).to_have_count(61, timeout=RUN)
    draw = page.get_by_label('Draw number')
    for typed, used in (('999999999999', '9999'), ('', '3')):  # what is used stands there
        draw.fill(typed)
        draw.blur()
        expect(draw).to_have_value(used)
    expect(page.locator('#lesson')).not_to_have_attribute('aria-busy', 'true', timeout=RUN)
    labelled_before = part(page, 'labelled').all_text_contents()
    page.get_by_role('button', name='Another').click()
    expect(page.locator('#lesson')).not_to_have_attribute('aria-busy', 'true', timeout=RUN)
    assert part(page, 'labelled').all_text_contents() != labelled_before
    runs: list[str] = []
    page.on('request', lambda it: runs.append(it.url) if '/run/' in it.url else None)
    page.locator('#another').evaluate(
        "another => { document.getElementById('chosen').dispatchEvent(new Event('input')); another.click(); }"
    )
    page.wait_for_timeout(500)
    assert len(runs) == 1  # a slider that was just moved starts none of its own
    expect(page.locator('#lesson')).not_to_have_attribute('aria-busy', 'true', timeout=RUN)


def sentence_is_asked(page: Page) -> None:
    held: list[Route] = []
    asked = page.locator('#asked article')
    page.route('**/ask/*', lambda route: route.continue_() if held else held.append(route))
    page.get_by_label('A sentence of your own').fill('A zany and witty film')
    page.keyboard.press('Enter')
    expect(page.get_by_role('button', name='Asking …')).to_be_disabled()
    page.get_by_label('Numbers for a word').press('ArrowRight')
    with page.expect_response('**/ask/*'):
        held[0].continue_()
    expect(page.get_by_role('button', name='Ask it')).to_be_enabled()
    expect(asked).to_have_count(0)  # it was the toy's before
    page.get_by_label('A sentence of your own').press('Enter')
    expect(asked).to_contain_text('Never read, so without a vector: “zany”', timeout=RUN)
    expect(asked.locator('.pc').first).to_contain_text('%')


def shuffled_words_do_not_help(page: Page) -> None:
    page.get_by_label('Shuffle the words').check()
    expect(page.locator('#asked article')).to_have_count(0)  # it was another toy's answer
    page.get_by_role('button', name='Try 200 choices').click()
    verdict = page.locator('#verdict')
    expect(verdict).to_contain_text('of 200: Pretraining did not help', timeout=2 * RUN)
    expect(verdict).to_have_class('note ')  # no colour: it may turn yet
    expect(page.locator('#many use')).to_have_attribute('href', re.compile('#square$'))
    expect(page.locator('[data-table="many"] tbody tr')).to_have_count(5)
    page.get_by_role('button', name='Stop').click()
    expect(page.locator('#many-says')).to_contain_text('Stopped after')
    expect(page.locator('#many use')).to_have_attribute('href', re.compile('#play$'))
    expect(verdict).to_have_class('note warn')


def pasted_sentences_are_compared(page: Page) -> None:
    box = page.get_by_label('Label, tab or comma, sentence')
    box.fill('nothing before it')
    page.get_by_role('button', name='Compare').click()
    expect(page.locator('#own-problem')).to_contain_text('Line 1')
    expect(box).to_be_focused()
    box.fill(PASTED)
    page.get_by_role('button', name='Compare').click()
    expect(page.locator('[data-table="own"]')).to_contain_text('A real pretrained encoder', timeout=2 * RUN)
    expect(page.locator('#own-verdicts li')).to_have_count(3)
