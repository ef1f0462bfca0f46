'use strict';
// Sends a file that holds others, and tells how far it is: with XMLHttpRequest, since fetch does not.
import { ApiError, csrfToken, request } from './api.js';
import { isInFolder } from './drops.js';

/** Whether a file holds others. */
export const isArchive = file => /\.(zip|tm)$/i.test(file.name);

/** Whether a file holds others or names them, as a list does that comes by itself, not beside photos in a folder. */
export const isToImport = file => isArchive(file) || (/\.(csv|tsv|jsonl?|txt)$/i.test(file.name) && !isInFolder(file));

/** `told(share)` is called on the way; `fields` are sent beside it. Gives `found`, a promise of the import, or of null where
    it was stopped, and `stop()`: of what has been sent to its end, the import is cancelled when the server answers. */
export function sendArchive(url, file, told, fields = {}) {
  const form = new FormData();
  form.append('archive', file);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const xhr = new XMLHttpRequest();
  xhr.open('POST', url);
  xhr.responseType = 'json';
  xhr.setRequestHeader('Accept', 'application/json');
  xhr.setRequestHeader('X-CSRFToken', csrfToken());
  let isSent = false;
  let isStopped = false;
  xhr.upload.addEventListener('progress', ({ loaded, total }) => told(loaded / total));
  xhr.upload.addEventListener('load', () => { isSent = true; });
  const found = new Promise((resolve, reject) => {
    xhr.addEventListener('load', () => {
      if (xhr.status === 202) resolve(isStopped ? cancelled(xhr.response) : xhr.response);
      else reject(new ApiError(xhr.status, xhr.response, 'The server did not take this file.'));
    });
    xhr.addEventListener('error', () => reject(new Error('Connection lost. Send it again.')));
    xhr.addEventListener('abort', () => resolve(null));
  });
  xhr.send(form);
  return { found, stop: () => { isStopped = true; if (!isSent) xhr.abort(); } };
}

/** The import itself where it has ended meanwhile. */
const cancelled = found => request('POST', `/api/imports/${found.id}/cancel/`).catch(() => found);
