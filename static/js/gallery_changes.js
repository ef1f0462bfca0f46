'use strict';
// Moving and deleting, one after the other: seen at once, then told to the server, and undone by Ctrl Z.
import { request } from './api.js';
import { toast } from './page.js';
import { pathLater } from './path.js';
import { isText, shortened, things } from './things.js';

const AT_ONCE = 10_000; // ids that a request may hold
const STEPS = 20; // that can be undone

export class Changes {
  #url;
  #photos;
  #page;
  #last = Promise.resolve();
  #steps = [];

  /** `page` has `nameOf(category id)`, `redraw()`, `back(ids)` for what an undo changed, and `failed(error)`. */
  constructor(url, photos, page) {
    this.#url = url;
    this.#photos = photos;
    this.#page = page;
  }

  /** Each of `moves` is { ids, category }, the category's id or null for none. `text` says what was done. */
  move(moves, text) {
    const really = moves.filter(({ ids }) => ids.length);
    if (!really.length) return;
    for (const { ids, category } of really) this.#photos.move(ids, category);
    this.#page.redraw();
    this.#then(async () => {
      const moved = [];
      for (const { ids, category } of really) moved.push(...await this.#sendMove(ids, category, false));
      this.#done(text, async () => {
        for (const group of moved) this.#photos.move(group.samples, group.category_id);
        this.#page.back(moved.flatMap(group => group.samples));
        for (const { samples, category_id: category, label_checked: checked } of moved) {
          await this.#sendMove(samples, category, checked);
        }
      });
    });
  }

  async #sendMove(ids, category, checked) {
    const moved = [];
    for (const samples of inParts(ids)) {
      const body = { samples, category: this.#page.nameOf(category), label_checked: checked };
      moved.push(...(await request('POST', `${this.#url}samples/move/`, body)).moved);
    }
    return moved;
  }

  /** `split`: 'test' or null; `told(number)` says what was done. What belongs together goes together: the server tells. */
  keepApart(ids, split, told) {
    this.#photos.keepApart(ids, split);
    this.#page.redraw();
    this.#then(async () => {
      const changed = await this.#sendSplit(ids, split);
      this.#photos.keepApart(changed, split);
      this.#page.redraw();
      this.#done(told(changed.length), async () => {
        const before = split ? null : 'test';
        this.#photos.keepApart(changed, before);
        this.#page.back(changed);
        await this.#sendSplit(changed, before);
      });
    });
  }

  async #sendSplit(ids, split) {
    const changed = [];
    for (const samples of inParts(ids)) {
      changed.push(...(await request('POST', `${this.#url}samples/split/`, { samples, split })).changed);
    }
    return changed;
  }

  delete(ids, text) {
    const gone = this.#photos.remove(ids);
    this.#page.redraw();
    this.#then(async () => {
      for (const samples of inParts(ids)) await request('POST', `${this.#url}samples/delete/`, { samples });
      this.#done(text, async () => {
        const back = new Set();
        for (const samples of inParts(ids)) {
          const { restored } = await request('POST', `${this.#url}samples/restore/`, { samples });
          for (const id of restored) back.add(id);
        }
        this.#photos.putBack(gone.filter(photo => back.has(photo.id)));
        this.#page.back(back);
      });
    });
  }

  /** Undo the last step, or the one given; nothing where it was undone already. */
  undo(step = this.#steps.at(-1)) {
    if (!step || !this.#steps.includes(step)) return;
    this.#steps = this.#steps.filter(other => other !== step);
    this.#then(async () => {
      await step.back();
      toast(`Undone: ${step.text}`);
      pathLater();
    });
  }

  #done(text, back) {
    const step = { text, back };
    this.#steps = [...this.#steps, step].slice(-STEPS);
    toast(text, () => this.undo(step));
    pathLater();
  }

  #then(work) {
    this.#last = this.#last.then(work).catch(error => this.#page.failed(error));
  }
}

function inParts(ids) {
  return Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, n) => ids.slice(n * AT_ONCE, (n + 1) * AT_ONCE));
}

const named = ({ name }) => (isText ? `“${shortened(name)}”` : name);

/** "3 photos", or one photo by its name. */
export const photosNamed = photos => (photos.length === 1 ? named(photos[0]) : things(photos.length));
