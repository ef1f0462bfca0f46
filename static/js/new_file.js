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
const { kind } = document.getElementById('new-form').elements;

const nameOf = file => file.name.replace(ENDING, '').trim().slice(0, LONGEST) || file.name;

async function begin(file) {
  button.disabled = true;
  wrong.hidden = true;
  guardLeaving('file', true);
  let url = '';
  try {
    url = `/api/projects/${(await request('POST', '/api/projects/', { name: nameOf(file), kind: kind.value })).id}/`;
    if (await sent(`${url}imports/`, file)) {
      guardLeaving('file', false);
      location.assign(url.replace('/api', ''));
      return;
    }
  } catch (error) {
    wrong.textContent = `${file.name}: ${error.message}`;
    wrong.hidden = false;
  }
  guardLeaving('file', false);
  if (url) await request('DELETE', url).catch(() => {}); // an empty one helps nobody
  said.textContent = '';
  button.disabled = false;
  button.focus();
}

/** Whether it was sent: of a table is asked first which column holds what, and somebody may think better of it. */
async function sent(url, file) {
  const fields = kind.value === 'text' && !isArchive(file) ? await askForColumns(url, file, '') : {};
  if (!fields) return false;
  const sending = sendArchive(url, file, '', share => { said.textContent = `Sending ${file.name}, ${percent(share)}`; }, fields);
  await sending.found;
  return true;
}

button.addEventListener('click', () => {
  field.accept = TAKEN[kind.value];
  field.click();
});
field.addEventListener('change', () => {
  if (field.files.length) begin(field.files[0]);
  field.value = ''; // so that the same choice counts as a change again
});
