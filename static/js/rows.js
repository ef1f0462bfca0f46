'use strict';
// The rows of files on their way into one category. Only a few are drawn, however many wait.
import { announce, counted, figure, fromTemplate, icon, percent, toast, withOthers } from './page.js';

const WAITING_ROWS = 8;
const REFUSED_ROWS = 12;
const NAMED = 20; // files that a row for several names under the pointer
const DONE_ROWS = 3; // at most so many linger
const LINGER = 2000; // ms that a done row stays

export class Rows {
  #column;
  #uploads;
  #all = [];
  #taken = 0;
  #here = 0; // were there already
  #rows = new Map(); // upload -> its row
  #drawing = false;
  #box;

  constructor(column, uploads) {
    this.#column = column;
    this.#uploads = uploads;
    this.#box = column.root.querySelector('.adding');
    this.#box.querySelector('.uploads-more button').addEventListener('click', () => {
      this.#all = this.#all.filter(upload => upload.state !== 'refused');
      this.draw();
    });
  }

  get pending() { return this.#all.filter(upload => upload.pending).length; }

  add(uploads) {
    if (!this.pending) this.#taken = this.#here = 0;
    this.#all.push(...uploads);
    this.draw();
  }

  /** To be told of every change of an upload of this column. */
  changed(upload) {
    if (upload.state === 'done' && !upload.leaving) {
      upload.leaving = true;
      this.#taken += 1;
      setTimeout(() => this.#remove(upload), LINGER);
      const done = this.#all.filter(other => other.state === 'done');
      if (done.length > DONE_ROWS) this.#remove(done[0]);
    }
    if (upload.state === 'here') {
      this.#here += 1;
      this.#all = this.#all.filter(other => other !== upload);
    }
    if (!upload.pending && !this.pending) this.#tellEnd();
    this.draw();
  }

  /** Cancels everything: the category is gone. */
  stop() {
    for (const upload of this.#all) if (upload.pending) this.#uploads.cancel(upload);
    this.#all = [];
  }

  /** At the next frame, once, however often it is asked for. */
  draw() {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => { this.#drawing = false; this.#draw(); });
  }

  /** Those that its row stands for, itself among them. */
  #alike(upload) { return alikeIn(this.#all.filter(isOut)).find(some => some.includes(upload)) ?? [upload]; }

  #remove(upload) {
    const gone = this.#alike(upload);
    this.#all = this.#all.filter(other => !gone.includes(other));
    this.draw();
  }

  #tellEnd() {
    const refused = this.#all.filter(isOut).length;
    const lost = refused ? `, ${counted(refused, 'file')} not taken` : '';
    const here = this.#here ? `, ${figure(this.#here)} here already` : '';
    announce(`${counted(this.#taken, 'photo')} added to ${this.#column.name}${here}${lost}.`);
    if (!this.#here) return;
    const was = this.#here === 1 ? 'was' : 'were';
    toast(`${counted(this.#here, 'photo')} of ${this.#column.name} ${was} here already, and not sent again.`);
  }

  #draw() {
    const pending = this.#all.filter(upload => upload.pending);
    const refused = this.#all.filter(isOut);
    const alike = alikeIn(refused);
    const groups = alike.slice(0, REFUSED_ROWS);
    const done = this.#all.filter(upload => upload.state === 'done');
    this.#box.hidden = !pending.length && !refused.length && !done.length;
    if (this.#box.hidden) this.#taken = this.#here = 0;
    this.#title(pending.length, refused.length);

    const shown = new Set([...done, ...pending.slice(0, WAITING_ROWS), ...groups.map(([first]) => first)]);
    for (const [upload, row] of this.#rows) {
      if (shown.has(upload)) continue;
      if (row.contains(document.activeElement)) this.#column.root.querySelector('.choose').focus();
      if (row.picture) URL.revokeObjectURL(row.picture);
      row.remove();
      this.#rows.delete(upload);
    }
    const list = this.#box.querySelector('.uploads');
    this.#all.filter(upload => shown.has(upload)).forEach((upload, place) => {
      const row = this.#rows.get(upload) ?? this.#made(upload);
      if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
      nameRow(row, groups.find(([first]) => first === upload) ?? [upload]);
      drawRow(row, upload, this.#uploads.resumeAt);
    });
    this.#foot(pending.length - WAITING_ROWS, refused.length - groups.flat().length, alike.length);
  }

  #title(pending, refused) {
    const [title, tally] = this.#box.querySelectorAll('.adding-l > *');
    const whole = counted(this.#taken + pending + refused, 'file');
    const over = refused ? 'Not everything was taken' : 'Added';
    title.textContent = pending ? `Adding ${whole}` : over;
    const parts = [`${figure(this.#taken)} in`];
    if (pending) parts.push(`${figure(pending)} on the way`);
    if (this.#here) parts.push(`${figure(this.#here)} here already`);
    if (refused) parts.push(`${figure(refused)} not taken`);
    tally.textContent = parts.join(', ');
  }

  #foot(waiting, unseen, refused) {
    const foot = this.#box.querySelector('.uploads-more');
    const [said, dismiss] = foot.children;
    const parts = [];
    if (waiting > 0) parts.push(`${figure(waiting)} more waiting`);
    if (unseen > 0) parts.push(`${figure(unseen)} more not taken`);
    said.textContent = parts.length ? `and ${parts.join(', ')}` : '';
    dismiss.hidden = refused < 2;
    foot.hidden = !parts.length && dismiss.hidden;
  }

  #made(upload) {
    const row = fromTemplate('new-upload');
    const name = upload.file.name;
    row.querySelector('progress').setAttribute('aria-label', `Uploading ${name}`);
    row.querySelector('.off').addEventListener('click', () => {
      if (upload.pending) this.#uploads.cancel(upload);
      this.#remove(upload);
    });
    row.querySelector('.again').addEventListener('click', () => {
      if (upload.state === 'lost') this.#uploads.tryNow();
      else for (const each of this.#alike(upload)) this.#uploads.retry(each);
    });
    showPicture(row, upload.file);
    this.#rows.set(upload, row);
    return row;
  }
}

function showPicture(row, file) {
  const place = row.querySelector('.file');
  place.append(icon('image'));
  if (!file.type.startsWith('image/') || file.type.includes('hei')) return;
  row.picture = URL.createObjectURL(file);
  const picture = new Image();
  Object.assign(picture, { className: 'ph', alt: '', decoding: 'async' });
  picture.addEventListener('load', () => { if (!row.classList.contains('no')) place.replaceChildren(picture); });
  picture.src = row.picture;
}

const isOut = upload => upload.state === 'refused' || upload.state === 'failed';

/** Groups of those that were not taken for the same reason, each of which is one row. */
const alikeIn = uploads => [...Map.groupBy(uploads, upload => `${upload.state} ${upload.reason}`).values()];

/** Says how many files the row stands for, and what its buttons do. */
function nameRow(row, group) {
  const [{ state, pending, file }] = group;
  const name = withOthers(file.name, group.length);
  const label = `${pending ? 'Stop' : 'Dismiss'} ${name}`;
  const off = row.querySelector('.off');
  if (off.ariaLabel === label && row.state === state) return;
  off.ariaLabel = label;
  row.querySelector('.again span').textContent = state === 'lost' ? 'Try now' : group.length > 1 ? 'Retry all' : 'Retry';
  row.querySelector('b').textContent = name;
  row.querySelector('b').title = group.map(upload => upload.file.name).slice(0, NAMED).join(', ');
}

function drawRow(row, upload, resumeAt) {
  if (row.state !== upload.state) {
    row.state = upload.state;
    const refused = isOut(upload);
    row.classList.toggle('no', refused);
    row.classList.toggle('yes', upload.state === 'done');
    if (refused) row.querySelector('.file').replaceChildren(icon('circle-x'));
    const again = row.querySelector('.again');
    again.hidden = upload.state !== 'lost' && upload.state !== 'failed';
    row.querySelector('progress').hidden = !['waiting', 'sending', 'done'].includes(upload.state);
    row.querySelector('.off').hidden = upload.state === 'done';
  }
  row.querySelector('progress').value = upload.state === 'done' ? 1 : upload.share;
  const words = { sending: percent(upload.share), waiting: 'Waiting', done: 'Added' };
  row.querySelector('.pc').textContent = words[upload.state] ?? '';
  const why = row.querySelector('.why');
  const wait = Math.max(0, Math.ceil((resumeAt - Date.now()) / 1000));
  const again = resumeAt && wait < Infinity ? `Trying again in ${wait} s.` : 'Trying again.';
  const reason = upload.state === 'lost' ? `${upload.reason} ${again}` : upload.reason;
  why.hidden = !reason;
  if (why.textContent !== reason) why.textContent = reason;
}
