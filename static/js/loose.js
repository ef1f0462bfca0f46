'use strict';
// Photos without a category: each can be moved into one.
import { request } from './api.js';
import { all, arrange, drawn, find } from './dom.js';
import { announce, note } from './page.js';
import { isText, things } from './things.js';

export class Loose {
  #page;

  constructor(root, page) {
    this.#page = page;
    this.root = root;
    this.count = Number(root.dataset.count);
    if (!this.#page.mayEdit) return;
    root.addEventListener('click', event => {
      const button = event.target.closest('.loose-to button');
      if (button) this.#move(button.closest('li'), button.dataset.category);
    });
    // Its buttons follow the categories: drawn when the pointer or the focus comes near.
    for (const near of ['pointerenter', 'focusin']) root.addEventListener(near, () => this.draw());
  }

  /** What the server holds now. What stands there stays in the page: somebody may be sorting it by keyboard. */
  async refresh() {
    const page = await drawn(location.pathname);
    const fresh = page && find('#loose', page);
    if (!fresh) return; // no connection, or signed out
    const list = find('ul', this.root);
    const there = new Map([...list.children].map(item => [item.dataset.sample, item]));
    const items = all('li', fresh).map(item => there.get(item.dataset.sample) ?? item);
    const used = [...list.children].filter(item => item.matches(':focus-within') && !items.includes(item));
    arrange(list, [...items, ...used]);
    this.count = Number(fresh.dataset.count);
    this.draw();
  }

  /** Buttons with the numbers of the categories below every photo. */
  draw() {
    this.root.hidden = this.count === 0;
    this.root.querySelector('.count-loose').textContent = things(this.count);
    for (const place of this.#page.mayEdit ? this.root.querySelectorAll('.loose-to') : []) {
      const said = place.closest('li').dataset.name;
      const name = isText ? `“${said}”` : said;
      place.setAttribute('aria-label', `Move ${name} to`);
      arrange(place, this.#page.columns.map(column => {
        const button = find(`[data-category="${column.id}"]`, place) ?? document.createElement('button');
        button.type = 'button';
        button.className = `sw ${[...column.root.classList].find(part => part.startsWith('cat-'))}`;
        button.textContent = column.number;
        button.dataset.category = column.id;
        button.title = column.name;
        button.setAttribute('aria-label', `Move ${name} to ${column.name}`);
        return button;
      }));
    }
  }

  async #move(item, id) {
    const column = this.#page.columns.find(other => other.id === id);
    try {
      const sample = await request('PATCH', `/api/samples/${item.dataset.sample}/`, { category: column.name });
      const next = item.nextElementSibling ?? item.previousElementSibling;
      item.remove();
      this.count -= 1;
      column.insert(sample);
      this.draw();
      (next?.querySelector('button') ?? column.root.querySelector('.choose')).focus();
      announce(`Moved ${isText ? 'the text' : sample.name} to ${column.name}.`);
    } catch (error) {
      note(error.message);
    }
  }
}
