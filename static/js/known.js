'use strict';
// Which of many files the project has already: asked by their hashes before they are sent. Whoever closed the tab chooses
// the same folder again, and only what is missing goes.
import { request } from './api.js';

export const MANY = 20; // of fewer it is quicker to send them

/** Those of `files` that are there already. Empty where this browser or server cannot tell: then they are sent. */
export async function known(samplesUrl, files) {
  if (!globalThis.crypto?.subtle) return new Set(); // over plain http, but for this machine itself
  try {
    const hashes = new Map(await Promise.all(files.map(async file => [file, await sha256(file)])));
    const answer = await request('POST', `${samplesUrl}known/`, { hashes: [...hashes.values()].filter(Boolean) });
    const there = new Set(answer.known);
    return new Set(files.filter(file => there.has(hashes.get(file))));
  } catch {
    return new Set();
  }
}

/** In hexadecimal; '' where the file cannot be read, which sending it tells better. */
async function sha256(file) {
  try {
    const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
    return [...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    return '';
  }
}
