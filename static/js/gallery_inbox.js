'use strict';
// What the model takes photos without a category for: asked for what is in sight, or, to put them in order, for all.
import { request } from './api.js';

const STAYS = 80; // ms without another wish before it is asked for
const AGAIN = 3000; // ms until those are asked for again whose features were not there yet
const AT_ONCE = 500;

export class Inbox {
  #url;
  #changed;
  #failed;
  #known = new Map(); // id -> { category_id, category, confidence, none_of_these }; null: not yet
  #asking = new Set();
  #timer = null;
  #off;

  constructor(url, { trained, changed, failed }) {
    this.#url = url;
    this.#off = !trained;
    this.#changed = changed;
    this.#failed = failed;
  }

  of(id) { return this.#known.get(id) ?? null; }

  /** It was edited: what the model said was of another text. */
  forget(id) { this.#known.delete(id); }

  /** Once all is still, ask for those of `wanted()` that are not known. */
  want(wanted) {
    if (this.#off) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(wanted()), STAYS);
  }

  /** Ask for all of `ids`; `told(done)` after each part. */
  async askAll(ids, told) {
    const unknown = ids.filter(id => !this.#known.get(id));
    for (let at = 0; at < unknown.length && !this.#off; at += AT_ONCE) {
      told(at);
      await this.#ask(unknown.slice(at, at + AT_ONCE));
    }
  }

  async #ask(ids) {
    const unknown = ids.filter(id => !this.#known.has(id) && !this.#asking.has(id)).slice(0, AT_ONCE);
    if (!unknown.length) return;
    for (const id of unknown) this.#asking.add(id);
    try {
      const { suggestions, pending } = await request('GET', `${this.#url}suggestions/?samples=${unknown}`);
      for (const one of suggestions) this.#known.set(one.sample, one);
      for (const id of pending) this.#known.set(id, null);
      if (pending.length) setTimeout(() => this.#askAgain(pending), AGAIN);
      this.#changed();
    } catch (error) {
      this.#off = true;
      this.#failed(error);
    }
    for (const id of unknown) this.#asking.delete(id);
  }

  #askAgain(pending) {
    for (const id of pending) if (!this.#known.get(id)) this.#known.delete(id);
    this.#changed();
  }
}

/** Orders by how sure the model is; a photo that is none of these is what it is least sure of. */
export const ranks = inbox => {
  const sureness = ({ id }) => {
    const said = inbox.of(id);
    return said ? said.confidence - (said.none_of_these ? 1 : 0) : undefined;
  };
  return { '': null, unsure: sureness, sure: photo => -sureness(photo) };
};
