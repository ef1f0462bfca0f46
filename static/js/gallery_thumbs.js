'use strict';
// Thumbnails are asked for only by cells that stay: rushing past thousands of photos asks for none of them.

const STAYS = 80; // ms

export class Thumbs {
  #waiting = new Map(); // cell -> since when
  #seen = new Set(); // ids of those that came once: the browser has them, so they need not wait
  #timer = null;
  #began = performance.now();

  want(cell, id) {
    const now = performance.now();
    if (this.#seen.has(id) || now - this.#began < STAYS) { this.#ask(cell); return; } // the first window at once
    this.#waiting.set(cell, now);
    this.#timer ??= setTimeout(() => this.#look(), STAYS);
  }

  /** A cell that leaves; what it asked for and has not got is given up. */
  forget(cell) {
    this.#waiting.delete(cell);
    const picture = cell.querySelector('img');
    if (picture && !picture.complete) picture.removeAttribute('src');
  }

  #look() {
    this.#timer = null;
    const now = performance.now();
    for (const [cell, since] of this.#waiting) {
      if (now - since < STAYS - 1) continue;
      this.#waiting.delete(cell);
      this.#ask(cell);
    }
    if (this.#waiting.size) this.#timer = setTimeout(() => this.#look(), STAYS / 2);
  }

  #ask(cell) {
    const picture = new Image();
    Object.assign(picture, { className: 'ph', alt: '', decoding: 'async', draggable: false });
    picture.addEventListener('load', () => {
      this.#seen.add(cell.photo);
      picture.classList.add('came');
    });
    picture.src = `/api/samples/${cell.photo}/thumbnail/`;
    cell.querySelector('.shot-pic').prepend(picture);
  }
}
