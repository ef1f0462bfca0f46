'use strict';
// The review: each answer is accepted, corrected, skipped or discarded with one key, and the next one stands there at once.

import { categoriesByName, showAnswer, verdict } from './answer.js';
import { request } from './api.js';
import { all, drawn, find, refresh, showFor, write } from './dom.js';
import { announce, counted, guardLeaving, note } from './page.js';
import { confidence } from './numbers.js';
import { setUpPicks } from './picks.js';
import { things } from './things.js';

const FEW = 10; // left here before more are fetched
const NOBODY = '00000000-0000-0000-0000-000000000000';

const page = document.getElementById('review');
const card = document.getElementById('answer');
const photo = document.getElementById('photo'); // of a project of texts there is none
const categories = categoriesByName(page);
const allPicks = setUpPicks(card);

const queue = JSON.parse(page.dataset.queue);
const known = new Set(queue.map(one => one.photo)); // of the same photo one answer is enough
let left = Number(page.dataset.left);
let skipped = 0;
let added = 0;
let more = left > queue.length;
let lost = false; // the next ones could not be fetched
const done = []; // {one, what: skip, discard or give}, the last one last
let sending = Promise.resolve(); // one request after the other
let waiting = 0; // of them, without an answer

const urlOf = (url, one) => url.replace(NOBODY, one.id);

function show() {
  const [one, next] = queue;
  showFor(document, one ? 'answer' : 'done');
  document.getElementById('left').textContent = String(Math.max(left, queue.length));
  document.getElementById('undo').disabled = !done.length;
  if (!one) { finish(); return; }
  if (photo) showPhoto(one, next); else document.getElementById('subject').textContent = one.text;
  showAnswer(card, one, categories, []);
  // The bars, to which the usual sentence leads over, come below the buttons here.
  if (one.none_of_these) write(card, { sure: `It looks like nothing in ${card.dataset.photos}.` });
  allPicks();
  write(page, { 'photo-name': one.name, said: one.said, accept: one.category === null ? 'Right, none of these' : `Yes, ${one.category}` });
  // A category that was deleted since cannot be accepted.
  document.getElementById('accept').disabled = one.category !== null && !categories.has(one.category);
  const { verdict: said } = verdict(one, []);
  announce(`${said}, ${confidence(one.confidence)}. ${counted(Math.max(left, queue.length), 'answer')} left`);
}

function showPhoto(one, next) {
  photo.src = one.url;
  photo.alt = one.name || 'The photo';
  if (next) new Image().src = next.url; // so that it stands there at once
}

function finish() {
  const train = document.getElementById('train');
  if (!train) return; // it is empty for another reason, which stands there
  const title = lost ? 'The next ones could not be fetched' : more ? 'Fetching the next ones…' : 'All reviewed';
  const nothing = skipped || more ? '' : 'Nothing is waiting.';
  const [where, count] = added === 1 ? ['its category', 'counts'] : ['their categories', 'count'];
  const joined = `${things(added)} joined ${where} and ${count} in the next training.`;
  write(page, { title, added: added ? joined : nothing, again: lost ? 'Reload the page' : `Look at the ${skipped} skipped` });
  train.hidden = !added;
  document.getElementById('undo-last').hidden = !done.length;
  document.getElementById('again').hidden = more ? !lost : !skipped;
  announce(title);
}

// ---------------------------------------------------------------- deciding

function decide(what, send) {
  const one = queue.shift();
  if (!one) return;
  done.push({ one, what });
  if (what === 'skip') skipped += 1;
  if (what === 'give') added += 1;
  left -= 1;
  if (send) enqueue(send, error => failed(one, error));
  if (queue.length < FEW && more) fetchMore();
  show();
}

/** One after the other, so that an undo never overtakes what it takes back. */
function enqueue(send, onFailure) {
  guardLeaving('review', waiting += 1);
  sending = sending.then(send).then(showAgreement, error => {
    onFailure(error);
    note(error.message);
  }).then(() => guardLeaving('review', waiting -= 1));
}

/** Once the server knows all that was decided; not where it refused some of it, which then stands there again. */
async function whenSent(go) {
  await sending;
  if (!queue.length) go();
}

/** What the server refused stands there again, but for what it has not any more. */
function failed(one, { code }) {
  const at = done.findIndex(each => each.one === one);
  if (at < 0) return;
  const [{ what }] = done.splice(at, 1);
  if (what === 'give') added -= 1;
  if (code !== 'not_kept') {
    left += 1;
    queue.unshift(one);
  }
  show();
}

const give = category => {
  const [one] = queue;
  if (one) decide('give', () => request('POST', urlOf(page.dataset.feedbackUrl, one), { category, from_queue: true }));
};
const discardAs = rightlyNone => {
  const [one] = queue;
  if (one) decide('discard', () => request('POST', urlOf(page.dataset.discardUrl, one), { rightly_none: rightlyNone }));
};
const discard = () => discardAs(false);
const skip = () => decide('skip');

function accept() {
  const [one] = queue;
  if (!one) return;
  if (one.category === null) discardAs(true);
  else if (categories.has(one.category)) give(one.category);
}

function undo() {
  const last = done.pop();
  if (!last) return;
  const { one, what } = last;
  if (what === 'skip') skipped -= 1;
  if (what === 'give') added -= 1;
  left += 1;
  queue.unshift(one);
  show();
  announce('Taken back');
  if (what !== 'skip') enqueue(() => request('DELETE', urlOf(page.dataset.feedbackUrl, one)), () => {});
}

let timer = null;

/** Not after each key of somebody who is quick. */
function showAgreement() {
  clearTimeout(timer);
  timer = setTimeout(() => refresh('#agreement'), 1000);
}

let fetching = false;

/** The next ones, without those that are still on their way to the server. */
async function fetchMore() {
  if (fetching) return;
  fetching = true;
  lost = false;
  await sending;
  const fresh = await drawn(`?skipped=${skipped}`);
  fetching = false;
  const found = fresh?.getElementById('review')?.dataset.queue;
  lost = !found; // no connection, or the page that says to sign in
  const fitting = JSON.parse(found ?? '[]').filter(one => !known.has(one.photo));
  if (!lost) more = fitting.length > 0;
  for (const one of fitting) known.add(one.photo);
  const empty = !queue.length;
  queue.push(...fitting);
  if (empty) show();
}

// ---------------------------------------------------------------- keys and buttons

for (const button of all('.pickcat', page)) button.addEventListener('click', () => give(button.dataset.name));
const buttons = { accept, skip, discard, undo, 'undo-last': undo };
for (const [id, act] of Object.entries(buttons)) document.getElementById(id)?.addEventListener('click', act);
document.getElementById('again')?.addEventListener('click', () => whenSent(() => location.reload()));
document.getElementById('train')?.addEventListener('submit', event => {
  if (!waiting) return;
  event.preventDefault();
  whenSent(() => event.target.requestSubmit());
});

const KEYS = { a: accept, Enter: accept, s: skip, n: skip, d: discard, Delete: discard, u: undo };

addEventListener('keydown', event => {
  const undoing = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z';
  if (!undoing && (event.ctrlKey || event.metaKey || event.altKey)) return;
  if (event.target.closest('input, textarea, select, .menu')) return;
  if (event.key === 'Enter' && event.target.closest('button, a, summary')) return; // it presses that
  const number = find(`.pickcat[data-number="${CSS.escape(event.key)}"]`, page);
  const act = undoing ? undo : number ? () => give(number.dataset.name) : KEYS[event.key.length > 1 ? event.key : event.key.toLowerCase()];
  if (!act || event.repeat) return;
  event.preventDefault();
  act();
});

show();
