'use strict';
// What an editor does on the project page beside a single column: uploads, dropping and pasting, adding, ordering and
// removing categories, renaming the project, and Train while photos are coming.
import { request } from './api.js';
import { isToImport } from './archive.js';
import { setUpBurst } from './burst.js';
import { Column } from './column.js';
import { droppedFiles, held, holdsFiles, photosOnly } from './drops.js';
import { askToSort, byFolder, sort } from './folders.js';
import { announce, figure, fromTemplate, guardLeaving, note, toast } from './page.js';
import { setUpImports } from './imports.js';
import { pastedLinks } from './links.js';
import { renameInPlace } from './rename.js';
import { Uploads } from './uploads.js';
import { setUpWebSearch } from './websearch.js';
import { isText, thing, things } from './things.js';

const LONGEST_NAME = 200;

/** Gives `page` what its columns need to change something. */
export function setUpEditing(page, preparing) {
  const sending = setUpUploads(page, preparing);
  page.uploads = new Uploads(page.samplesUrl, Number(page.list.dataset.maxBytes), sending);
  setInterval(() => { if (page.uploads.resumeAt) for (const column of page.columns) column.drawRows(); }, 500);
  let lastUsed = null;
  page.used = column => { lastUsed = column; };
  setUpDrops(page);
  setUpPaste(page, () => (page.columns.includes(lastUsed) ? lastUsed : null));
  setUpAdding(page);
  setUpImports(page);
  if (!isText) { setUpWebSearch(page); setUpBurst(page); }
  page.move = (column, by) => move(page, column, by);
  page.removed = (column, said, byKeyboard, into = null) => removed(page, column, said, byKeyboard, into);
  renameInPlace(document.getElementById('title'), document.getElementById('rename-project'), {
    label: () => 'Name of the project',
    longest: LONGEST_NAME,
    save: name => request('PATCH', page.projectUrl, { name }),
    saved: name => {
      document.getElementById('project-name').textContent = name;
      document.title = `${name} · NanoWeb`;
    },
  });
}

// ---------------------------------------------------------------- uploads, and Train while they come

/** What to call whenever an upload changed. */
function setUpUploads(page, preparing) {
  const train = document.getElementById('train');
  let trainWaits = false;
  // Train pressed while photos are coming: it starts when they are in.
  train.addEventListener('submit', event => {
    const coming = page.coming();
    if (!coming) return;
    event.preventDefault();
    trainWaits = true;
    toast(`Training starts when ${coming === 1 ? 'the last photo is' : `the last ${figure(coming)} photos are`} in.`);
  });
  return upload => {
    upload.column.uploadChanged(upload);
    const busy = page.coming() > 0;
    guardLeaving('uploads', busy);
    if (upload.state === 'done') preparing.wake();
    if (!busy && trainWaits) { trainWaits = false; train.requestSubmit(); }
    if (upload.state !== 'sending') page.draw();
  };
}

// ---------------------------------------------------------------- dropping beside a column, and pasting

function setUpDrops(page) {
  addEventListener('dragover', event => {
    if (!holdsFiles(event)) return;
    event.preventDefault(); // else the browser would leave the page and open the photo
    const taken = isText || event.target.closest?.('.column') || !held(event.dataTransfer); // folders may say where they belong
    event.dataTransfer.dropEffect = taken ? 'copy' : 'none';
  });
  addEventListener('drop', async event => {
    if (!holdsFiles(event) || event.defaultPrevented) return;
    event.preventDefault();
    const files = await droppedFiles(event.dataTransfer);
    const archives = isText ? files : files.filter(isToImport);
    page.bringIn(archives);
    const groups = byFolder(files.filter(file => !isToImport(file)));
    if (archives.length === files.length) return;
    if (groups.length) await sortBeside(page, groups);
    else note(`Let go of ${thing}s on the category that they belong to.`, 'warn');
  });
}

/** Folders that were let go beside all categories. */
async function sortBeside(page, groups) {
  const place = document.createElement('div');
  page.list.before(place);
  const answer = await askToSort(place, groups, null);
  place.remove();
  document.querySelector('.add-open').focus({ preventScroll: true });
  if (answer === 'sort') await sort(page, groups, null);
}

function setUpPaste(page, lastUsed) {
  addEventListener('paste', async event => {
    const holds = [...(event.clipboardData?.items ?? [])].some(item => item.kind === 'file');
    const focused = page.columns.find(column => column.root.contains(document.activeElement));
    const column = focused ?? page.underPointer ?? lastUsed() ?? page.columns[0];
    if (!holds) {
      const text = event.target.closest?.('input, textarea') ? '' : event.clipboardData?.getData('text/plain') ?? '';
      if (isText) { if (text.trim() && column) { event.preventDefault(); column.paste(text); } return; }
      if (pastedLinks(page, text, column)) event.preventDefault();
      return;
    }
    event.preventDefault();
    if (!column) { note('Add a category first, then paste.', 'warn'); return; }
    const files = await droppedFiles(event.clipboardData);
    if (await column.offer(photosOnly(files))) toast(`Pasted into ${column.name}.`);
  });
}

// ---------------------------------------------------------------- adding a category

function setUpAdding(page) {
  const add = document.getElementById('add');
  const [open, form] = [add.querySelector('.add-open'), add.querySelector('form')];
  const wrong = document.getElementById('add-error');
  const field = form.elements.name;

  function show(shown) {
    open.hidden = shown;
    form.hidden = !shown;
    wrong.hidden = true;
    field.removeAttribute('aria-invalid');
    (shown ? field : open).focus();
  }
  open.addEventListener('click', () => show(true));
  form.querySelector('[data-cancel]').addEventListener('click', () => show(false));
  form.addEventListener('keydown', event => { if (event.key === 'Escape') show(false); });
  page.newColumn = category => addColumn(page, category);
  page.addCategory = async name => addColumn(page, await request('POST', `${page.projectUrl}categories/`, { name }));
  form.addEventListener('submit', async event => {
    event.preventDefault();
    try {
      const name = field.value.trim();
      if (!name) throw new Error('Give it a name.');
      await page.addCategory(name);
      field.value = '';
      show(false);
    } catch (error) {
      field.setAttribute('aria-invalid', 'true');
      wrong.textContent = error.message;
      wrong.hidden = false;
      field.focus();
    }
  });
}

function addColumn(page, category) {
  const root = fromTemplate('new-column');
  const number = Math.max(0, ...page.columns.map(column => column.number)) + 1;
  root.classList.add(`cat-${(number - 1) % 12 + 1}`);
  root.dataset.category = category.id;
  root.querySelector('.sw').textContent = number;
  root.querySelector('.name').textContent = category.name;
  document.getElementById('add').before(root);
  const column = new Column(root, page);
  page.columns.push(column);
  page.countsChanged();
  announce(`Added the category ${category.name}.`);
  return column;
}

// ---------------------------------------------------------------- their order, and removing one

/** One place earlier (-1) or later (1). The other one moves across, so that this one keeps the focus. */
async function move(page, column, by) {
  const place = page.columns.indexOf(column);
  const other = page.columns[place + by];
  if (!other) return;
  [page.columns[place], page.columns[place + by]] = [other, column];
  if (by > 0) column.root.before(other.root); else column.root.after(other.root);
  page.draw();
  column.root.scrollIntoView({ block: 'nearest' });
  announce(`${column.name} is now ${place + by + 1} of ${page.columns.length}.`);
  try {
    const ids = page.columns.map(each => Number(each.id));
    await request('POST', `${page.projectUrl}categories/order/`, { categories: ids });
  } catch (error) {
    note(`The new order was not kept. ${error.message}`);
  }
}

/** A category that is gone by now; its photos went into `into`, if into any. */
function removed(page, column, said, byKeyboard, into) {
  const place = page.columns.indexOf(column);
  page.drop(column);
  page.countsChanged();
  document.querySelector('.add-open').focus({ preventScroll: true });
  toast(said, () => restore(page, column, place, into), byKeyboard);
}

async function restore(page, column, place, into) {
  try {
    await request('POST', `${page.projectUrl}categories/restore/`, { category: Number(column.id) });
    page.columns.splice(place, 0, column);
    (page.columns[place + 1]?.root ?? document.getElementById('add')).before(column.root);
    await Promise.all([column.refresh(), into?.refresh()]);
    page.countsChanged();
    column.focus();
    announce(`${column.name} is back, with ${things(column.count)}.`);
  } catch (error) {
    note(error.message);
  }
}
