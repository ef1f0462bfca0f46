'use strict';
// Which photos are selected, by their ids.

export class Selection {
  #changed;
  #ids = new Set();
  anchor = null; // the number from which Shift reaches

  constructor(changed) { this.#changed = changed; }

  get size() { return this.#ids.size; }

  get ids() { return [...this.#ids]; }

  has(id) { return this.#ids.has(id); }

  set(ids, anchor = this.anchor) {
    this.#ids = new Set(ids);
    this.anchor = anchor;
    this.#changed();
  }

  toggle(id, number) {
    if (!this.#ids.delete(id)) this.#ids.add(id);
    this.anchor = number;
    this.#changed();
  }

  /** All of `photos` between the anchor and `number`; with `also` beside what is selected already. */
  reach(photos, number, also = false) {
    const from = this.anchor ?? number;
    const between = photos.slice(Math.min(from, number), Math.max(from, number) + 1).map(photo => photo.id);
    this.set(also ? [...this.#ids, ...between] : between, from);
  }

  clear() {
    this.anchor = null;
    if (this.size) this.set([]);
  }

  /** Forget those that are not there any more. */
  keep(still) {
    const kept = this.ids.filter(still);
    if (kept.length !== this.size) this.set(kept, null);
  }
}
