'use strict';
// The lesson: what the reader chooses, and one run of the toy. Plot, many choices and pasted sentences stand beside.

import { all, find, write } from './dom.js';
import { showChoices } from './lesson_choices.js';
import { patient } from './lesson_patient.js';
import { showPasted } from './lesson_pasted.js';
import { showWords } from './lesson_plot.js';
import { confidence, hundredths, listed } from './numbers.js';
import { announce, counted, fromTemplate, note } from './page.js';
import { drawScale } from './scale.js';

const page = find('#lesson');
const form = find('#chosen');
const fields = form.elements;
const sentences = all('[data-part="rest"] li');
const NAMES = ['negative', 'positive'];
const SOON = 250; // milliseconds after the last change

const plot = showWords();
const choices = showChoices(() => address(page.dataset.choices));
showPasted(page.dataset.own);

let newest = 0; // counts what is chosen: an answer to what was chosen before counts for nothing
let waiting = null;

/** The address with everything that was chosen. */
function address(path, more = {}) {
  const query = new URLSearchParams({ ...Object.fromEntries(new FormData(form)), seed: drawNumber(), ...more });
  return `${path}?${query}`;
}

/** The draw number that is used: what was typed, within its bounds; nothing is the one from the beginning. */
function drawNumber() {
  const { value, defaultValue, min, max } = fields.seed;
  return Math.min(Math.max(Math.trunc(value || defaultValue), min), max);
}

/** More labelled leave fewer without a label: the slider's end moves, and the number with it while it stands there. */
function bound() {
  const full = Number(fields.unlabelled.value) === Number(fields.unlabelled.max);
  fields.unlabelled.max = form.dataset.most - fields.labelled.value;
  if (full) fields.unlabelled.value = fields.unlabelled.max;
  for (const name of ['labelled', 'unlabelled', 'size']) find(`#${name}-says`).textContent = fields[name].value;
}

/** Something else is chosen: answers of the toy before go, and those that still come count for nothing. */
function changed() {
  newest += 1;
  clearTimeout(waiting);
  choices.clear();
  find('#asked').replaceChildren();
}

async function run() {
  const mine = newest;
  page.setAttribute('aria-busy', 'true');
  try {
    const found = await patient(address(page.dataset.run));
    if (mine === newest) show(found);
  } catch (error) {
    if (mine === newest) note(error.message);
  } finally {
    if (mine === newest) page.removeAttribute('aria-busy');
  }
}

function show(found) {
  for (const part of ['labelled', 'tested', 'unlabelled']) {
    find(`[data-part="${part}"]`).replaceChildren(...found[part].map(row => sentences[row]));
  }
  const read = found.unlabelled.length > 0;
  find('#unlabelled-title').parentElement.hidden = find('#reads').hidden = !read;
  find('#reads-nothing').hidden = read;
  const text = value => String(value);
  write(document, {
    labelled: text(found.labelled.length),
    unlabelled: text(found.unlabelled.length),
    read: counted(found.unlabelled.length, 'sentence'),
    words: text(found.words.length),
    size: text(found.size),
    learned: text(found.learned),
    shared: shared(found.answers),
  });
  const texts = found.tested.map(row => find('.text', sentences[row]).textContent);
  find('#answers').replaceChildren(...found.answers.map((said, index) => answer(said, texts[index])));
  plot.show(found);
  announce(read ? `Learned from ${counted(found.unlabelled.length, 'sentence')}.` : find('#reads-nothing').textContent);
}

/** What words of the tested sentences stand in labelled ones too. */
function shared(answers) {
  const words = [...new Set(answers.flatMap(said => said.words.filter(word => !said.without.unknown.includes(word))))];
  if (!words.length) return 'None of their words stands in a labelled sentence.';
  const stand = words.length === 1 ? 'stands' : 'stand';
  return `Of their words only ${quoted(words)} ${stand} in a labelled sentence.`;
}

/** One sentence with its two answers; those of the reader's own have no truth. */
function answer(said, text) {
  const element = fromTemplate('answer');
  const known = said.truth !== null;
  write(element, { text, truth: known ? NAMES[said.truth] : '', unknown: unknown(said) });
  if (known) {
    const tag = find('.asked-text .tag', element);
    tag.hidden = false;
    colour(tag, said.truth);
    find('.sw', tag).textContent = 2 - said.truth;
  }
  for (const side of ['with', 'without']) bar(find(`[data-side="${side}"]`, element), said[side].positive, said.truth);
  return element;
}

function bar(row, positive, truth) {
  const side = positive >= 0.5 ? 1 : 0;
  const share = side ? positive : 1 - positive;
  const even = hundredths(share) === 50; // neither right nor wrong
  const said = even ? `${confidence(share)} either way` : `${NAMES[side]} ${confidence(share)}`;
  if (even) row.classList.add('none'); else colour(row, side);
  find('.pc', row).textContent = even || truth === null ? said : `${said} · ${side === truth ? 'right' : 'wrong'}`;
  find('.fi', row).setAttribute('width', `${(100 * share).toFixed(1)}%`);
}

const colour = (element, side) => element.classList.add(`cat-${2 - side}`);

const quoted = words => listed(words.map(word => `“${word}”`));

function unknown(said) {
  if (!said.words.length) return 'There is no word in it that says something: both can only guess.';
  if (!said.with.unknown.length) return '';
  const guess = said.with.unknown.length === said.words.length ? ' That is all of it: this is a guess.' : '';
  return `Never read, so without a vector: ${quoted(said.with.unknown)}.${guess}`;
}

form.addEventListener('submit', event => event.preventDefault());
form.addEventListener('input', () => {
  bound();
  changed();
  waiting = setTimeout(run, SOON);
});
fields.seed.addEventListener('change', () => { fields.seed.value = drawNumber(); });
find('#another').addEventListener('click', () => {
  fields.seed.value = Math.floor(Math.random() * (Number(fields.seed.max) + 1));
  changed();
  run();
});
find('#ask').addEventListener('submit', async event => {
  event.preventDefault();
  const mine = newest;
  const text = find('#sentence').value.trim();
  const button = find('#ask button');
  const label = button.textContent;
  Object.assign(button, { disabled: true, textContent: 'Asking …' }); // so that there is one question at a time
  try {
    const said = await patient(address(page.dataset.ask, { sentence: text }));
    if (mine === newest) find('#asked').replaceChildren(answer(said, text));
  } catch (error) {
    if (mine === newest) note(error.message);
  } finally {
    Object.assign(button, { disabled: false, textContent: label });
  }
});

find('#scale-says').textContent = drawScale(find('#scale'), Number(find('#scale').dataset.side));
bound();
run();
