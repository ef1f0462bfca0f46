'use strict';
// Photos by their web addresses: typed into a form below a category's head, or pasted anywhere on the page.
import { request } from './api.js';
import { figure, fromTemplate, note } from './page.js';

const MOST = 1000; // addresses at once
const LONGEST = 2000; // letters of one
const ADDRESS = /^https?:\/\/\S+$/i;
const WANTED = `Give addresses that begin with https:// or http://, with at most ${figure(LONGEST)} letters.`;

const wordsIn = text => text.split(/\s+/).filter(Boolean);
const isAddress = word => ADDRESS.test(word) && word.length <= LONGEST;

/** Has the server fetch those of `words` that are addresses into the category of `column`; `page.follow` shows how far it is.
    Gives the words that it was not told of. Throws ApiError. */
async function bringInLinks(page, words, column) {
  const links = new Set(words.filter(isAddress).slice(0, MOST));
  if (links.size) {
    const body = { links: [...links].map(url => ({ url })), category_id: Number(column.id) };
    page.follow(await request('POST', `${page.projectUrl}imports/`, body));
  }
  return words.filter(word => !links.has(word));
}

/** Why `left` of some words were not fetched. */
function whyNot(left, words) {
  const others = left.length < words.length ? `The others are on their way, ${figure(left.length)} not. ` : '';
  return left.some(isAddress) ? `${others}Not more than ${figure(MOST)} are taken at once.` : `${others}${WANTED}`;
}

/** Asks inside `place` for addresses, and has them fetched. What was not taken stays in the field, so that it is not
    lost; resolves when nothing is left there, or somebody cancels. */
export function askForLinks(place, page, column) {
  const form = fromTemplate('new-links');
  const field = form.elements.addresses;
  const wrong = form.querySelector('.field-error');
  form.setAttribute('aria-label', `Web addresses of photos for ${column.name}`);
  place.append(form);
  field.focus();
  return new Promise(resolve => {
    const end = () => { form.remove(); resolve(); };
    const show = why => {
      wrong.textContent = why;
      wrong.hidden = false;
      field.setAttribute('aria-invalid', 'true');
      field.focus();
    };
    form.addEventListener('submit', async event => {
      event.preventDefault();
      if (form.ariaBusy === 'true') return;
      form.ariaBusy = 'true';
      const words = wordsIn(field.value);
      try {
        const left = await bringInLinks(page, words, column);
        if (words.length && !left.length) { end(); return; }
        field.value = left.join('\n');
        show(whyNot(left, words));
      } catch (error) {
        show(error.message);
      }
      form.ariaBusy = 'false';
    });
    form.querySelector('[data-cancel]').addEventListener('click', end);
    form.addEventListener('keydown', event => { if (event.key === 'Escape') end(); });
  });
}

/** Text that is pasted beside every field, and is nothing but addresses. True where it was taken. */
export function pastedLinks(page, text, column) {
  const words = wordsIn(text);
  if (!words.length || !words.every(word => ADDRESS.test(word))) return false;
  if (!column) { note('Add a category first, then paste.', 'warn'); return true; }
  bringInLinks(page, words, column)
    .then(left => { if (left.length) note(whyNot(left, words), 'warn'); }, error => note(error.message));
  return true;
}
