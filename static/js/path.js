'use strict';
// The path on top follows what is changed on its page: the server draws it anew.
import { refresh } from './dom.js';

const PAUSE = 600; // ms between two times, so that many changes ask seldom
let wanted = false;
let running = false;

/** Draws `parts` anew, the path and the button at its end if nothing else is named, and then calls `drawn`. */
export async function pathLater(parts = ['.path ol', '.path-go'], drawn = () => {}) {
  wanted = true;
  if (running) return;
  running = true;
  while (wanted) {
    await new Promise(resolve => setTimeout(resolve, PAUSE));
    wanted = false;
    if (await refresh(...parts).catch(() => false)) drawn();
  }
  running = false;
}
