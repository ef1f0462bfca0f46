'use strict';
// What is on its way in: archives are sent with progress, photos of the web were chosen. A worker looks at them, and its
// row is asked for until it has ended.
import { isFinal, request } from './api.js';
import { isArchive, sendArchive } from './archive.js';
import { all, find } from './dom.js';
import { seconds } from './numbers.js';
import { announce, counted, figure, fromTemplate, guardLeaving, note, percent } from './page.js';
import { heard } from './reach.js';
import { askForColumns } from './table_preview.js';
import { isText, things } from './things.js';

const PAUSE = 1000; // ms between two looks
const SHOWN = 100; // reasons
const NUMBER = /^\d+$/; // a row of a table
const MOST_ASKED = 5; // tables, one after the other
const MOST_TOLD = 1000; // of them the server tells
const UNDER_WAY = ['queued', 'running'];

/** `page.imported()` is told when photos have come. Gives the page `bringIn(files, column)`, and `follow(found)` for an
    import that was begun elsewhere. */
export function setUpImports(page) {
  const box = document.getElementById('imports');
  const button = document.getElementById('import');
  const field = document.getElementById('import-file');
  const imports = {
    box,
    url: `${page.projectUrl}imports/`,
    changed: page.imported,
    drawn: page.draw,
    mayLeave: () => !sending && !page.coming(),
  };
  button.addEventListener('click', () => field.click());
  field.addEventListener('change', () => {
    page.bringIn([...field.files]);
    field.value = ''; // so that the same choice counts as a change again
  });
  page.bringIn = async (files, column = null) => {
    for (const file of fewTables(files)) {
      const row = rowFor(imports, file.name);
      const fields = isText && !isArchive(file) ? await columnsOf(imports, row, file, column?.name ?? '') : {};
      const into = column && { category_id: column.id };
      if (fields) bringIn(imports, row, file, { ...fields, ...into }); else remove(imports, row);
    }
  };
  page.follow = found => {
    const row = rowFor(imports, found.name);
    follow(imports, row, found);
    row.scrollIntoView({ block: 'nearest' });
  };
  if (Number(box.dataset.count)) showEarlier(imports);
}

/** Without tables and lists where there are so many that nobody would answer for each: then it is a folder of texts, or
    what stands beside photos. */
function fewTables(files) {
  const archives = files.filter(isArchive);
  const tables = files.length - archives.length;
  if (tables <= MOST_ASKED) return files;
  const instead = isText ? 'Pack them into a zip, with a folder for each category, and drop that.'
    : `Drop ${MOST_ASKED} lists of addresses at a time.`;
  note(`${figure(tables)} files one by one are too many. ${instead}`, 'warn');
  return archives;
}

async function showEarlier(imports) {
  const { results } = await request('GET', imports.url).catch(() => ({ results: [] }));
  for (const found of results.reverse()) follow(imports, rowFor(imports, found.name), found);
  if (results.length) imports.changed(); // one may have ended since this page was drawn
}

function rowFor(imports, name) {
  const row = fromTemplate('new-import');
  find('b', row).textContent = name;
  find('progress', row).setAttribute('aria-label', `Import of ${name}`);
  find('.stop', row).setAttribute('aria-label', `Stop the import of ${name}`);
  find('.dismiss', row).setAttribute('aria-label', `Dismiss ${name}`);
  find('ul', imports.box).prepend(row);
  imports.box.hidden = false;
  imports.drawn();
  return row;
}

function remove(imports, row) {
  const focused = row.contains(document.activeElement);
  row.remove();
  imports.box.hidden = !find('li', imports.box);
  imports.drawn();
  if (focused) document.getElementById('import').focus(); // from elsewhere it is not taken away
}

// ---------------------------------------------------------------- sending

let sending = 0;

/** Of a table: asked for, one file after the other; null where it is not to be imported. */
async function columnsOf(imports, row, file, category) {
  draw(row, { said: 'Reading' });
  find('.stop', row).hidden = true; // its question can be cancelled
  return askForColumns(imports.url, file, category).catch(error => { note(`${file.name}: ${error.message}`); return null; });
}

async function bringIn(imports, row, file, fields) {
  guardLeaving('imports', sending += 1);
  try {
    const found = await send(imports, row, file, fields);
    if (found) follow(imports, row, found);
  } catch (error) {
    remove(imports, row);
    note(`${file.name}: ${error.message}`);
  }
  guardLeaving('imports', sending -= 1);
}

/** The import, or null where it was stopped. */
async function send(imports, row, file, fields) {
  draw(row, { share: 0, said: 'Sending' });
  const told = share => draw(row, { share, said: `Sending, ${percent(share)}` });
  const sending = sendArchive(imports.url, file, told, fields);
  find('.stop', row).addEventListener('click', () => { draw(row, { said: 'Stopping' }); sending.stop(); }, { once: true });
  const found = await sending.found;
  if (!found) remove(imports, row);
  return found;
}

// ---------------------------------------------------------------- following

async function follow(imports, row, found) {
  const url = `/api/imports/${found.id}/`;
  find('.stop', row).addEventListener('click', () => request('POST', `${url}cancel/`).catch(error => note(error.message)));
  find('.dismiss', row).addEventListener('click', () => {
    remove(imports, row);
    request('DELETE', url).catch(() => {}); // it is shown once more, after a reload
  });
  const wasUnderWay = UNDER_WAY.includes(found.status);
  let told = 0;
  let stage = stageOf(found);
  drawImport(row, found);
  while (UNDER_WAY.includes(found.status)) {
    await new Promise(resolve => setTimeout(resolve, PAUSE));
    found = await request('GET', url).catch(error => (isFinal(error) ? { error } : found));
    if (found.error?.status === 404) { remove(imports, row); return; }
    if (found.error?.status) { draw(row, { share: null, said: found.error.message, ended: true }); return; }
    drawImport(row, found);
    if (stage !== stageOf(found)) announce(`${found.name}: ${find('.imp-said', row).textContent}`);
    stage = stageOf(found);
    if (found.added_count > told) imports.changed();
    told = found.added_count;
  }
  if (!wasUnderWay) return;
  if (found.kind === 'web') { heard(found); imports.drawn(); }
  // “Search and build” goes on to its training, unless it has to say something, or something here would be lost or is
  // being looked at.
  const mayGo = !found.error && imports.mayLeave() && !find('dialog:modal');
  if (found.run && mayGo) location.assign(find('.to-run', row).href);
}

/** What screen readers are told of: not each photo. */
const stageOf = ({ status, total }) => `${status} ${total > 0}`;

/** What is counted of it: one, and several where that is not with an s. */
const nounsOf = found =>
  ({ web: ['photo'], links: ['address', 'addresses'], table: [isArchive(found) ? 'text' : 'row'] })[found.kind] ?? ['file'];

function drawImport(row, found) {
  const { status, done, total, added_count: added, error, run } = found;
  const ended = !UNDER_WAY.includes(status);
  const nouns = nounsOf(found);
  draw(row, { share: ended ? null : total ? done / total : undefined, said: saidOf(found, nouns), ended });
  row.classList.toggle('no', Boolean(error));
  drawReasons(find('details', row), found.rejected, found.kind === 'table' ? found.rejected.length : done - added, nouns);
  find('.to-run', row).hidden = !run;
  if (run) find('.to-run', row).href = `/runs/${run}/`;
}

function saidOf({ kind, status, done, total, added_count: added, cut_count: cut, rejected, pause, error }, nouns) {
  const came = things(added);
  const not = kind === 'table' ? rejected.length : done - added; // a table has blank rows, and names on top
  const short = cut ? `, ${figure(cut)} of them too long and cut` : '';
  if (UNDER_WAY.includes(status) && kind === 'web' && !total) return 'Searching the web…';
  return {
    queued: 'Waiting for its turn',
    running: `${figure(done)} of ${counted(total, ...nouns)} looked at${pause ? `; a server asks to wait ${seconds(pause)}` : ''}`,
    succeeded: `${came} added${short}${not ? `, ${figure(not)}${not === MOST_TOLD ? ' or more' : ''} not` : ''}${error ? `. ${error}` : ''}`,
    cancelled: `Stopped; ${came} added`,
    failed: `${error ?? ''}${added ? ` ${came} added before.` : ''}`,
  }[status];
}

function draw(row, { share, said, ended = false }) {
  const bar = find('progress', row);
  bar.hidden = share === null;
  if (share === undefined) bar.removeAttribute('value'); else bar.value = share ?? 0; // without one it only moves
  const place = find('.imp-said', row);
  if (place.textContent !== said) place.textContent = said;
  find('.stop', row).hidden = ended;
  find('.dismiss', row).hidden = !ended;
}

function drawReasons(details, rejected, number, nouns) {
  details.hidden = !number;
  find('summary span', details).textContent = `${counted(number, ...nouns)} not taken: why`;
  const list = find('ul', details);
  const shown = rejected.slice(0, SHOWN);
  if (all('li', list).length === shown.length + (number > shown.length)) return;
  list.replaceChildren(...shown.map(({ name, message }) => reason(NUMBER.test(name) ? `Row ${name}` : name, message)));
  if (number > shown.length) list.append(reason('', `and ${figure(number - shown.length)} more`));
}

function reason(name, message) {
  const item = document.createElement('li');
  const said = document.createElement('b');
  said.textContent = name;
  item.append(said, ` ${message}`);
  return item;
}
