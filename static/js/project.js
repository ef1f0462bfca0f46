'use strict';
// The project page: its columns, and what concerns all of them.
import { request } from './api.js';
import { Column } from './column.js';
import { droppedFiles, photosOnly } from './drops.js';
import { missing } from './enough.js';
import { Loose } from './loose.js';
import { announce, counted, figure, fromTemplate, note, toast } from './page.js';
import { watchPreparing } from './preparing.js';
import { renameInPlace } from './rename.js';
import { Uploads } from './uploads.js';

const LONGEST_NAME = 200;
const LOOK_AGAIN = 3000; // ms
const list = document.getElementById('categories');
const projectUrl = `/api/projects/${list.dataset.project}/`;

const page = {
  samplesUrl: `${projectUrl}samples/`,
  uploads: new Uploads(`${projectUrl}samples/`, Number(list.dataset.maxBytes), uploadChanged),
  columns: [],
  lastUsed: null,
  underPointer: null,
  used(column) { page.lastUsed = column; },
  pointedAt(column) { page.underPointer = column; },
  countsChanged() { drawCounts(); touched = true; },
  deleted(column) {
    page.columns = page.columns.filter(other => other !== column);
    if (page.lastUsed === column) page.lastUsed = null;
    column.root.remove();
    page.countsChanged();
    document.querySelector('.add-open').focus();
  },
};
let touched = false; // whether something changed since the server wrote the path

// ---------------------------------------------------------------- counts, the path and Train

const coming = () => page.columns.reduce((sum, column) => sum + column.pending, 0);
const total = () => page.columns.reduce((sum, column) => sum + column.count, 0) + loose.count;

function step(code, text, state) {
  const item = document.querySelector(`[data-step="${code}"]`);
  if (text) item.querySelector('.path-s').textContent = text;
  if (state !== undefined) item.className = state;
}

function drawCounts() {
  const most = page.columns.reduce((best, column) => (column.count > (best?.count ?? -1) ? column : best), null);
  for (const column of page.columns) column.drawEnough(most);
  const lack = missing(page.columns);
  const why = document.getElementById('why');
  if (why.textContent !== lack) why.textContent = lack;
  why.hidden = !lack;
  step('categories', `${page.columns.length} named`, page.columns.length > 1 ? 'done' : '');
  step('images', counted(total(), 'photo') + (coming() ? `, ${figure(coming())} coming` : ''), lack ? '' : 'done');
  if (touched && document.querySelector('[data-step="train"]').className !== 'run') {
    step('train', lack ? 'Needs more photos' : 'Ready', lack ? 'off' : 'ready');
  }
  // Where it has learned from exactly these photos, testing is the one thing to do now.
  const current = !lack && document.querySelector('[data-step="train"]').className === 'done';
  document.getElementById('test-it').hidden = !current;
  document.querySelector('#train button').classList.toggle('primary', !lack && !current);
}

// While a training is under way, the path is taken anew from the server until it has ended.
async function followTraining() {
  while (document.querySelector('[data-step="train"]').className === 'run') {
    await new Promise(resolve => setTimeout(resolve, LOOK_AGAIN));
    if (document.hidden) continue;
    const answer = await fetch(location.pathname).catch(() => null);
    if (!answer?.ok) continue;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('.path ol');
    if (fresh) document.querySelector('.path ol').replaceWith(fresh);
    touched = false;
    drawCounts();
  }
}

// Train pressed while photos are coming: it starts when they are in.
const train = document.getElementById('train');
let trainWaits = false;
train.addEventListener('submit', event => {
  if (!coming()) return;
  event.preventDefault();
  trainWaits = true;
  toast(`Training starts when ${coming() === 1 ? 'the last photo is' : `the last ${figure(coming())} photos are`} in.`);
});

// ---------------------------------------------------------------- uploads

const stay = event => event.preventDefault();
let guarded = false;

function uploadChanged(upload) {
  upload.column.uploadChanged(upload);
  const busy = coming() > 0;
  if (busy !== guarded) {
    guarded = busy;
    if (busy) addEventListener('beforeunload', stay); else removeEventListener('beforeunload', stay);
  }
  if (upload.state === 'done') preparing.wake();
  if (!busy && trainWaits) { trainWaits = false; train.requestSubmit(); }
  if (upload.state !== 'sending') drawCounts();
}
setInterval(() => { if (page.uploads.resumeAt) for (const column of page.columns) column.drawRows(); }, 500);

// ---------------------------------------------------------------- dropping beside a column, and pasting

addEventListener('dragover', event => {
  if (!event.dataTransfer?.types.includes('Files')) return;
  event.preventDefault(); // else the browser would leave the page and open the photo
  event.dataTransfer.dropEffect = event.target.closest?.('.column') ? 'copy' : 'none';
});
addEventListener('drop', event => {
  if (!event.dataTransfer?.types.includes('Files') || event.defaultPrevented) return;
  event.preventDefault();
  note('Let go of photos on the category that they belong to.', 'warn');
});

addEventListener('paste', async event => {
  const holds = [...(event.clipboardData?.items ?? [])].some(item => item.kind === 'file');
  if (!holds) return;
  event.preventDefault();
  const focused = page.columns.find(column => column.root.contains(document.activeElement));
  const column = focused ?? page.underPointer ?? page.lastUsed ?? page.columns[0];
  if (!column) { note('Add a category first, then paste.', 'warn'); return; }
  const files = await droppedFiles(event.clipboardData);
  column.take(photosOnly(files));
  toast(`Pasted into ${column.name}.`);
});

// ---------------------------------------------------------------- adding a category, renaming the project

const add = document.getElementById('add');
const [addOpen, addForm] = [add.querySelector('.add-open'), add.querySelector('form')];
const addError = document.getElementById('add-error');

function showAdding(shown) {
  addOpen.hidden = shown;
  addForm.hidden = !shown;
  addError.hidden = true;
  addForm.elements.name.removeAttribute('aria-invalid');
  (shown ? addForm.elements.name : addOpen).focus();
}
addOpen.addEventListener('click', () => showAdding(true));
addForm.querySelector('[data-cancel]').addEventListener('click', () => showAdding(false));
addForm.addEventListener('keydown', event => { if (event.key === 'Escape') showAdding(false); });
addForm.addEventListener('submit', async event => {
  event.preventDefault();
  const field = addForm.elements.name;
  try {
    const name = field.value.trim();
    if (!name) throw new Error('Give it a name.');
    showCategory(await request('POST', `${projectUrl}categories/`, { name }));
    field.value = '';
    showAdding(false);
  } catch (error) {
    field.setAttribute('aria-invalid', 'true');
    addError.textContent = error.message;
    addError.hidden = false;
    field.focus();
  }
});

function showCategory(category) {
  const root = fromTemplate('new-column');
  const number = Math.max(0, ...page.columns.map(column => column.number)) + 1;
  root.classList.add(`cat-${(number - 1) % 12 + 1}`);
  root.dataset.category = category.id;
  root.querySelector('.sw').textContent = number;
  root.querySelector('.name').textContent = category.name;
  add.before(root);
  page.columns.push(new Column(root, page));
  page.countsChanged();
  announce(`Added the category ${category.name}.`);
}

renameInPlace(document.getElementById('title'), document.getElementById('rename-project'), {
  label: () => 'Name of the project',
  longest: LONGEST_NAME,
  save: name => request('PATCH', projectUrl, { name }),
  saved: name => {
    document.getElementById('project-name').textContent = name;
    document.title = `${name} · NanoWeb`;
  },
});

// ---------------------------------------------------------------- the start

const loose = new Loose(document.getElementById('loose'), page);
const preparing = watchPreparing(projectUrl, Number(list.dataset.featuresDone), Number(list.dataset.featuresTotal));
page.columns = [...list.querySelectorAll('.column')].map(root => new Column(root, page));
loose.draw();
touched = false;
drawCounts();
followTraining();
// A page from the browser's memory shows old counts.
addEventListener('pageshow', event => { if (event.persisted) location.reload(); });
