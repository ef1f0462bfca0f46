'use strict';
// Photos let go on the gallery: into the category that is shown, or where all are shown into none.
import { droppedFiles, holdsFiles } from './drops.js';
import { apartIn, byFolder } from './folders.js';
import { NONE } from './gallery_photos.js';
import { asOne } from './layout.js';
import { counted, figure, guardLeaving, note, toast, withOthers } from './page.js';
import { isText, thing } from './things.js';
import { Uploads } from './uploads.js';

/** `page` has `photos`, `mayEdit`, `nameOf(category)`, `added()`. */
export function listenToDrops(url, page) {
  // Else the browser would leave the page and open the file.
  addEventListener('dragover', event => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = page.mayEdit ? 'copy' : 'none';
  });
  const incoming = page.mayEdit && !isText && new Incoming(url, page);
  addEventListener('drop', async event => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    if (incoming) incoming.take(await droppedFiles(event.dataTransfer));
    else if (page.mayEdit) note('Drop files on the project’s page: it asks which column holds the texts.', 'warn');
    else note(`You may look at this project, not add ${thing}s to it.`, 'warn');
  });
}

class Incoming {
  #page;
  #line = document.createElement('p'); // how far it is
  #uploads;
  #all = [];

  constructor(url, page) {
    this.#page = page;
    this.#uploads = new Uploads(url, Infinity, () => this.#changed()); // the server says which are too large
    Object.assign(this.#line, { className: 't13 two', hidden: true });
    this.#line.setAttribute('role', 'status');
    document.getElementById('bar').after(this.#line);
  }

  take(files) {
    const folders = byFolder(files).filter(([name]) => name).length;
    if (folders) {
      note(`These come from ${figure(folders)} folders. Drop them on the project’s page, which can sort them.`, 'warn');
      return;
    }
    if (!files.length) { note('No photo was found in there.', 'warn'); return; }
    asOne(files);
    const { category } = this.#page.photos.filter;
    const name = this.#page.nameOf(Number(category)) ?? '';
    this.#all.push(...this.#uploads.add(files, { id: category === NONE ? '' : category, name }));
    this.#changed();
  }

  #changed() {
    const coming = this.#all.filter(upload => upload.pending);
    this.#line.hidden = !coming.length;
    const wait = coming.find(upload => upload.reason)?.reason ?? '';
    this.#line.textContent = coming.length ? `Adding ${counted(coming.length, 'photo')}. ${wait}` : '';
    guardLeaving('uploads', coming.length > 0);
    if (!coming.length && this.#all.length) this.#end(this.#all.splice(0));
  }

  #end(all) {
    const done = all.filter(upload => upload.state === 'done');
    const names = new Set(done.map(upload => upload.column.name));
    const [name] = names;
    const where = names.size === 1 && name ? ` to ${name}` : '';
    const apart = apartIn(done.map(upload => upload.file));
    const here = all.filter(upload => upload.state === 'here').length;
    const added = `${counted(done.length, 'photo')} added${where || (name === '' ? ' without a category' : '')}.`;
    const kept = `${figure(apart)} in folders named “test” kept apart for testing.`;
    const known = `${counted(here, 'photo')} ${here === 1 ? 'was' : 'were'} here already, and not sent again.`;
    const said = [done.length && added, apart && kept, here && known].filter(Boolean);
    if (said.length) toast(said.join(' '));
    if (done.length) this.#page.added();
    // One note for each reason, however many files it is of.
    for (const [reason, files] of Map.groupBy(all.filter(each => each.reason), each => each.reason)) {
      note(`Not taken: ${withOthers(files[0].file.name, files.length)}. ${reason}`);
    }
  }
}
