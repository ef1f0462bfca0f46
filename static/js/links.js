'use strict';
// Photos by their web addresses: typed into a form below a category's head, or pasted anywhere on the page.
import { request } from './api.js';
import { fromTemplate, note } from './page.js';

const MOST = 1000; // addresses at once
const ADDRESS = /^https?:\/\/\S+$/;

/** The addresses in a text, one for each word that is one. */
export const addressesIn = text => text.split(/\s+/).filter(word => ADDRESS.test(word));

/** Has the server fetch them into `category`; `page.follow` shows how far it is. */
export async function bringInLinks(page, addresses, category) {
  const links = addresses.slice(0, MOST).map(url => ({ url }));
  page.follow(await request('POST', `${page.projectUrl}imports/`, { links, category }));
}

/** Asks inside `place` for addresses; resolves to them, empty where it was cancelled. */
export function askForLinks(place, name) {
  const form = fromTemplate('new-links');
  const field = form.elements.addresses;
  const wrong = form.querySelector('.field-error');
  form.setAttribute('aria-label', `Web addresses of photos for ${name}`);
  place.append(form);
  field.focus();
  return new Promise(resolve => {
    const answer = found => { form.remove(); resolve(found); };
    form.addEventListener('submit', event => {
      event.preventDefault();
      const found = addressesIn(field.value);
      if (found.length) { answer(found); return; }
      wrong.hidden = false;
      field.setAttribute('aria-invalid', 'true');
      field.focus();
    });
    form.querySelector('[data-cancel]').addEventListener('click', () => answer([]));
    form.addEventListener('keydown', event => { if (event.key === 'Escape') answer([]); });
  });
}

/** Text that is pasted beside every field, and is nothing but addresses. True where it was taken. */
export function pastedLinks(page, text, column) {
  const found = addressesIn(text);
  if (!found.length || found.length < text.split(/\s+/).filter(Boolean).length) return false;
  if (!column) { note('Add a category first, then paste.', 'warn'); return true; }
  bringInLinks(page, found, column.name).catch(error => note(error.message));
  return true;
}
