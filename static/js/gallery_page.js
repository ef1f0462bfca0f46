'use strict';
// The gallery: every photo of a project on one page, to look at, select, move, delete, and put into categories.
import { find } from './dom.js';
import { setUpApart } from './gallery_apart.js';
import { dressed, suggestionNodes, swatch } from './gallery_cells.js';
import { Changes, photosNamed } from './gallery_changes.js';
import { listenToDrops } from './gallery_drops.js';
import { Grid } from './gallery_grid.js';
import { Inbox, ranks } from './gallery_inbox.js';
import { listenToKeys } from './gallery_keys.js';
import { Large } from './gallery_large.js';
import { NONE, Photos } from './gallery_photos.js';
import { setUpPick } from './gallery_pick.js';
import { setUpPiles } from './gallery_piles.js';
import { listenToPointer } from './gallery_pointer.js';
import { Selection } from './gallery_selection.js';
import { setUpTexts } from './gallery_texts.js';
import { announce, counted, figure, note } from './page.js';
import { isText, thing, things } from './things.js';

const NARROW = matchMedia('(max-width: 700px)');
const COARSE = matchMedia('(pointer: coarse)');
const MOST_RANKED = 2000; // texts of an inbox that are put in order unasked
const SETTLED = 150; // ms without scrolling, after which the place is kept for a reload

const root = document.getElementById('photos');
const box = document.getElementById('grid');
const url = `/api/projects/${root.dataset.project}/`;
const categories = new Map(JSON.parse(root.dataset.categories).map(category => [category.id, category]));
const mayEdit = root.dataset.mayEdit === 'yes';
const order = find('#order select');
const filter = { category: root.dataset.category, source: root.dataset.source, split: root.dataset.split };

const photos = new Photos(`${url}samples/index/`, filter, JSON.parse(root.dataset.first), Number(root.dataset.count));
const selection = new Selection(() => { grid.draw(); drawPick(); });
const inbox = new Inbox(url, { trained: 'report' in root.dataset, changed: () => redraw(), failed });
const inInbox = () => photos.filter.category === NONE;
const nameOf = category => categories.get(category)?.name ?? null;

const grid = new Grid(box, {
  at: number => photos.shown[number],
  dress: (cell, photo) => dressed(cell, photo, { categories, selection, inbox: inInbox() && inbox, waiting: '…' }),
  top: () => Math.max(0, find('#bar').getBoundingClientRect().height + find('.path').getBoundingClientRect().height),
});

const page = {
  grid, photos, selection, inbox, mayEdit, categories, inInbox, nameOf, redraw, failed,
  selecting: false,
  open: number => large.show(number),
  focus: number => grid.walkTo(number),
  assign, accept, acceptable, remove, back, leave, targets, undo: () => changes.undo(), selectAll, clear,
  moveTo: category => move([{ ids: targets().map(photo => photo.id), category }], targets()),
};
const changes = new Changes(url, photos, page);
const large = new Large(document.getElementById('large'), {
  photos,
  report: root.dataset.report,
  said: enlargedSuggestion,
  choices,
  keepApart: () => page.keepApart(),
  closed: number => land(number),
});
page.large = large;
setUpApart(page, changes);
const drawPiles = setUpPiles(find('#piles'), () => photos.filter, show);
const drawPick = setUpPick(page);
listenToPointer(box, page);
listenToDrops(`${url}samples/`, { photos, mayEdit, nameOf, added: () => photos.load().then(redraw, failed) });
listenToKeys(document.getElementById('area'), document.getElementById('large'), page);

// ---------------------------------------------------------------- what is shown

function redraw() {
  box.hidden = photos.count === 0;
  selection.keep(id => photos.of(id));
  grid.refresh(photos.count);
  drawPiles(photos.filter, photos.whole ? photos.counts() : null);
  find('#shown').textContent = things(photos.count);
  find('#none').hidden = photos.count > 0;
  find('#none span').textContent = inInbox() ? `Every ${thing} is in a category.` : photos.found ? `No ${thing} here holds these words.` : `No ${thing} is here.`;
  find('#order').hidden = !inInbox() || !photos.count || !('report' in root.dataset);
  find('#inbox-note').hidden = !inInbox() || !photos.count;
  find('#none a').hidden = inInbox() || Boolean(photos.found);
  drawPick();
  large.refresh();
  if (inInbox()) inbox.want(inSight);
}

/** The ids of those in sight that a suggestion is for. */
function inSight() {
  const seen = inInbox() ? grid.inSight.map(number => photos.shown[number]) : [];
  return [...seen, large.photo].filter(photo => photo?.category === null).map(photo => photo.id);
}

function shape() {
  if (isText) { grid.shape(1, 0, NARROW.matches && inInbox() ? 100 : 66); return; }
  const least = NARROW.matches ? (inInbox() ? 104 : 84) : (inInbox() ? 150 : 128);
  grid.shape(least, inInbox() ? (COARSE.matches ? 54 : 34) : 0);
}
for (const media of [NARROW, COARSE]) media.addEventListener('change', shape);

/** Another filter; `at` is where the window stood when one comes back to it. */
async function show(wanted, at = null) {
  await ready;
  selection.clear();
  order.value = '';
  photos.show(wanted);
  grid.active = 0;
  shape();
  redraw();
  if (at) grid.restore(at); else scrollTo(0, 0);
  if (isText) unsureFirst();
  announce(`${things(photos.count)} shown.`);
}

order.addEventListener('change', async () => {
  const rank = ranks(inbox)[order.value];
  if (rank) {
    await ready;
    const ids = photos.shown.map(photo => photo.id);
    await inbox.askAll(ids, done => announce(`The model has looked at ${figure(done)} of ${figure(ids.length)}.`));
  }
  photos.show(photos.filter, rank);
  grid.active = 0;
  redraw();
});

/** An inbox of texts begins with what the model is least sure of: a label for that teaches it most. */
function unsureFirst() {
  if (!inInbox() || order.value || !('report' in root.dataset) || photos.count > MOST_RANKED) return;
  order.value = 'unsure';
  order.dispatchEvent(new Event('change'));
}

// ---------------------------------------------------------------- what is done to photos

/** The enlarged photo; else those selected; else the one that has the focus. */
function targets() {
  if (large.photo) return [large.photo];
  if (selection.size) return selection.ids.map(id => photos.of(id));
  const active = box.contains(document.activeElement) ? photos.shown[grid.active] : null;
  return active ? [active] : [];
}

/** One after the other, and only once all photos are known. */
async function move(moves, moved, text = `Moved ${photosNamed(moved)} ${whereTo(moves[0].category)}.`) {
  if (!moved.length) return;
  await ready;
  leave(moved, () => changes.move(moves, text));
}

const whereTo = category => (category === null ? 'out of its category' : `to ${nameOf(category)}`);

/** After `change` the focus is on what stands where the first of these photos stood. */
function leave(gone, change) {
  const ids = new Set(gone.map(photo => photo.id));
  const first = photos.shown.findIndex(photo => ids.has(photo.id));
  const enlarged = large.open;
  selection.clear();
  page.selecting = false;
  if (!enlarged) grid.active = Math.max(0, first);
  change();
  if (!enlarged) land(grid.active);
}

/** The focus on the photo of that number, or where there is none on the words that say so. */
function land(number) {
  if (photos.count) grid.walkTo(number); else find('#shown').focus();
}

/** An undo leads to what it brought back. */
function back(ids) {
  const some = new Set(ids);
  redraw();
  const first = photos.shown.findIndex(photo => some.has(photo.id));
  if (first < 0) return;
  if (large.open) large.show(first); else land(first);
}

function assign(number) {
  const category = [...categories.values()].find(one => one.number === number);
  if (!category) { announce(`There is no category ${number}.`); return false; }
  page.moveTo(category.id);
  return true;
}

/** Those of the photos that the model has a category for that is still there. */
function acceptable(some = targets()) {
  return some.filter(photo => {
    const said = photo.category === null && inbox.of(photo.id);
    return said && !said.none_of_these && categories.has(said.category_id);
  });
}

/** Each into the category that the model suggests; what it has none for stays. */
function accept(numbers = null) {
  const some = numbers ? numbers.map(number => photos.shown[number]) : targets();
  const those = acceptable(some);
  if (!those.length) {
    if (inInbox()) announce('The model has no category for this.');
    return;
  }
  const into = Map.groupBy(those, photo => inbox.of(photo.id).category_id);
  const moves = [...into].map(([category, group]) => ({ ids: group.map(photo => photo.id), category }));
  const stay = some.length - those.length;
  const rest = stay ? ` ${counted(stay, 'other')} stay${stay === 1 ? 's' : ''}.` : '';
  const where = moves.length === 1 ? ` ${whereTo(moves[0].category)}` : '';
  move(moves, those, `Moved ${photosNamed(those)}${where}${where ? '' : ' as suggested'}.${rest}`);
}

async function remove() {
  const gone = targets();
  if (!gone.length) return;
  await ready;
  leave(gone, () => changes.delete(gone.map(photo => photo.id), `Deleted ${photosNamed(gone)}.`));
}

function selectAll() {
  ready.then(() => selection.set(photos.shown.map(photo => photo.id)));
  return true;
}

function clear() {
  page.selecting = false;
  selection.clear();
  drawPick();
}

// ---------------------------------------------------------------- the enlarged photo

function enlargedSuggestion(photo) {
  if (photo.category !== null) return null;
  const said = inbox.of(photo.id);
  if (!said) { inbox.want(inSight); return null; }
  const line = document.createElement('span');
  line.append('The model suggests ', ...suggestionNodes(said, categories));
  if (mayEdit && acceptable([photo]).length) {
    const button = document.createElement('button');
    Object.assign(button, { type: 'button', className: 'btn small', textContent: 'Accept' });
    button.addEventListener('click', () => accept([photos.shown.indexOf(photo)]));
    line.append(button);
  }
  return line;
}

function choices(photo) {
  const shown = mayEdit ? [...categories.values()] : [categories.get(photo.category)].filter(Boolean);
  return shown.map(category => {
    const button = document.createElement(mayEdit ? 'button' : 'span');
    button.className = `pickcat cat-${category.colour}`;
    const square = swatch(category);
    square.setAttribute('aria-hidden', 'true');
    button.append(square, category.name);
    if (!mayEdit) return button;
    button.type = 'button';
    button.setAttribute('aria-pressed', category.id === photo.category);
    button.addEventListener('click', () => move([{ ids: [photo.id], category: category.id }], [photo]));
    return button;
  });
}
if (isText) setUpTexts(page, large);
document.getElementById('large-delete')?.addEventListener('click', remove);

// ---------------------------------------------------------------- the start, and a reload

async function failed(error) {
  large.close();
  note(error.message);
  await photos.load().catch(() => {});
  redraw();
}

history.scrollRestoration = 'manual';
let timer = null;
addEventListener('scroll', () => {
  clearTimeout(timer);
  timer = setTimeout(() => history.replaceState({ at: grid.position() }, ''), SETTLED);
  if (inInbox()) inbox.want(inSight);
}, { passive: true });

grid.count = photos.count;
shape();
redraw();
if (history.state?.at) grid.restore(history.state.at);
const ready = page.ready = photos.load().then(redraw, failed);
if (isText) ready.then(unsureFirst);
// A page from the browser's memory shows old counts.
addEventListener('pageshow', event => { if (event.persisted) photos.load().then(redraw, failed); });
