'use strict';
// Photos from the web for one category, in a sheet from the right: asked for as soon as it opens, shown as they come.
import { SIGNED_OUT, isFinal, request } from './api.js';
import { all, find } from './dom.js';
import { listed } from './numbers.js';
import { announce, closable, counted, figure, toast } from './page.js';
import { heard, unreachable } from './reach.js';
import { SearchAll } from './websearch_all.js';
import { FoundPhotos } from './websearch_photos.js';

const PAUSE = 1000; // ms between two looks
const UNDER_WAY = ['queued', 'running'];
const PROVIDERS = { openverse: 'Openverse', commons: 'Wikimedia Commons' };
const WAIT = / Try again in [^.]+\.$/; // as the server says it: here it is counted down
const STOPPED = 'This search was stopped.';
const FORGOTTEN = 'This search was forgotten meanwhile. Search again.';

/** Gives the page `searchWeb(column)`. */
export function setUpWebSearch(page) {
  const everything = new SearchAll(page, document.getElementById('build'));
  const sheet = new Sheet(page, document.getElementById('sheet'), everything);
  page.searchWeb = column => sheet.open(column);
  document.getElementById('web-all').addEventListener('click', () => everything.open());
  page.afterwards = () => { // asked for together with the project
    if (location.hash !== '#build') return;
    history.replaceState(history.state, '', location.pathname);
    everything.open();
  };
}

class Sheet {
  #page;
  #root;
  #form;
  #photos;
  #everything;
  #column = null;
  #at = null; // the question, `byHand` what was ticked, the `search` that answers, a `problem`, `until` when to wait
  #left = new Map(); // a category's id -> what was shown of it last
  #turn = 0; // of following a search: an older one ends
  #clock = null;

  constructor(page, root, everything) {
    this.#page = page;
    this.#root = root;
    this.#form = find('form', root);
    this.#everything = everything;
    this.#photos = new FoundPhotos(find('.found', root), () => this.#drawFoot());
    this.#form.addEventListener('submit', event => { event.preventDefault(); this.#ask(); });
    for (const box of all('.terms input', root)) box.addEventListener('change', () => this.#ask());
    const acts = { '.again': () => this.#again(), '.found-more': () => this.#more(), '.take': () => this.#take(),
      '.for-all': () => this.#forAll() };
    for (const [button, act] of Object.entries(acts)) find(button, root).addEventListener('click', act);
    closable(root);
    root.addEventListener('close', () => this.#closed());
    addEventListener('pagehide', () => { if (root.open) stop(this.#at); });
  }

  open(column) {
    this.#column = column;
    const [swatch, name] = column.tag();
    find('.sheet-head .sw', this.#root).replaceWith(swatch);
    find('.sheet-name', this.#root).textContent = name;
    this.#root.showModal();
    find('h2', this.#root).focus(); // not the field, whose keyboard would cover a phone's photos
    this.#clock = setInterval(() => this.#drawProblem(), 500);
    const left = this.#left.get(column.id);
    if (left) { this.#resume(left); return; }
    this.#form.elements.text.value = name;
    this.#ask();
  }

  /** Nobody waits for its search any more. What was found stays, and opened again it goes on. */
  #closed() {
    this.#turn += 1;
    stop(this.#at);
    clearInterval(this.#clock);
    find('.web', this.#column.root).focus({ preventScroll: true });
  }

  // ---------------------------------------------------------------- asking

  /** What is in the form, in place of what was asked before; `byHand` where it is the same once more. */
  #ask(byHand = new Map()) {
    const { text, commercial, modification } = this.#form.elements;
    if (!text.value.trim()) { text.focus(); return; } // the photos of before stay
    const asked = { text: text.value.trim(), commercial: commercial.checked, modification: modification.checked };
    stop(this.#left.get(this.#column.id));
    this.#at = { asked, byHand, search: null, problem: '', until: 0 };
    this.#left.set(this.#column.id, this.#at);
    find('.found-in', this.#root).scrollTop = 0;
    this.#send(`${this.#page.projectUrl}searches/`, { category_id: Number(this.#column.id), ...asked });
  }

  #resume(left) {
    const { text, commercial, modification } = this.#form.elements;
    text.value = left.asked.text;
    [commercial.checked, modification.checked] = [left.asked.commercial, left.asked.modification];
    this.#at = left;
    if (left.search?.status === 'cancelled') this.#more();
    else if (left.search && !unreachable()) this.#follow();
    else this.#ask(left.byHand);
  }

  #more() { this.#send(`/api/searches/${this.#at.search.id}/more/`); }

  #again() {
    const { search, byHand } = this.#at;
    if (search?.status === 'failed' && search.pages) this.#more(); else this.#ask(byHand);
  }

  async #send(url, body) {
    const at = this.#at;
    const turn = this.#turn += 1;
    at.problem = '';
    this.#draw(true);
    try {
      at.search = await request('POST', url, body);
    } catch (error) {
      at.problem = error.message;
    }
    if (turn === this.#turn) this.#follow(); else stop(at); // closed meanwhile, or something else is asked
  }

  // ---------------------------------------------------------------- following

  async #follow() {
    const at = this.#at;
    const turn = this.#turn += 1;
    const waited = !at.search || UNDER_WAY.includes(at.search.status);
    this.#draw();
    while (at.search && UNDER_WAY.includes(at.search.status)) {
      await new Promise(resolve => setTimeout(resolve, PAUSE));
      if (turn !== this.#turn) return;
      const found = await request('GET', `/api/searches/${at.search.id}/`)
        .catch(error => (isFinal(error) ? lost(at.search, error) : at.search)); // no connection: once more
      if (turn !== this.#turn) return;
      at.search = found;
      this.#draw();
    }
    if (waited) this.#ended(at);
  }

  #ended(at) {
    if (at.search) {
      at.problem = at.search.error ?? (at.search.status === 'cancelled' ? STOPPED : at.problem);
      at.until = at.search.wait ? Date.now() + 1000 * at.search.wait : 0;
      heard(at.search);
      this.#page.draw();
    }
    this.#draw();
    const { length } = at.search?.photos ?? [];
    const found = length ? `${counted(length, 'photo')} found, ${figure(this.#photos.taken.length)} chosen.` : '';
    announce([found || find('.found-said', this.#root).textContent, at.problem].filter(Boolean).join(' '));
  }

  // ---------------------------------------------------------------- drawing

  /** `asking`: a question is on its way. */
  #draw(asking = false) {
    const { search, byHand } = this.#at;
    const underWay = asking || UNDER_WAY.includes(search?.status);
    find('.found-said', this.#root).textContent = said(this.#at, underWay);
    const bar = find('progress', this.#root);
    bar.hidden = !underWay;
    bar.value = search?.status === 'running' && search.total ? search.done / search.total : 0;
    this.#photos.draw(search?.photos ?? [], byHand);
    find('.found-more', this.#root).hidden = underWay || !search?.more;
    this.#drawProblem();
    this.#drawFoot();
  }

  #drawProblem() {
    const { problem, until, search } = this.#at;
    const place = document.getElementById('sheet-problem');
    place.hidden = !problem;
    if (!problem) return;
    const left = Math.ceil((until - Date.now()) / 1000);
    const wait = left > 0 ? ` Try again in ${inWords(left)}.` : '';
    const mayUpload = !until && !search?.photos.length && problem !== SIGNED_OUT;
    const upload = mayUpload ? ' Photos of your own can be added all the same.' : '';
    const text = `${until ? problem.replace(WAIT, '') : problem}${wait}${upload}`;
    if (find('p', place).textContent !== text) find('p', place).textContent = text;
    find('.again', place).hidden = left > 0;
    find('.again span', place).textContent = 'Try again';
  }

  #drawFoot() {
    const number = this.#photos.taken.length;
    const button = find('.take', this.#root);
    button.disabled = !number;
    button.textContent = number ? `Add ${counted(number, 'photo')}` : 'Add photos';
  }

  // ---------------------------------------------------------------- going on

  async #take() {
    const [at, column, photos] = [this.#at, this.#column, this.#photos.taken];
    find('.take', this.#root).disabled = true; // once is enough
    try {
      const found = await request('POST', `/api/searches/${at.search.id}/import/`, { photos });
      this.#left.delete(column.id);
      this.#root.close();
      this.#page.follow(found);
      toast(`${counted(photos.length, 'photo')} on the way to ${column.name}.`);
    } catch (error) {
      Object.assign(at, { problem: error.message, until: 0 });
      this.#draw();
    }
  }

  #forAll() {
    const { text, commercial, modification } = this.#form.elements;
    this.#root.close();
    const terms = { commercial: commercial.checked, modification: modification.checked };
    this.#everything.open({ [this.#column.id]: text.value.trim() }, terms);
  }
}

/** A search that cannot be followed any more. What was found stays, unless it is forgotten. */
function lost(search, { status, message }) {
  const left = status === 404 ? { error: FORGOTTEN, pages: 0, photos: [] } : { error: message };
  return { ...search, status: 'failed', ...left };
}

/** Ends the search that is under way, also while the page goes. */
function stop(at) {
  if (!UNDER_WAY.includes(at?.search?.status)) return;
  at.search = { ...at.search, status: 'cancelled' };
  request('POST', `/api/searches/${at.search.id}/cancel/`, undefined, { keepalive: true }).catch(() => {}); // it ended just now
}

/** The line above the photos. */
function said({ asked, search, problem }, underWay) {
  if (search?.photos.length) {
    const where = Object.keys(PROVIDERS).filter(name => search.photos.some(photo => photo.provider === name));
    const number = `${search.more ? 'At least ' : ''}${figure(search.found_count)}`;
    return `${number} found on ${listed(where.map(name => PROVIDERS[name]))}. Creator and licence stay with every photo.`;
  }
  if (underWay) return `Searching ${listed(Object.values(PROVIDERS))}…`;
  if (problem) return '';
  const terms = asked.commercial || asked.modification ? ', or untick what they may be used for' : '';
  return `Nothing was found for “${asked.text}”. Try fewer words, other ones or English ones${terms}.`;
}

/** As the server says it: '7 s', '3 min', '2 h'. */
function inWords(seconds) {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
