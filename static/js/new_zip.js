'use strict';
// A new project from a zip whose folders are its categories: named after the file, which is sent from here.
import { request } from './api.js';
import { sendArchive } from './archive.js';
import { guardLeaving, percent } from './page.js';

const LONGEST = 200;
const button = document.getElementById('from-zip');
const field = document.getElementById('zip-file');
const said = document.getElementById('zip-said');
const wrong = document.getElementById('zip-wrong');

const nameOf = file => file.name.replace(/\.(zip|tm)$/i, '').trim().slice(0, LONGEST) || 'Photos';

async function begin(file) {
  button.disabled = true;
  wrong.hidden = true;
  guardLeaving(true);
  let url = '';
  try {
    url = `/api/projects/${(await request('POST', '/api/projects/', { name: nameOf(file) })).id}/`;
    const sending = sendArchive(`${url}imports/`, file, '', share => {
      said.textContent = `Sending ${file.name}, ${percent(share)}`;
    });
    await sending.found;
    guardLeaving(false);
    location.assign(url.replace('/api', ''));
  } catch (error) {
    guardLeaving(false);
    if (url) await request('DELETE', url).catch(() => {}); // an empty one helps nobody
    said.textContent = '';
    wrong.textContent = `${file.name}: ${error.message}`;
    wrong.hidden = false;
    button.disabled = false;
    button.focus();
  }
}

button.addEventListener('click', () => field.click());
field.addEventListener('change', () => {
  if (field.files.length) begin(field.files[0]);
  field.value = ''; // so that the same choice counts as a change again
});
