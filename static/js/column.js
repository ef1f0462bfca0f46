'use strict';
// One category: its name, how much is enough, the drop zone, files on their way, and the gallery.
import { request } from './api.js';
import { droppedFiles, held, holdsFiles, photosOnly } from './drops.js';
import { filled, hintOf, toLearnFrom, LEAST, USEFUL, GOOD } from './enough.js';
import { apartIn, askToKeepApart, askToSort, byFolder, sort } from './folders.js';
import { Gallery } from './gallery.js';
import { isToImport } from './archive.js';
import { asOne } from './layout.js';
import { askForLinks } from './links.js';
import { announce, figure, note } from './page.js';
import { ask, askWhich } from './question.js';
import { renameInPlace } from './rename.js';
import { drawReach } from './reach.js';
import { Rows } from './rows.js';
import { setUpTextEntry } from './text_entry.js';
import { isText, thing, things } from './things.js';

const LONGEST_NAME = 100;

export class Column {
  #page;
  #gallery;
  #rows;

  /** `page` is told of changed counts, of columns used, moved and removed, and holds the uploads of all columns. */
  constructor(root, page) {
    this.root = root;
    this.#page = page;
    this.id = root.dataset.category;
    this.count = Number(root.dataset.count);
    this.samplesUrl = page.samplesUrl;
    this.#gallery = new Gallery(this);
    this.#nameEverything();
    if (!page.mayEdit) return;
    if (!isText) this.#rows = new Rows(this, page.uploads);
    this.#listenToHead();
    this.#listenToFiles();
    this.#listenToDrops();
  }

  get name() { return this.root.querySelector('.name').textContent; }

  get number() { return Number(this.root.querySelector('.sw').textContent); }

  get pending() { return this.#rows?.pending ?? 0; }

  /** Takes files, or where they come from several folders asks first; whether they all went into this category. */
  async offer(offered, back = null) {
    // A table is asked about first, and may say its own categories.
    if (isText) { this.#page.bringIn(offered, this); return false; }
    this.#page.bringIn(offered.filter(isToImport), this);
    const files = offered.filter(file => !isToImport(file));
    if (!files.length && offered.length) return false;
    const groups = byFolder(files);
    const asked = groups.length ? place => askToSort(place, groups, this)
      : apartIn(files) ? place => askToKeepApart(place, files) : null;
    const answer = asked ? await this.#ask(asked, back) : { said: 'whole' };
    if (!answer) note('Answer the question that is open there first, then add the folders again.', 'warn');
    if (answer?.said === 'sort') await sort(this.#page, groups, this);
    if (answer?.said !== 'whole') return false;
    asOne(files);
    this.take(files);
    return files.length > 0;
  }

  /** Queues files for this category; `facts` as Uploads takes them. */
  take(files, facts = {}) {
    if (!files.length) { note('No photo was found in there.', 'warn'); return; }
    this.#page.used(this);
    this.#rows.add(this.#page.uploads.add(files, this, facts));
    this.#page.countsChanged();
  }

  uploadChanged(upload) {
    if (upload.state === 'done' && !upload.counted) {
      upload.counted = true;
      if (upload.sample) this.insert(upload.sample); else this.refresh().catch(error => note(error.message));
    }
    this.#rows.changed(upload);
  }

  /** It was renamed elsewhere. */
  renamed(name) {
    this.root.querySelector('.name').textContent = name;
    this.#nameEverything();
  }

  /** Its category is gone: what is on its way to it is given up. */
  stop() { this.#rows?.stop(); }

  /** What the server holds now. */
  refresh() { return this.#gallery.refresh(); }

  /** A sample that is in this category from now on. */
  insert(sample) {
    this.#gallery.add(sample);
    this.setCount(this.count + 1);
  }

  /** A text of it was edited. */
  changed() {
    this.#page.countsChanged();
    this.#page.textsAdded();
  }

  setCount(count) {
    this.count = this.root.dataset.count = count;
    this.root.querySelector('.count').textContent = figure(count);
    this.root.querySelector('.count-noun').textContent = count === 1 ? thing : `${thing}s`;
    this.#gallery.draw();
    this.#page.countsChanged();
  }

  drawRows() { this.#rows?.draw(); }

  drawEnough(most) {
    const bar = this.root.querySelector('.enough .fi');
    const count = toLearnFrom(this);
    bar.setAttribute('width', `${(100 * filled(count)).toFixed(1)}%`);
    const steps = this.root.querySelectorAll('.enough-l span');
    [LEAST, USEFUL, GOOD].forEach((step, place) => steps[place].classList.toggle('hit', count >= step));
    if (this.#page.mayEdit) this.root.querySelector('.hint').textContent = hintOf(this, most);
  }

  #nameEverything() {
    const name = this.name;
    this.root.setAttribute('aria-label', `Category ${name}`);
    const walk = this.#page.mayEdit ? '; the arrow keys move between them' : '';
    this.root.querySelector('.grid').setAttribute('aria-label', `${isText ? 'Texts' : 'Photos'} of ${name}${walk}`);
    const all = this.root.querySelector('.all-photos');
    all.href = `${all.href.split('?')[0]}?category=${this.id}`;
    if (!this.#page.mayEdit) return;
    const labels = { '.rename-category': `Rename ${name}`, '.more-category > summary': `More for ${name}`,
      '.choose': `Choose ${isText ? 'a file' : 'photos'} for ${name}` };
    if (!isText) Object.assign(labels, { '.choose-folder': `Choose a folder for ${name}`, '.camera': `Take photos of ${name}` });
    for (const [button, label] of Object.entries(labels)) {
      this.root.querySelector(button).setAttribute('aria-label', label);
    }
    if (isText) return;
    this.root.querySelector('.web').dataset.name = name;
    drawReach();
  }

  #listenToHead() {
    renameInPlace(this.root.querySelector('.name'), this.root.querySelector('.rename-category'), {
      label: () => `Name of category ${this.number}`,
      longest: LONGEST_NAME,
      save: name => request('PATCH', `/api/categories/${this.id}/`, { name }),
      saved: () => { this.#nameEverything(); this.#page.countsChanged(); },
    });
    const links = isText ? {} : { '.add-links': () => this.#ask(place => askForLinks(place, this.#page, this)) };
    const actions = { ...links, '.move-earlier': () => this.#page.move(this, -1), '.move-later': () => this.#page.move(this, 1),
      '.merge-category': () => this.#merge(), '.delete-category': () => this.#delete() };
    for (const [button, act] of Object.entries(actions)) {
      this.root.querySelector(button).addEventListener('click', event => {
        if (event.currentTarget.ariaDisabled !== 'true') act();
      });
    }
  }

  /** `place` of `all`: what the menu can do follows from it. */
  drawMenu(place, all) {
    const off = { '.move-earlier': place === 0, '.move-later': place === all - 1, '.merge-category': all === 1 };
    for (const [button, disabled] of Object.entries(off)) this.root.querySelector(button).ariaDisabled = disabled;
  }

  get #menu() { return this.root.querySelector('.more-category'); }

  /** The focus goes back to where the menu is. */
  focus() { this.#menu.querySelector('summary').focus(); }

  /** Asks below the head, `question(place)`; null where a question stands there already. Then the focus goes `back`. */
  async #ask(question, back = null) {
    const place = this.root.querySelector('.ask-here');
    this.#menu.open = false;
    if (!place.hidden) return null;
    place.hidden = false;
    const said = await question(place);
    place.hidden = true;
    if (back) back.focus(); else this.focus();
    return { said, byKeyboard: document.activeElement.matches(':focus-visible') };
  }

  async #delete() {
    const what = this.count ? ` and its ${things(this.count)}` : '';
    const answer = await this.#ask(place => ask(place, `Delete ${this.name}${what}?`, 'Delete'));
    if (!answer?.said) return;
    try {
      await request('DELETE', `/api/categories/${this.id}/?samples=delete`);
    } catch (error) {
      note(error.message);
      return;
    }
    this.stop();
    this.#page.removed(this, `Deleted ${this.name}${what}.`, answer.byKeyboard);
  }

  async #merge() {
    if (this.pending) { note('Photos are still on their way. Merge when they are in.', 'warn'); return; }
    const others = this.#page.columns.filter(column => column !== this);
    const what = things(this.count);
    const moves = this.count === 1 ? 'moves' : 'move';
    const text = `Merge ${this.name} into which category? Its ${what} ${moves} there, and ${this.name} goes.`;
    const answer = await this.#ask(place => askWhich(place, text, others.map(other => other.tag())));
    const into = others[answer?.said ?? -1];
    if (!into) return;
    try {
      await request('POST', `/api/categories/${this.id}/merge/`, { into: Number(into.id) });
      await into.refresh();
    } catch (error) {
      note(error.message);
      return;
    }
    const said = `Moved ${what} of ${this.name} into ${into.name}.`;
    this.#page.removed(this, said, answer.byKeyboard, into);
  }

  /** Its number on its colour, and its name: what a button shows that stands for it. */
  tag() {
    const swatch = this.root.querySelector('.sw').cloneNode(true);
    swatch.classList.add([...this.root.classList].find(part => part.startsWith('cat-')));
    return [swatch, this.name];
  }

  #listenToFiles() {
    if (isText) setUpTextEntry(this, this.#page);
    for (const [button, input] of [['.choose', '.files'], ...(isText ? [] : [['.choose-folder', '.folder']])]) {
      const field = this.root.querySelector(input);
      this.root.querySelector(button).addEventListener('click', () => field.click());
      field.addEventListener('change', () => {
        this.offer(photosOnly(field.files), this.root.querySelector(button));
        field.value = ''; // so that the same choice counts as a change again
      });
    }
    if (!isText) {
      this.root.querySelector('.web').addEventListener('click', () => this.#page.searchWeb(this));
      this.root.querySelector('.camera').addEventListener('click', () => this.#page.record(this));
    }
    this.root.addEventListener('pointerenter', () => this.#page.pointedAt(this));
    this.root.addEventListener('pointerleave', () => this.#page.pointedAt(null));
  }

  #listenToDrops() {
    let depth = 0; // enter and leave also fire for everything inside
    const over = transfer => {
      const drop = this.root.querySelector('.drop');
      drop.classList.toggle('over', Boolean(transfer));
      for (const idle of drop.querySelectorAll('.drop-idle, .ways')) idle.hidden = Boolean(transfer);
      drop.querySelector('.drop-over').hidden = !transfer;
      if (!transfer) return;
      const number = held(transfer);
      const what = number && !isText ? things(number) : isText ? 'its texts' : 'them';
      drop.querySelector('.drop-over b').textContent = `Let go to add ${what} to ${this.name}`;
    };
    this.root.addEventListener('dragenter', event => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      depth += 1;
      over(event.dataTransfer);
    });
    this.root.addEventListener('dragleave', event => {
      if (!holdsFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (!depth) over(null);
    });
    this.root.addEventListener('drop', async event => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      depth = 0;
      over(null);
      this.offer(await droppedFiles(event.dataTransfer));
    });
  }
}
