'use strict';
// Archives on their way in: sent with progress, then looked at by a worker, whose row is asked for until it has ended.
import { csrfToken, request } from './api.js';
import { all, find } from './dom.js';
import { announce, counted, figure, fromTemplate, guardLeaving, note, percent } from './page.js';

const PAUSE = 1000; // ms between two looks
const SHOWN = 100; // reasons
const ARCHIVE = /\.(zip|tm)$/i;
const UNDER_WAY = ['queued', 'running'];

/** Whether a file holds others. */
export const isArchive = file => ARCHIVE.test(file.name);

/** `page.imported()` is told when photos have come. Gives the page `bringIn(files, category)`. */
export function setUpImports(page) {
  const box = document.getElementById('imports');
  const button = document.getElementById('import');
  const field = document.getElementById('import-file');
  const imports = { box, url: `${page.projectUrl}imports/`, changed: page.imported };
  button.addEventListener('click', () => field.click());
  field.addEventListener('change', () => {
    page.bringIn([...field.files]);
    field.value = ''; // so that the same choice counts as a change again
  });
  page.bringIn = (files, category = '') => { for (const file of files) bringIn(imports, file, category); };
  if (Number(box.dataset.count)) showEarlier(imports);
}

async function showEarlier(imports) {
  const { results } = await request('GET', imports.url).catch(() => ({ results: [] }));
  for (const found of results.reverse()) follow(imports, rowFor(imports, found.name), found);
}

function rowFor(imports, name) {
  const row = fromTemplate('new-import');
  find('b', row).textContent = name;
  find('progress', row).setAttribute('aria-label', `Import of ${name}`);
  find('.stop', row).setAttribute('aria-label', `Stop the import of ${name}`);
  find('.dismiss', row).setAttribute('aria-label', `Dismiss ${name}`);
  find('ul', imports.box).prepend(row);
  imports.box.hidden = false;
  return row;
}

function remove(imports, row) {
  row.remove();
  imports.box.hidden = !find('li', imports.box);
  document.getElementById('import').focus();
}

// ---------------------------------------------------------------- sending

let sending = 0;

async function bringIn(imports, file, category) {
  const row = rowFor(imports, file.name);
  const form = new FormData();
  form.append('archive', file);
  if (category) form.append('category', category);
  guardLeaving(sending += 1);
  try {
    const found = await send(imports, row, form);
    if (found) follow(imports, row, found);
  } catch (error) {
    remove(imports, row);
    note(`${file.name}: ${error.message}`);
  }
  guardLeaving(sending -= 1);
}

/** The import, or null where it was stopped. With XMLHttpRequest: fetch does not tell how far it is. */
function send(imports, row, form) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', imports.url);
    xhr.responseType = 'json';
    xhr.setRequestHeader('Accept', 'application/json');
    xhr.setRequestHeader('X-CSRFToken', csrfToken());
    xhr.upload.addEventListener('progress', ({ loaded, total }) => {
      draw(row, { share: loaded / total, said: `Sending, ${percent(loaded / total)}` });
    });
    xhr.addEventListener('load', () => {
      if (xhr.status === 202) resolve(xhr.response);
      else reject(new Error(xhr.response?.error?.message ?? 'The server did not take this file.'));
    });
    xhr.addEventListener('error', () => reject(new Error('Connection lost. Send it again.')));
    xhr.addEventListener('abort', () => { remove(imports, row); resolve(null); });
    const stop = find('.stop', row);
    stop.addEventListener('click', () => xhr.abort(), { once: true });
    draw(row, { share: 0, said: 'Sending' });
    xhr.send(form);
  });
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
  drawImport(row, found);
  while (UNDER_WAY.includes(found.status)) {
    await new Promise(resolve => setTimeout(resolve, PAUSE));
    found = await request('GET', url).catch(error => (error.status === 404 ? { status: 'gone' } : found));
    if (found.status === 'gone') { remove(imports, row); return; }
    drawImport(row, found);
    if (found.added_count > told) imports.changed();
    told = found.added_count;
  }
  if (wasUnderWay) announce(`${found.name}: ${find('.imp-said', row).textContent}`);
}

function drawImport(row, { status, done, total, added_count: added, rejected, error }) {
  const photos = counted(added, 'photo');
  const said = {
    queued: 'Waiting for its turn',
    running: `${figure(done)} of ${counted(total, 'file')} looked at`,
    succeeded: `${photos} added${done > added ? `, ${figure(done - added)} not` : ''}`,
    cancelled: `Stopped; ${photos} added`,
    failed: error ?? '',
  }[status];
  const ended = !UNDER_WAY.includes(status);
  draw(row, { share: ended ? null : done / total, said, ended });
  row.classList.toggle('no', status === 'failed');
  drawReasons(find('details', row), rejected, done - added);
}

function draw(row, { share, said, ended = false }) {
  const bar = find('progress', row);
  bar.hidden = share === null;
  bar.value = share ?? 0;
  const place = find('.imp-said', row);
  if (place.textContent !== said) place.textContent = said;
  find('.stop', row).hidden = ended;
  find('.dismiss', row).hidden = !ended;
}

function drawReasons(details, rejected, number) {
  details.hidden = !number;
  find('summary span', details).textContent = `${counted(number, 'file')} not taken: why`;
  const list = find('ul', details);
  const shown = rejected.slice(0, SHOWN);
  if (all('li', list).length === shown.length + (number > shown.length)) return;
  list.replaceChildren(...shown.map(({ name, message }) => reason(name, message)));
  if (number > shown.length) list.append(reason('', `and ${figure(number - shown.length)} more`));
}

function reason(name, message) {
  const item = document.createElement('li');
  const said = document.createElement('b');
  said.textContent = name;
  item.append(said, ` ${message}`);
  return item;
}
