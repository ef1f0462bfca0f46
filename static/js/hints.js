'use strict';
// What an underlined word means: its title, which a mouse shows by itself, by touch and by key as well.

import { all } from './dom.js';

const box = document.createElement('div');
box.className = 'hint-box';
box.popover = 'auto';
box.setAttribute('role', 'status');
document.body.append(box);

let shown = null;

function show(word) {
  shown = word;
  box.textContent = word.title;
  const beside = word.closest('dialog') ?? document.body; // an open dialog hides from screen readers what is outside it
  if (box.parentElement !== beside) beside.append(box);
  box.showPopover();
  place();
}

/** Below the word, or above it where there is no room. */
function place() {
  const at = shown.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8));
  const below = at.bottom + 6 + box.offsetHeight <= innerHeight;
  box.style.left = `${left}px`;
  box.style.top = `${below ? at.bottom + 6 : at.top - 6 - box.offsetHeight}px`;
}

const words = 'abbr[title][role="button"]';

/** Those that nobody could reach yet. */
function setUp() {
  for (const word of all('abbr[title]:not([role])')) {
    if (word.closest('a, button, summary, label')) continue; // what is pressed already does something else
    word.tabIndex = 0;
    word.setAttribute('role', 'button');
  }
}

document.addEventListener('click', event => {
  const word = event.target.closest(words);
  if (word) show(word);
});
document.addEventListener('keydown', event => {
  if ((event.key !== 'Enter' && event.key !== ' ') || !event.target.matches(words)) return;
  event.preventDefault();
  show(event.target);
});
setUp();
new MutationObserver(setUp).observe(document.body, { childList: true, subtree: true }); // what the page draws later
addEventListener('scroll', () => { if (box.matches(':popover-open')) place(); }, { passive: true });
