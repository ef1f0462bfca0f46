'use strict';
// The operator's page: what changes is drawn anew every few seconds, while somebody looks and is not in the midst of it.
import { find, refresh } from './dom.js';

const EVERY = 5000; // ms
const stale = find('#stale');

function busy() {
  const live = find('#live');
  return document.hidden || live.contains(document.activeElement) || live.contains(getSelection().focusNode);
}

async function look() {
  if (!busy()) stale.hidden = await refresh('#live');
  setTimeout(look, EVERY);
}
setTimeout(look, EVERY);
