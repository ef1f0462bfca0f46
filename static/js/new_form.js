'use strict';
// The form of a new project: two names that are the same are told before they are sent, so that neither is lost.

import { nameKey } from './names.js';

const SAME = 'Give the two sides different names, for example “blue and black” and “white and gold”.';
const form = document.getElementById('new-form');
const wrong = document.getElementById('new-wrong');
const fields = [form.elements.this, form.elements.that];

function show(text) {
  wrong.textContent = text;
  wrong.hidden = !text;
  for (const field of fields) if (text) field.setAttribute('aria-invalid', 'true'); else field.removeAttribute('aria-invalid');
}

form.addEventListener('submit', event => {
  if (event.submitter?.hasAttribute('formaction')) return; // the example needs no names
  const [one, other] = fields.map(field => nameKey(field.value));
  if (one && other && one !== other) return;
  event.preventDefault();
  show(SAME);
  fields[one ? 1 : 0].select();
});
for (const field of fields) field.addEventListener('input', () => show(''));
