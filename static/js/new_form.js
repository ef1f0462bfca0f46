'use strict';
// The form of a new project: two names that are the same are told before they are sent, so that neither is lost.

import { nameKey } from './names.js';

const form = document.getElementById('new-form');
const wrong = document.getElementById('new-wrong');
const fields = [form.elements.this, form.elements.that];

function show(text) {
  wrong.textContent = text;
  wrong.hidden = !text;
  for (const field of fields) if (text) field.setAttribute('aria-invalid', 'true'); else field.removeAttribute('aria-invalid');
}

form.addEventListener('submit', event => {
  if (event.submitter?.dataset.busy) { makeExample(event); return; } // it needs no names
  const [one, other] = fields.map(field => nameKey(field.value));
  if (one && other && one !== other) return;
  event.preventDefault();
  show(`Give the two sides different names, for example “${fields[0].placeholder}” and “${fields[1].placeholder}”.`);
  fields[one ? 1 : 0].select();
});

/** Drawing the dresses takes a few seconds: say so, and take the press once. */
function makeExample(event) {
  const button = event.submitter;
  if (button.ariaDisabled === 'true') event.preventDefault();
  button.ariaDisabled = 'true';
  button.textContent = button.dataset.busy;
}

// What is for photos or for texts alone; and names as an example of either.
const EXAMPLES = { image: ['blue and black', 'white and gold'], text: ['praise', 'complaint'] };
function drawKind() {
  const { value } = form.elements.kind;
  for (const part of document.querySelectorAll('[data-only]')) part.hidden = part.dataset.only !== value;
  fields.forEach((field, place) => { field.placeholder = EXAMPLES[value][place]; });
}
for (const choice of form.elements.kind) choice.addEventListener('change', drawKind);
drawKind();
for (const field of fields) field.addEventListener('input', () => show(''));
// Back from a new project: its card is not there yet, and the button of an example is as it was left.
addEventListener('pageshow', event => { if (event.persisted) location.reload(); });
