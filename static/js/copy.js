'use strict';
// Buttons that copy what stands in another element: data-copy names its id. Without a clipboard the text is selected.

import { all, find } from './dom.js';
import { announce } from './page.js';

/** What the button says and reads out for a moment. */
function said(button, text) {
  const words = find('span', button);
  const before = words.textContent;
  if (before === text) return;
  words.textContent = text;
  announce(text);
  setTimeout(() => { words.textContent = before; }, 2000);
}

for (const button of all('[data-copy]')) {
  const source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      said(button, 'Copied');
    } catch { // no https, or not allowed
      if (source.select) source.select();
      else getSelection().selectAllChildren(source);
      said(button, 'Press Ctrl C');
    }
  });
}
