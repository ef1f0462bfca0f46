'use strict';
// All photos of the project as the page knows them: which the filter shows, in what order, and how many there are of each.
import { request } from './api.js';

export const NONE = 'none'; // in addresses: without a category

export class Photos {
  #url;
  #all = []; // newest first: { id, name, category, source, split }
  #byId = new Map();
  #expected;
  #whole = false;
  #rank = null;
  shown = []; // those of the filter, in order
  found = null; // the ids of those that were searched for; null: all

  /** Before `load` has brought all, `first` are the newest of `expected` ones. */
  constructor(url, filter, first, expected) {
    this.#url = url;
    this.filter = filter;
    this.#expected = expected;
    this.#take(first);
  }

  get count() { return this.#whole ? this.shown.length : Math.max(this.#expected, this.shown.length); }

  get whole() { return this.#whole; }

  async load() {
    const all = await request('GET', this.#url);
    this.#whole = true;
    this.#take(all);
  }

  /** Show those alone that hold each of these words. */
  async search(words) {
    const query = new URLSearchParams({ search: words });
    const found = words ? new Set((await request('GET', `${this.#url}?${query}`)).ids) : null;
    return () => { this.found = found; this.#sort(); };
  }

  /** A text was edited. */
  rename(id, name) {
    if (this.#byId.has(id)) this.#byId.get(id).name = name;
  }

  #take({ ids, categories, sources, names, splits }) {
    const photoAt = (id, at) => ({ id, name: names[at], category: categories[at], source: sources[at], split: splits[at] });
    this.#all = ids.map(photoAt);
    this.#sort();
  }

  of(id) { return this.#byId.get(id); }

  /** Newest first; or, where `rank(photo)` is given, by that number, those without one last. */
  show(filter, rank = null) {
    this.filter = filter;
    this.#rank = rank;
    this.#sort();
  }

  move(ids, category) {
    for (const id of ids) if (this.#byId.has(id)) this.#byId.get(id).category = category;
    this.#sort();
  }

  /** `split`: 'test' keeps them apart for testing, null does not. */
  keepApart(ids, split) {
    for (const id of ids) if (this.#byId.has(id)) this.#byId.get(id).split = split;
    this.#sort();
  }

  /** The photos taken out. */
  remove(ids) {
    const gone = new Set(ids);
    const out = this.#all.filter(photo => gone.has(photo.id));
    this.#all = this.#all.filter(photo => !gone.has(photo.id));
    this.#sort();
    return out;
  }

  putBack(photos) {
    this.#all.push(...photos.filter(photo => !this.#byId.has(photo.id)));
    this.#all.sort((one, other) => other.id - one.id);
    this.#sort();
  }

  #sort() {
    this.#byId = new Map(this.#all.map(photo => [photo.id, photo]));
    this.shown = this.#all.filter(photo => taken(this.filter, photo) && (!this.found || this.found.has(photo.id)));
    if (!this.#rank) return;
    const ranks = new Map(this.shown.map(photo => [photo, this.#rank(photo) ?? Infinity]));
    this.shown.sort((one, other) => ranks.get(one) - ranks.get(other));
  }

  /** How many there are of each category, source and split: a function of a filter. */
  counts() {
    const groups = new Map();
    for (const photo of this.#all) {
      const key = `${photo.category} ${photo.source} ${photo.split}`;
      if (!groups.has(key)) groups.set(key, { photo, count: 0 });
      groups.get(key).count += 1;
    }
    return filter => [...groups.values()]
      .filter(({ photo }) => taken(filter, photo))
      .reduce((sum, { count }) => sum + count, 0);
  }
}

const taken = ({ category, source, split }, photo) => (!category || category === String(photo.category ?? NONE))
  && (!source || source === photo.source) && (!split || split === photo.split);
