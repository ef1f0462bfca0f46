'use strict';
// "Photos are prepared as they arrive": asks every two seconds how far it is, only while something is left to do.
import { isFinal, request } from './api.js';
import { figure } from './page.js';
import { thing } from './things.js';

const EVERY = 2000; // ms

/** Starts watching; `wake()` is for when photos came in. */
export function watchPreparing(url, done, total) {
  const place = document.getElementById('prepared');
  let timer = 0;

  function draw(ready, all) {
    place.hidden = ready >= all;
    place.querySelector('span').textContent = `${figure(ready)} of ${figure(all)} ${thing}s prepared`;
    place.querySelector('progress').value = all ? ready / all : 1;
    if (ready < all) wake();
  }
  async function look() {
    timer = 0;
    if (document.hidden) { wake(); return; }
    try {
      const { features } = await request('GET', url);
      draw(features.done, features.total);
    } catch (error) {
      if (isFinal(error)) place.querySelector('span').textContent = error.message;
      else wake(); // the connection is back sometime; photos tell when it is gone
    }
  }
  function wake() { timer ||= setTimeout(look, EVERY); }

  draw(done, total);
  return { wake };
}
