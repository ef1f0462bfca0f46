'use strict';
// What every page does that answers for texts: bars while somebody types, and of several lines an answer to each.

import { categoriesByName, dress, showAnswer, spoken } from './answer.js';
import { isFinal, request } from './api.js';
import { all, find, showFor, write } from './dom.js';
import { confidence } from './numbers.js';
import { announce, figure, fromTemplate } from './page.js';

const TYPED = 60; // milliseconds without a key before a text is asked about
const RESTS = 1200; // and before it stands there for good
const SLOW = 250; // of an answer, after which the quickest encoder alone answers while somebody types
const UNSAID = 300; // that an answer may take before the page says that it reads
const AGAIN = 3000; // after a failure that may pass
const MOST = 200; // lines that are answered here
const AT_ONCE = 20; // of them in a request
const REMEMBERED = 500; // answers

/**
 * Sets up `page`, whose data-predict-url answers. `bandsFor(prediction)` gives held-out answers by confidence.
 * `onText(text, settled)` hears of each text that comes to stand there, before its answer does: what is done with it shall
 * not be done with the one before. `settled()` resolves to its answer by all encoders, which the server keeps if it keeps
 * any. `onAnswer(prediction)` hears of each answer that is shown. `keeps`: a text that
 * rests is asked about once more, to be kept. Two requests are at least `pace` milliseconds apart.
 */
export function setUpTexts(page, { bandsFor, onText = () => {}, onAnswer = () => {}, live }) {
  const { canBeFast = false, pace = 0, keeps = false } = live;
  const card = document.getElementById('answer');
  const field = document.getElementById('text');
  const each = document.getElementById('each'); // not there where one text is asked about at a time
  const categories = categoriesByName(page);
  const answers = new Map(); // text -> its answer, or {error}
  const settling = new Map(); // text -> the promise of its answer by all
  let told = null; // the text that `onText` heard of last
  let shown = null; // the text whose answer stands there
  let under = false; // a request is under way
  let fast = false;
  let last = -pace; // when the last request went
  let typing = null;
  let resting = null;
  let waiting = null;

  // ---------------------------------------------------------------- what stands in the field

  const whole = () => field.value.trim();
  const lines = () => field.value.split('\n').map(line => line.trim()).filter(Boolean);
  const several = () => Boolean(each?.checked) && lines().length > 1;
  const wanted = () => (several() ? [...new Set(lines())].slice(0, MOST) : [whole()].filter(Boolean));

  /** The text whose answer belongs there: of several lines the one with the caret, or the one above it. */
  function current() {
    if (!several()) return whole();
    const before = field.value.slice(0, field.selectionStart).split('\n').length;
    const trimmed = field.value.split('\n').map(line => line.trim());
    const found = trimmed.slice(0, before).findLast(Boolean) ?? trimmed.find(Boolean);
    return wanted().includes(found) ? found : wanted()[0];
  }

  // ---------------------------------------------------------------- asking

  const predict = body => request('POST', page.dataset.predictUrl, body, { signal: AbortSignal.timeout(30_000) });

  /** Those without an answer yet, the one that is looked at first. */
  function missing() {
    const now = current();
    const left = wanted().filter(text => !answers.has(text));
    return [...left.filter(text => text === now), ...left.filter(text => text !== now)];
  }

  /** One request at a time, always for what stands there when it goes: what was typed on the way is never asked. */
  async function ask() {
    const [first] = missing();
    if (under || first === undefined) return;
    const wait = last + pace - performance.now();
    if (wait > 0) { later(wait); return; }
    under = true;
    last = performance.now();
    const texts = first === current() ? [first] : missing().slice(0, AT_ONCE);
    try {
      await answer(texts);
      refuse('');
    } catch (error) {
      refuse(error.message);
      const passes = error.status === 0 || error.status === 429 || error.status >= 500;
      if (passes) later(AGAIN);
      // What says nothing of the texts is not remembered: somebody who was signed out asks again.
      else if (!isFinal(error)) for (const text of texts) answers.set(text, { error });
    } finally {
      under = false;
    }
    show();
    if (missing().length && !refused()) ask();
  }

  async function answer(texts) {
    const began = performance.now();
    const beside = { keep: false, ...(fast ? { fast: true } : {}) };
    const one = texts.length === 1;
    const said = await predict(one ? { text: texts[0], ...beside } : { texts, ...beside });
    for (const [place, each] of (one ? [said] : said.results).entries()) remember(texts[place], { ...each, fast });
    if (one && canBeFast && !fast && answers.size > 1 && performance.now() - began > SLOW) becomeFast();
  }

  function remember(text, said) {
    const older = answers.values().next().value;
    if (older?.version && said.version && older.version !== said.version) answers.clear();
    answers.set(text, said);
    if (answers.size > REMEMBERED) answers.delete(answers.keys().next().value);
  }

  function becomeFast() {
    fast = true;
    write(page, { fast: live.fast ?? '' });
  }

  /** The answer of all encoders to it, kept where the project keeps any; asked for once. */
  function settle(text) {
    if (!settling.has(text)) {
      const asked = predict({ text });
      settling.set(text, asked);
      asked.then(said => remember(text, said), () => settling.delete(text));
    }
    return settling.get(text);
  }

  /** It stands there for good. */
  async function rest() {
    const text = current();
    const said = answers.get(text);
    if (text && !said) resting = setTimeout(rest, RESTS);
    if (!said || said.error) return;
    if (keeps || said.fast) await settle(text).catch(() => {});
    if (text !== current()) return;
    show();
    announce(spoken(answers.get(text), bandsFor(answers.get(text)), card.dataset.photos));
  }

  // ---------------------------------------------------------------- showing

  function show() {
    const text = current();
    const said = answers.get(text);
    const there = Boolean(text) && (said ? !said.error : shown !== null);
    showFor(document, there ? 'answer' : 'empty');
    busy(Boolean(text) && !said && !refused());
    showLines();
    if (text && text !== told) onText(text, () => settle(text));
    told = text;
    if (!text) shown = null;
    if (!there || !said) return;
    showAnswer(card, said, categories, said.fast ? [] : bandsFor(said));
    write(page, { cut: said.cut ? `It is over ${figure(page.dataset.most)} characters long: what follows is not read.` : '' });
    shown = text;
    onAnswer(said);
  }

  /** Said only where it takes a while: bars that follow each key shall not flicker. */
  function busy(reading) {
    if (reading) {
      waiting ??= setTimeout(sayBusy, UNSAID, true);
      return;
    }
    clearTimeout(waiting);
    waiting = null;
    sayBusy(false);
  }

  function sayBusy(reading) {
    card.setAttribute('aria-busy', reading);
    for (const row of all('.looking', page)) row.hidden = !reading;
  }

  function showLines() {
    if (!each) return;
    document.getElementById('each-row').hidden = lines().length < 2;
    const list = document.getElementById('lines');
    list.hidden = !several();
    const rows = several() ? wanted() : [];
    const [old, now] = [all('li', list), current()];
    // Those that stay are not taken out and put in again: that would take the focus from them.
    for (const [place, text] of rows.entries()) {
      showLine(old[place] ?? list.appendChild(newLine()), text, text === now);
    }
    for (const row of old.slice(rows.length)) row.remove();
    const left = new Set(lines()).size - rows.length;
    const note = document.getElementById('left-out');
    note.hidden = !several() || left <= 0;
    note.textContent = `The first ${MOST} are answered here. A program can ask about as many as there are.`;
  }

  function newLine() {
    const row = fromTemplate('line');
    find('button', row).addEventListener('click', () => goTo(row.dataset.text));
    return row;
  }

  function showLine(row, text, isCurrent) {
    const said = answers.get(text);
    row.dataset.text = text;
    find('button', row).ariaCurrent = isCurrent ? 'true' : null;
    const none = said?.none_of_these;
    const name = said?.error ? said.error.message : none ? 'None of these' : said?.category;
    write(row, { line: text, 'line-name': name ?? '…', 'line-share': said && !said.error && !none ? confidence(said.confidence) : '' });
    const known = said && !said.error && !none ? categories.get(said.category) : undefined;
    dress(find('.sw', row), known);
  }

  /** The caret goes into that line; the focus stays in the list, from where the next line is a key away. */
  function goTo(text) {
    const place = field.value.split('\n').findIndex(line => line.trim() === text);
    const start = field.value.split('\n').slice(0, place).join('\n').length + (place ? 1 : 0);
    field.setSelectionRange(start, start);
    changed(0);
  }

  const strip = document.getElementById('refusal');
  const refused = () => !strip.hidden;

  function refuse(why) {
    write(strip, { 'refused-name': '', 'refused-why': why });
    strip.hidden = !why;
  }

  // ---------------------------------------------------------------- hearing

  function later(ms) {
    clearTimeout(typing);
    typing = setTimeout(ask, ms);
  }

  function changed(wait = TYPED) {
    clearTimeout(resting);
    resting = setTimeout(rest, RESTS);
    show();
    if (missing().length) later(wait);
  }

  field.addEventListener('input', () => changed());
  field.addEventListener('paste', () => setTimeout(() => changed(0)));
  document.addEventListener('selectionchange', () => {
    if (document.activeElement === field && several() && current() !== shown) changed();
  });
  each?.addEventListener('change', () => changed(0));
  find('button', strip).addEventListener('click', () => {
    refuse('');
    changed(0);
  });
  for (const button of all('[data-clear]')) {
    button.addEventListener('click', () => {
      field.value = '';
      refuse('');
      changed();
      field.focus();
    });
  }
  if (whole()) changed(0); // the browser brings back what stood there before a reload
  else show();
  return { show };
}
