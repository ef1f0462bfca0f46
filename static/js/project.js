'use strict';
// The project page: its columns, their counts, and the path. What changes something is in editing.js.
import { Column } from './column.js';
import { SIGNED_OUT, request } from './api.js';
import { drawn } from './dom.js';
import { setUpEditing } from './editing.js';
import { missing, named, there } from './enough.js';
import { figure, note } from './page.js';
import { Loose } from './loose.js';
import { pathLater } from './path.js';
import { watchPreparing } from './preparing.js';
import { unreachable } from './reach.js';
import { things } from './things.js';

const LOOK_AGAIN = 3000; // ms
const list = document.getElementById('categories');
const projectUrl = `/api/projects/${list.dataset.project}/`;

const page = {
  list,
  projectUrl,
  samplesUrl: `${projectUrl}samples/`,
  mayEdit: list.dataset.mayEdit === 'yes',
  uploads: null,
  columns: [],
  underPointer: null,
  pointedAt(column) { page.underPointer = column; },
  countsChanged() {
    drawCounts();
    pathLater(['.path ol'], () => { drawCounts(); followTraining(); });
  },
  draw: drawCounts,
  textsAdded: () => preparing.wake(),
  drop(column) {
    page.columns.splice(page.columns.indexOf(column), 1);
    if (page.underPointer === column) page.underPointer = null;
    column.root.remove();
  },
  imported() { looking = looking.then(lookAtAll).catch(error => note(error.message)); },
  coming: () => page.columns.reduce((sum, column) => sum + column.pending, 0),
};
let looking = Promise.resolve(); // at what came from elsewhere, one time after another
let following = false; // a training, until it has ended

const total = () => page.columns.reduce((sum, column) => sum + column.count, 0) + loose.count;

function step(code, text, state) {
  const item = document.querySelector(`[data-step="${code}"]`);
  if (text) item.querySelector('.path-s').textContent = text;
  if (state !== undefined) item.className = state;
}

function drawCounts() {
  const most = page.columns.reduce((best, column) => (column.count > (best?.count ?? -1) ? column : best), null);
  for (const column of page.columns) column.drawEnough(most);
  if (!page.mayEdit) return;
  page.columns.forEach((column, place) => column.drawMenu(place, page.columns.length));
  const lack = missing(page.columns);
  const why = document.getElementById('why');
  if (why.textContent !== lack) why.textContent = lack;
  why.hidden = !lack;
  step('categories', named(page.columns.length), page.columns.length > 1 ? 'done' : '');
  const coming = page.coming() ? `${things(total())}, ${figure(page.coming())} coming` : '';
  step('images', coming || there(page.columns, total()), lack ? '' : 'done');
  // Where it has learned from exactly these photos, testing is the one thing to do now.
  const current = !lack && document.querySelector('[data-step="train"]').className === 'done';
  document.getElementById('test-it').hidden = !current;
  document.querySelector('#train button').classList.toggle('primary', !lack && !current);
  const first = !total() && document.getElementById('imports').hidden && !unreachable();
  document.getElementById('web-all')?.classList.toggle('primary', first);
}

/** What the server draws now; null where it cannot be asked. */
async function lookAgain() {
  await new Promise(resolve => setTimeout(resolve, LOOK_AGAIN));
  return document.hidden ? null : drawn(location.pathname);
}

// While a training is under way, the path is taken anew from the server until it has ended.
async function followTraining() {
  if (following) return;
  following = true;
  while (document.querySelector('[data-step="train"]').className === 'run') {
    const there = await lookAgain();
    if (!there) continue;
    const fresh = there.querySelector('.path ol');
    if (!fresh) { note(SIGNED_OUT); break; } // it is the page for signing in
    document.querySelector('.path ol').replaceWith(fresh);
    drawCounts();
  }
  following = false;
}

// While the photos of a copy come, their number; once they are there, all of them.
async function followCopying() {
  while (document.getElementById('copying')) {
    const fresh = await lookAgain();
    if (!fresh) continue;
    const still = fresh.getElementById('copying');
    if (still) document.querySelector('#copying p').replaceWith(still.querySelector('p'));
    else if (!page.coming()) { location.reload(); return; }
  }
}

/** Somebody deleted its category elsewhere, or merged it into another one. */
function gone(column) {
  column.stop();
  page.drop(column);
  note(`The category ${column.name} is no longer there: it was deleted or merged elsewhere.`, 'warn');
}

/** Photos came from elsewhere: which categories there are, what they are called, and what they hold now. */
async function lookAtAll() {
  const before = new Map(page.columns.map(column => [column, column.name]));
  const { categories } = await request('GET', projectUrl);
  const ids = new Set(categories.map(({ id }) => String(id)));
  for (const column of before.keys()) if (page.columns.includes(column) && !ids.has(column.id)) gone(column);
  for (const category of categories) {
    const column = page.columns.find(({ id }) => id === String(category.id)) ?? page.newColumn(category);
    // Unless somebody renamed it here meanwhile.
    if (column.name === before.get(column) && column.name !== category.name) column.renamed(category.name);
    if (column.count !== category.sample_count) await column.refresh();
  }
  await loose.refresh();
  page.countsChanged();
  preparing.wake();
}

const loose = new Loose(document.getElementById('loose'), page);
const preparing = watchPreparing(projectUrl, Number(list.dataset.featuresDone), Number(list.dataset.featuresTotal));
if (page.mayEdit) setUpEditing(page, preparing);
page.columns = [...list.querySelectorAll('.column')].map(root => new Column(root, page));
loose.draw();
drawCounts();
page.afterwards?.();
followTraining();
followCopying();
// A page from the browser's memory shows old counts.
addEventListener('pageshow', event => { if (event.persisted) location.reload(); });
