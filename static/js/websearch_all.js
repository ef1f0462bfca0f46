'use strict';
// “Search and build”: at one press photos of the web for every category, and a training with them.
import { request } from './api.js';
import { all, find } from './dom.js';
import { closable, fromTemplate, note } from './page.js';

export class SearchAll {
  #page;
  #root;
  #form;
  #back = null; // what gets the focus in the end

  constructor(page, root) {
    this.#page = page;
    this.#root = root;
    this.#form = find('form', root);
    this.#form.addEventListener('submit', event => { event.preventDefault(); this.#build(); });
    closable(root);
    root.addEventListener('close', () => this.#back.focus({ preventScroll: true }));
  }

  /** `words`: for the ids of some categories, what to search for instead of their names. */
  open(words = {}, terms = {}) {
    if (!this.#page.columns.length) { note('Add a category first, then search for its photos.', 'warn'); return; }
    const { activeElement } = document;
    this.#back = activeElement === document.body ? document.getElementById('web-all') : activeElement;
    for (const [name, ticked] of Object.entries(terms)) this.#form.elements[name].checked = ticked;
    const rows = this.#page.columns.map(column => rowOf(column, words[column.id] || column.name));
    find('.build-list', this.#root).replaceChildren(...rows);
    this.#wrong('');
    this.#root.showModal();
    find('h2', this.#root).focus();
  }

  async #build() {
    const fields = all('.build-list input', this.#root);
    const searches = fields.map(field => ({ category_id: Number(field.dataset.category), text: field.value.trim() }))
      .filter(({ text }) => text); // an empty one leaves its category out
    if (!searches.length) { this.#wrong('Say for one category at least what its photos show.'); fields[0].focus(); return; }
    const { commercial, modification } = this.#form.elements;
    const button = find('.primary', this.#form);
    button.disabled = true; // once is enough
    this.#wrong('');
    try {
      const body = { searches, commercial: commercial.checked, modification: modification.checked };
      const found = await request('POST', `${this.#page.projectUrl}build/`, body);
      this.#root.close();
      this.#page.follow(found);
    } catch (error) {
      this.#wrong(error.message);
    }
    button.disabled = false;
  }

  #wrong(text) {
    const place = document.getElementById('build-error');
    place.hidden = !text;
    place.textContent = text;
  }
}

function rowOf(column, text) {
  const row = fromTemplate('new-words');
  const [swatch, name] = column.tag();
  find('.sw', row).replaceWith(swatch);
  find('.build-name', row).textContent = name;
  const field = find('input', row);
  field.value = text;
  field.dataset.category = column.id;
  return row;
}
