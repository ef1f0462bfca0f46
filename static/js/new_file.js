'use strict';
// A new project from a file: of a zip whose folders are its categories, or of a table of texts. It is named after the
// file, which is sent from here.
import { request } from './api.js';
import { isArchive, sendArchive } from './archive.js';
import { guardLeaving, percent } from './page.js';
import { askForColumns } from './table_preview.js';

const LONGEST = 200;
const TAKEN = { image: '.zip,.tm,application/zip', text: '.txt,.csv,.tsv,.json,.jsonl,.xlsx,.zip' };
const ENDING = /\.[a-z]{2,5}$/i;
const button = document.getElementById('from-file');
const field = document.getElementById('file');
const said = document.getElementById('file-said');
const wrong = document.getElementById('file-wrong');
const form = document.getElementById('new-form');
let stopping = null; // of the file that is being sent

const nameOf = file => file.name.replace(ENDING, '').trim().slice(0, LONGEST) || file.name;

async function begin(file) {
  const kind = form.elements.kind.value; // can be changed while the file is sent
  stopping = new AbortController();
  const { signal } = stopping;
  button.disabled = true;
  wrong.hidden = true;
  guardLeaving('file', true);
  let url = '';
  try {
    url = `/api/projects/${(await request('POST', '/api/projects/', { name: nameOf(file), kind })).id}/`;
    if (await sent(`${url}imports/`, file, kind, signal)) {
      guardLeaving('file', false);
      location.assign(url.replace('/api', ''));
      return;
    }
  } catch (error) {
    wrong.textContent = `${file.name}: ${error.message}`;
    wrong.hidden = signal.aborted; // then nobody waits for it any more
  }
  guardLeaving('file', false);
  if (url) await request('DELETE', url).catch(() => {}); // an empty one helps nobody
  said.textContent = '';
  button.disabled = false;
  button.focus();
}

/** Whether it was sent: of a table is asked first which column holds what, and somebody may think better of it. */
async function sent(url, file, kind, signal) {
  if (signal.aborted) return false;
  said.textContent = `Reading ${file.name}`;
  const fields = kind === 'text' && !isArchive(file) ? await askForColumns(url, file, '', signal) : {};
  if (!fields) return false;
  const told = share => { said.textContent = `Sending ${file.name}, ${percent(share)}`; };
  told(0);
  const sending = sendArchive(url, file, told, fields);
  signal.addEventListener('abort', sending.stop);
  return await sending.found !== null && !signal.aborted;
}

// Who closes the dashboard's dialog wants none of it; where the form is a page of its own, there is no dialog.
form.closest('dialog')?.addEventListener('close', () => stopping?.abort());

button.addEventListener('click', () => {
  field.accept = TAKEN[form.elements.kind.value];
  field.click();
});
field.addEventListener('change', () => {
  if (field.files.length) begin(field.files[0]);
  field.value = ''; // so that the same choice counts as a change again
});
