'use strict';
// Sends a file that holds others, and tells how far it is: with XMLHttpRequest, since fetch does not.
import { ApiError, csrfToken } from './api.js';

/** Whether a file holds others. */
export const isArchive = file => /\.(zip|tm)$/i.test(file.name);

/** `told(share)` is called on the way; `fields` are sent beside it. Gives `found`, a promise of the import, or of null where it was stopped, and
    `stop()`. */
export function sendArchive(url, file, told, fields = {}) {
  const form = new FormData();
  form.append('archive', file);
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const xhr = new XMLHttpRequest();
  xhr.open('POST', url);
  xhr.responseType = 'json';
  xhr.setRequestHeader('Accept', 'application/json');
  xhr.setRequestHeader('X-CSRFToken', csrfToken());
  xhr.upload.addEventListener('progress', ({ loaded, total }) => told(loaded / total));
  const found = new Promise((resolve, reject) => {
    xhr.addEventListener('load', () => {
      if (xhr.status === 202) resolve(xhr.response);
      else reject(new ApiError(xhr.status, xhr.response, 'The server did not take this file.'));
    });
    xhr.addEventListener('error', () => reject(new Error('Connection lost. Send it again.')));
    xhr.addEventListener('abort', () => resolve(null));
  });
  xhr.send(form);
  return { found, stop: () => xhr.abort() };
}
