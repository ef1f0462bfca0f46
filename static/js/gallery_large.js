'use strict';
// One photo enlarged, with its details; the arrow keys lead through what the filter shows.
import { request } from './api.js';
import { askToKeep, useOf } from './gallery_apart.js';
import { all, find } from './dom.js';
import { announce, closable, counted, figure } from './page.js';
import { setUpPicks } from './picks.js';
import { isText } from './things.js';
import { moment } from './times.js';

const SOURCES = {
  upload: isText ? 'Typed, pasted or imported' : 'Uploaded',
  webcam: 'Taken with the camera',
  web: 'From the web',
  feedback: 'Added from a test',
  example: isText ? 'An example of NanoWeb’s' : 'Drawn by NanoWeb',
};
const fileOf = photo => `/api/samples/${photo.id}/file/`;

export class Large {
  #dialog;
  #page;
  #at = 0;
  #allPicks;
  #details = new Map(); // id -> what the server says of it
  leave = () => {}; // called when another one comes to be shown, or none: a form for this one must not stay

  /** `page` has `photos`, `said(photo)` (a node, or null), `choices(photo)` (nodes), `keepApart()`, `closed(number)`, `report`. */
  constructor(dialog, page) {
    this.#dialog = dialog;
    this.#page = page;
    this.#allPicks = setUpPicks(find('#large-to', dialog));
    dialog.addEventListener('click', event => {
      const step = event.target.closest('[data-step]');
      if (step) this.show(this.#at + Number(step.dataset.step));
    });
    closable(dialog);
    dialog.addEventListener('keydown', event => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step || event.target.closest('input, textarea')) return;
      event.preventDefault();
      this.show(this.#at + step);
    });
    find('#large-use button', dialog)?.addEventListener('click', () => page.keepApart());
    dialog.addEventListener('close', () => { this.leave(); page.closed(this.#at); });
  }

  get photo() { return this.#dialog.open ? this.#page.photos.shown[this.#at] : null; }

  get open() { return this.#dialog.open; }

  close() { this.#dialog.close(); }

  /** The whole text that is shown; undefined until it is there. */
  get text() { return this.#details.get(this.photo?.id)?.text; }

  /** A text was edited: `sample` is what the server answered. */
  edited(sample) {
    this.#details.set(sample.id, { ...this.#details.get(sample.id), ...sample });
    if (this.#shownId !== sample.id) return;
    this.#shownId = null; // so that it is drawn anew
    this.refresh();
    if (this.photo) this.#tell(this.photo);
  }

  /** The photo of that number; none where there is no such. */
  show(number) {
    const photo = this.#page.photos.shown[number];
    if (!photo) return;
    this.#at = number;
    this.#draw(photo);
    if (!this.#dialog.open) this.#dialog.showModal();
    announce(photo.name);
    this.#tell(photo);
    const next = isText ? null : this.#page.photos.shown[number + 1];
    if (next) new Image().src = fileOf(next);
  }

  /** After a change: the same photo, or the one that is at its place now; closed where there is none. */
  refresh() {
    if (!this.#dialog.open) return;
    const { shown } = this.#page.photos;
    if (!shown.length) { this.close(); return; }
    const same = shown.findIndex(photo => photo.id === (this.#shownId ?? shown[this.#at]?.id));
    if (same < 0) { this.show(Math.min(this.#at, shown.length - 1)); return; }
    this.#at = same;
    this.#draw(shown[same]);
  }

  #shownId = null;

  #draw(photo) {
    const picture = find('#large-photo', this.#dialog);
    if (this.#shownId !== photo.id) {
      this.leave();
      if (isText) this.#write(photo);
      else Object.assign(picture, { src: fileOf(photo), alt: photo.name });
      find('#facts', this.#dialog).replaceChildren();
      if (!isText) find('#large-name', this.#dialog).textContent = photo.name;
    }
    this.#shownId = photo.id;
    const { count } = this.#page.photos;
    find('#large-place', this.#dialog).textContent = `${figure(this.#at + 1)} of ${figure(count)}`;
    for (const button of all('[data-step]', this.#dialog)) {
      button.disabled = !this.#page.photos.shown[this.#at + Number(button.dataset.step)];
    }
    find('#large-to .picks', this.#dialog).replaceChildren(...this.#page.choices(photo));
    this.#allPicks();
    const said = this.#page.said(photo);
    find('#large-said', this.#dialog).hidden = !said;
    find('#large-said', this.#dialog).replaceChildren(...(said ? [said] : []));
    this.#lead(photo);
    find('#large-use p', this.#dialog).textContent = useOf(photo);
    const keep = find('#large-use button span', this.#dialog);
    if (keep) keep.textContent = askToKeep([photo]);
  }

  /** Of a text that is not there yet only its beginning is known: who edited that would cut off the rest. */
  #write(photo) {
    const text = this.#details.get(photo.id)?.text;
    find('#large-text', this.#dialog).textContent = text ?? photo.name;
    const edit = find('#large-edit', this.#dialog);
    if (edit) edit.ariaDisabled = String(text === undefined); // not `disabled`: the arrow keys would lose their place
  }

  #lead(photo) {
    const place = find('#large-report', this.#dialog);
    if (!place) return;
    place.hidden = photo.category === null; // a version was tried on photos with a category alone
    place.querySelector('a').href = this.#page.report.replace('/0/', `/${photo.id}/`);
  }

  async #tell(photo) {
    try {
      if (!this.#details.has(photo.id)) this.#details.set(photo.id, await request('GET', `/api/samples/${photo.id}/`));
    } catch (error) {
      if (photo.id === this.#shownId) find('#facts', this.#dialog).replaceChildren(...fact('Not to be had', error.message));
      return;
    }
    if (photo.id !== this.#shownId) return;
    const sample = this.#details.get(photo.id);
    if (isText) this.#write(photo);
    else Object.assign(find('#large-photo', this.#dialog), { width: sample.width ?? 1, height: sample.height ?? 1 });
    find('#facts', this.#dialog).replaceChildren(...facts(sample));
  }
}

function facts(sample) {
  const rows = [
    ['Source', SOURCES[sample.source] ?? sample.source],
    ['Length', sample.text ? `${counted(sample.text.length, 'character')}${sample.cut ? ', cut there' : ''}` : ''],
    ['Size', sample.width ? `${figure(sample.width)} × ${figure(sample.height)} pixels` : ''],
    ['Added', moment(sample.created_at)],
    ['Taken', sample.taken_at ? moment(sample.taken_at) : ''],
    ['Belongs to', sample.group],
    ['By', sample.creator],
    ['Licence', sample.licence, sample.licence_url],
    ['Found at', hostOf(sample.landing_page), sample.landing_page],
  ];
  return rows.filter(([, text]) => text).flatMap(row => fact(...row));
}

const hostOf = address => (URL.canParse(address) ? new URL(address).hostname : '');

function fact(title, text, url = '') {
  const row = document.createElement('div');
  const term = document.createElement('dt');
  const said = document.createElement('dd');
  term.textContent = title;
  if (/^https?:/.test(url)) {
    const link = document.createElement('a');
    Object.assign(link, { href: url, target: '_blank', rel: 'noopener nofollow', textContent: text });
    said.append(link);
  } else {
    said.textContent = text;
  }
  row.append(term, said);
  return [row];
}
