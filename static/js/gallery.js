'use strict';
// The thumbnails of one category, newest first: added live, deleted one by one, more shown on demand.
import { request } from './api.js';
import { arrange } from './dom.js';
import { announce, counted, fromTemplate, note, toast } from './page.js';
import { ask } from './question.js';
import { editInPlace } from './text_edit.js';
import { isText, shortened, thing, things } from './things.js';

const PAGE = 60;
const BUTTONS = '.cell-edit, .cell-off';

export class Gallery {
  #column;
  #grid;
  #more;
  #all;
  #limit;

  constructor(column) {
    this.#column = column;
    this.#grid = column.root.querySelector('.grid');
    this.#more = column.root.querySelector('.show-more');
    this.#all = column.root.querySelector('.all-photos');
    this.#limit = Math.max(PAGE, this.#grid.children.length);
    this.#more.addEventListener('click', () => this.#showMore());
    this.#grid.addEventListener('click', event => {
      const button = event.target.closest(BUTTONS);
      if (button?.matches('.cell-edit')) this.#edit(button.closest('.cell'));
      else if (button) this.#delete(button.closest('.cell'));
    });
    this.#grid.addEventListener('keydown', event => this.#walk(event));
    this.#grid.addEventListener('focusin', event => this.#stopAt(event.target));
    this.draw();
  }

  /** A photo that has just come in. Old thumbnails make room, so that 2,000 photos do not mean 2,000 pictures. */
  add(sample) {
    this.#grid.prepend(cellOf(sample));
    for (const cell of [...this.#grid.children].slice(this.#limit)) if (!inUse(cell)) cell.remove();
  }

  draw() {
    const hidden = this.#column.count - this.#grid.children.length;
    this.#grid.parentElement.hidden = this.#column.count === 0;
    if (!this.#stop) this.#grid.querySelector(BUTTONS)?.setAttribute('tabindex', 0);
    this.#more.hidden = hidden <= 0;
    this.#all.textContent = `All ${things(this.#column.count)}`;
    this.#more.textContent = `Show ${Math.min(hidden, PAGE)} more of ${things(hidden)}`;
  }

  /** One stop of the Tab key for the whole gallery; arrows walk inside, so that 60 photos do not mean 60 presses. */
  get #stop() { return this.#grid.querySelector(':is(.cell-edit, .cell-off)[tabindex="0"]'); }

  #stopAt(button) {
    if (!button.matches(BUTTONS)) return;
    if (this.#stop) this.#stop.tabIndex = -1;
    button.tabIndex = 0;
  }

  /** Left and right from button to button, up and down to the same button of another row. */
  #walk(event) {
    if (!event.target.matches(BUTTONS)) return;
    const buttons = [...this.#grid.querySelectorAll(BUTTONS)];
    const cells = [...this.#grid.children];
    const each = buttons.length / cells.length; // a text has two, a photo one
    const inRow = each * cells.filter(cell => cell.offsetTop === cells[0].offsetTop).length;
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: inRow, ArrowUp: -inRow };
    const ends = { Home: 0, End: buttons.length - 1 };
    const to = ends[event.key] ?? buttons.indexOf(event.target) + steps[event.key];
    if (!buttons[to]) return; // another key, or an edge
    event.preventDefault();
    buttons[to].focus();
  }

  /** What the server holds now, where the page cannot know it by itself. An import asks for this every second: what
      somebody is at stays as it is. */
  async refresh() {
    const answer = await this.#page(1);
    const old = [...this.#grid.children];
    const there = new Map(old.map(cell => [cell.dataset.sample, cell]));
    const cells = answer.results.map(sample => drawn(there.get(String(sample.id)), sample));
    arrange(this.#grid, [...cells, ...old.filter(cell => inUse(cell) && !cells.includes(cell))]);
    this.#column.setCount(answer.count);
  }

  #page(number) {
    const query = new URLSearchParams({ category_id: this.#column.id, page_size: PAGE, page: number });
    return request('GET', `${this.#column.samplesUrl}?${query}`);
  }

  async #showMore() {
    this.#more.disabled = true;
    try {
      const shown = new Set([...this.#grid.children].map(cell => cell.dataset.sample));
      // Photos may have come or gone since: the page that the first hidden one is on, without those shown.
      const { results } = await this.#page(Math.floor(shown.size / PAGE) + 1);
      const fresh = results.filter(sample => !shown.has(String(sample.id))).map(cellOf);
      this.#grid.append(...fresh);
      this.#limit = Math.max(this.#limit, this.#grid.children.length);
      fresh[0]?.querySelector('.cell-off')?.focus();
      announce(`${counted(fresh.length, `more ${thing}`)} shown.`);
    } catch (error) {
      note(error.message);
    }
    this.#more.disabled = false;
    this.draw();
  }

  async #delete(cell) {
    const name = nameOf(cell);
    cell.classList.add('asking');
    const sure = await ask(cell, `Delete ${name}?`, 'Delete');
    cell.classList.remove('asking');
    if (!sure) { cell.querySelector('.cell-off').focus(); return; }
    try {
      await request('DELETE', `/api/samples/${cell.dataset.sample}/`);
    } catch (error) {
      if (error.status !== 404) { note(`${name} was not deleted. ${error.message}`); return; }
    }
    const next = cell.nextElementSibling ?? cell.previousElementSibling;
    cell.remove();
    (next?.querySelector('.cell-off') ?? this.#column.root.querySelector('.choose')).focus();
    this.#column.setCount(this.#column.count - 1);
    toast(`Deleted ${name} from ${this.#column.name}.`, () => this.#restore(cell.dataset.sample));
  }

  async #edit(cell) {
    const said = cell.querySelector('.text-said');
    const changed = await editInPlace(said, cell.dataset.sample, said.textContent, nameOf(cell)).changed;
    if (changed) {
      write(cell, changed);
      this.#column.changed();
    }
    cell.querySelector('.cell-edit').focus();
  }

  async #restore(id) {
    try {
      await request('POST', `${this.#column.samplesUrl}restore/`, { samples: [Number(id)] });
      await this.refresh();
      this.#grid.querySelector(`[data-sample="${id}"] .cell-off`)?.focus();
      announce('It is back.');
    } catch (error) {
      note(error.message);
    }
  }
}

/** It is edited or asked about, or has the focus. */
const inUse = cell => cell.matches(':focus-within, :has(.edit-form, .question)');

/** The cell of a sample that may have one; a photo stays as it is, a text may have been edited elsewhere. */
const drawn = (cell, sample) => (cell && isText ? write(cell, sample) : cell ?? cellOf(sample));

function cellOf(sample) {
  const cell = fromTemplate('new-cell');
  cell.dataset.sample = sample.id;
  if (isText) return write(cell, sample);
  const picture = cell.querySelector('img');
  Object.assign(picture, { loading: 'lazy', alt: sample.name, title: sample.name, src: sample.thumbnail_url });
  cell.dataset.name = sample.name;
  cell.querySelector('.cell-off')?.setAttribute('aria-label', `Delete ${sample.name}`);
  return cell;
}

/** A text into its cell. */
function write(cell, { text }) {
  cell.dataset.name = shortened(text);
  cell.querySelector('.text-said').textContent = text;
  cell.querySelector('.cell-off')?.setAttribute('aria-label', `Delete ${nameOf(cell)}`);
  cell.querySelector('.cell-edit')?.setAttribute('aria-label', `Edit ${nameOf(cell)}`);
  return cell;
}

const nameOf = cell => (isText ? `“${cell.dataset.name}”` : cell.dataset.name);
