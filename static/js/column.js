'use strict';
// One category: its name, how much is enough, the drop zone, files on their way, and the gallery.
import { request } from './api.js';
import { droppedFiles, held, photosOnly } from './drops.js';
import { filled, hint, LEAST, USEFUL, GOOD } from './enough.js';
import { Gallery } from './gallery.js';
import { announce, counted, figure, note } from './page.js';
import { ask } from './question.js';
import { renameInPlace } from './rename.js';
import { Rows } from './rows.js';

const LONGEST_NAME = 100;

export class Column {
  #page;
  #gallery;
  #rows;

  /** `page` is told of changed counts, of columns used and deleted, and holds the uploads of all columns. */
  constructor(root, page) {
    this.root = root;
    this.#page = page;
    this.id = root.dataset.category;
    this.count = Number(root.dataset.count);
    this.samplesUrl = page.samplesUrl;
    this.#gallery = new Gallery(this);
    this.#rows = new Rows(this, page.uploads);
    this.#nameEverything();
    this.#listenToHead();
    this.#listenToFiles();
    this.#listenToDrops();
  }

  get name() { return this.root.querySelector('.name').textContent; }

  get number() { return Number(this.root.querySelector('.sw').textContent); }

  get pending() { return this.#rows.pending; }

  /** Queues files for this category. */
  take(files) {
    if (!files.length) { note('No photo was found in there.', 'warn'); return; }
    this.#page.used(this);
    this.#rows.add(this.#page.uploads.add(files, this));
    this.#page.countsChanged();
  }

  uploadChanged(upload) {
    if (upload.state === 'done' && !upload.counted) {
      upload.counted = true;
      if (upload.sample) this.insert(upload.sample); else this.#gallery.refresh().catch(error => note(error.message));
    }
    this.#rows.changed(upload);
  }

  /** A sample that is in this category from now on. */
  insert(sample) {
    this.#gallery.add(sample);
    this.setCount(this.count + 1);
  }

  setCount(count) {
    this.count = this.root.dataset.count = count;
    this.root.querySelector('.count').textContent = figure(count);
    this.root.querySelector('.count-noun').textContent = count === 1 ? 'photo' : 'photos';
    this.#gallery.draw();
    this.#page.countsChanged();
  }

  drawRows() { this.#rows.draw(); }

  drawEnough(most) {
    const bar = this.root.querySelector('.enough .fi');
    bar.setAttribute('width', `${(100 * filled(this.count)).toFixed(1)}%`);
    const steps = this.root.querySelectorAll('.enough-l span');
    [LEAST, USEFUL, GOOD].forEach((step, place) => steps[place].classList.toggle('hit', this.count >= step));
    this.root.querySelector('.hint').textContent = hint(this.count, most);
  }

  #nameEverything() {
    const name = this.name;
    this.root.setAttribute('aria-label', `Category ${name}`);
    this.root.querySelector('.grid').setAttribute('aria-label', `Photos of ${name}; the arrow keys move between them`);
    const labels = { '.rename-category': `Rename ${name}`, '.delete-category': `Delete the category ${name}`,
      '.choose': `Choose photos for ${name}`, '.choose-folder': `Choose a folder for ${name}` };
    for (const [button, label] of Object.entries(labels)) {
      this.root.querySelector(button).setAttribute('aria-label', label);
    }
  }

  #listenToHead() {
    renameInPlace(this.root.querySelector('.name'), this.root.querySelector('.rename-category'), {
      label: () => `Name of category ${this.number}`,
      longest: LONGEST_NAME,
      save: name => request('PATCH', `/api/categories/${this.id}/`, { name }),
      saved: () => { this.#nameEverything(); this.#page.countsChanged(); },
    });
    this.root.querySelector('.delete-category').addEventListener('click', event => this.#delete(event.currentTarget));
  }

  async #delete(button) {
    const place = this.root.querySelector('.ask-here');
    if (!place.hidden) return;
    place.hidden = false;
    const what = this.count ? ` and its ${counted(this.count, 'photo')}` : '';
    const sure = await ask(place, `Delete ${this.name}${what}?`, 'Delete');
    place.hidden = true;
    button.focus();
    if (!sure) return;
    try {
      await request('DELETE', `/api/categories/${this.id}/?samples=delete`);
    } catch (error) {
      note(error.message);
      return;
    }
    this.#rows.stop();
    announce(`Deleted ${this.name}.`);
    this.#page.deleted(this);
  }

  #listenToFiles() {
    for (const [button, input] of [['.choose', '.files'], ['.choose-folder', '.folder']]) {
      const field = this.root.querySelector(input);
      this.root.querySelector(button).addEventListener('click', () => field.click());
      field.addEventListener('change', () => {
        this.take(photosOnly(field.files));
        field.value = ''; // so that the same choice counts as a change again
      });
    }
    this.root.addEventListener('pointerenter', () => this.#page.pointedAt(this));
    this.root.addEventListener('pointerleave', () => this.#page.pointedAt(null));
  }

  #listenToDrops() {
    let depth = 0; // enter and leave also fire for everything inside
    const over = transfer => {
      const drop = this.root.querySelector('.drop');
      drop.classList.toggle('over', Boolean(transfer));
      drop.querySelector('.drop-idle').hidden = drop.querySelector('.ways').hidden = Boolean(transfer);
      drop.querySelector('.drop-over').hidden = !transfer;
      if (!transfer) return;
      const number = held(transfer);
      const what = number ? counted(number, 'photo') : 'them';
      drop.querySelector('.drop-over b').textContent = `Let go to add ${what} to ${this.name}`;
    };
    const files = event => event.dataTransfer?.types.includes('Files');
    this.root.addEventListener('dragenter', event => {
      if (!files(event)) return;
      event.preventDefault();
      depth += 1;
      over(event.dataTransfer);
    });
    this.root.addEventListener('dragleave', event => {
      if (!files(event)) return;
      depth = Math.max(0, depth - 1);
      if (!depth) over(null);
    });
    this.root.addEventListener('drop', async event => {
      if (!files(event)) return;
      event.preventDefault();
      depth = 0;
      over(null);
      this.take(await droppedFiles(event.dataTransfer));
    });
  }
}
