'use strict';
// A grid of which only what is in sight is in the document: the place of every cell follows from its number alone.
import { fromTemplate } from './page.js';
import { Thumbs } from './gallery_thumbs.js';
import { isText } from './things.js';

const GAP = 6;
const BEYOND = 500; // px drawn above and below the window, so that a scrolling eye meets cells and not paper

export class Grid {
  #box;
  #at; // number -> photo
  #dress;
  #cells = new Map(); // key of a photo, or of a place whose photo is not known yet -> cell
  #thumbs = new Thumbs();
  #pitch = 1;
  #asked = false;
  #shaped = '';
  #top;
  columns = 1;
  side = 1;
  count = 0;
  active = 0; // the one stop of the Tab key; it stays in the document wherever it is

  /** `dress(cell, photo, number)` writes what changes; `top()` is how much of the window's top is covered. */
  constructor(box, { at, dress, top }) {
    this.#box = box;
    this.#at = at;
    this.#dress = dress;
    this.#top = top;
    addEventListener('scroll', () => this.#soon(), { passive: true });
    new ResizeObserver(() => this.layout()).observe(box);
  }

  /** `least` px is a cell wide, and `foot` px are below its picture; or, with `tall`, a row by itself of so many px. */
  shape(least, foot, tall = 0) {
    this.least = least;
    this.tall = tall;
    this.foot = foot;
    this.layout();
  }

  /** Sizes from the width; the photo at the top of the window stays there. */
  layout() {
    const width = this.#box.clientWidth;
    const shaped = `${width} ${this.least} ${this.foot} ${this.tall}`;
    if (!width || !this.least || shaped === this.#shaped) return;
    const before = this.#shaped && this.position();
    this.#shaped = shaped;
    this.columns = this.tall ? 1 : Math.max(1, Math.floor((width + GAP) / (this.least + GAP)));
    this.side = (width - GAP * (this.columns - 1)) / this.columns;
    this.#pitch = this.tall || this.side + this.foot + GAP;
    this.#box.style.setProperty('--side', `${this.side}px`);
    if (this.tall) this.#box.style.setProperty('--tall', `${this.tall}px`);
    this.#stretch();
    if (before && before.number) this.restore(before);
    this.draw();
  }

  #stretch() {
    const height = `${Math.max(0, Math.ceil(this.count / this.columns) * this.#pitch - (this.tall ? 0 : GAP))}px`;
    if (this.#box.style.height !== height) this.#box.style.height = height;
  }

  /** After photos came, went or changed. */
  refresh(count) {
    this.count = count;
    this.active = Math.max(0, Math.min(this.active, count - 1));
    this.layout();
    this.#stretch();
    this.draw();
  }

  #soon() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => { this.#asked = false; this.#drawInSight(); });
  }

  /** Everything in sight, written anew. */
  draw() {
    this.#drawInSight(true);
  }

  #drawInSight(anew = false) {
    if (!this.#shaped) return;
    const wanted = this.#wanted();
    const keys = new Set(wanted.map(({ key }) => key));
    const held = this.#box.contains(document.activeElement);
    for (const [key, cell] of this.#cells) {
      if (keys.has(key)) continue;
      this.#thumbs.forget(cell);
      cell.remove();
      this.#cells.delete(key);
    }
    let next = this.#box.firstElementChild;
    for (const { key, number, photo } of wanted) {
      const cell = this.#cells.get(key) ?? this.#made(key, photo);
      if (cell === next) next = next.nextElementSibling; else this.#box.insertBefore(cell, next);
      if (anew || cell.number !== number) this.#write(cell, photo, number);
    }
    if (held && !this.#box.contains(document.activeElement)) this.cell(this.active)?.focus({ preventScroll: true });
  }

  #wanted() {
    const { top } = this.#box.getBoundingClientRect();
    const first = Math.max(0, Math.floor((-top - BEYOND) / this.#pitch)) * this.columns;
    const last = Math.min(this.count, Math.ceil((innerHeight + BEYOND - top) / this.#pitch) * this.columns);
    const numbers = Array.from({ length: Math.max(0, last - first) }, (_, place) => first + place);
    if (this.active < this.count && (this.active < first || this.active >= last)) {
      if (this.active < first) numbers.unshift(this.active); else numbers.push(this.active);
    }
    return numbers.map(number => {
      const photo = this.#at(number);
      return { number, photo, key: photo?.id ?? `at ${number}` };
    });
  }

  #made(key, photo) {
    const cell = fromTemplate('new-shot');
    this.#cells.set(key, cell);
    if (photo) {
      cell.photo = photo.id;
      cell.classList.add(`tone-${photo.id % 3}`);
      if (!isText) this.#thumbs.want(cell, photo.id);
    }
    return cell;
  }

  #write(cell, photo, number) {
    cell.number = number;
    const { x, y } = this.#placeOf(number);
    cell.style.transform = `translate(${x}px, ${y}px)`;
    cell.tabIndex = number === this.active ? 0 : -1;
    cell.setAttribute('aria-posinset', number + 1);
    cell.setAttribute('aria-setsize', this.count);
    this.#dress(cell, photo, number);
  }

  #placeOf(number) {
    return { x: (number % this.columns) * (this.side + GAP), y: Math.floor(number / this.columns) * this.#pitch };
  }

  cell(number) { return this.#cells.get(this.#at(number)?.id ?? `at ${number}`); }

  get inSight() { return [...this.#cells.values()].map(cell => cell.number).filter(number => this.#visible(number)); }

  #visible(number) {
    const y = this.#placeOf(number).y + this.#box.getBoundingClientRect().top;
    return y + this.#pitch > 0 && y < innerHeight;
  }

  /** The numbers of the cells that a rectangle touches, in px from the grid's corner. */
  touched({ left, top, right, bottom }) {
    const column = x => x / (this.side + GAP);
    const firstColumn = Math.max(0, Math.floor(column(left + GAP)));
    const lastColumn = Math.min(this.columns - 1, Math.floor(column(right)));
    const firstRow = Math.max(0, Math.floor((top + GAP) / this.#pitch));
    const lastRow = Math.floor(bottom / this.#pitch);
    const found = [];
    for (let row = firstRow; row <= lastRow; row += 1) {
      for (let place = firstColumn; place <= lastColumn; place += 1) {
        const number = row * this.columns + place;
        if (number < this.count) found.push(number);
      }
    }
    return found;
  }

  /** Make `number` the one that Tab reaches, and bring it into sight; with `focus` it also gets the focus. */
  walkTo(number, focus = true) {
    const before = this.cell(this.active);
    this.active = Math.max(0, Math.min(number, this.count - 1));
    if (before) before.tabIndex = -1;
    this.reveal(this.active);
    this.#drawInSight();
    const cell = this.cell(this.active);
    if (!cell) return;
    cell.tabIndex = 0;
    if (focus) cell.focus({ preventScroll: true });
  }

  reveal(number) {
    const top = this.#placeOf(number).y + this.#box.getBoundingClientRect().top;
    const covered = this.#top() + GAP;
    const bottom = top + this.#pitch;
    if (top < covered) scrollBy(0, top - covered); else if (bottom > innerHeight) scrollBy(0, bottom - innerHeight);
  }

  get rowsInWindow() { return Math.max(1, Math.floor((innerHeight - this.#top()) / this.#pitch)); }

  /** Where the window stands, so that `restore` finds it again at any width. */
  position() {
    const above = this.#top() - this.#box.getBoundingClientRect().top;
    const row = Math.max(0, Math.floor(above / this.#pitch));
    return { number: row * this.columns, part: above / this.#pitch - row };
  }

  restore({ number, part }) {
    const row = Math.floor(number / this.columns);
    scrollTo(0, scrollY + this.#box.getBoundingClientRect().top - this.#top() + (row + part) * this.#pitch);
    this.#drawInSight();
  }
}
