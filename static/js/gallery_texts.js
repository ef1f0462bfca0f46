'use strict';
// What the gallery does for texts alone: searching them, and editing the one that is enlarged.
import { find } from './dom.js';
import { announce } from './page.js';
import { pathLater } from './path.js';
import { editInPlace } from './text_edit.js';
import { shortened, things } from './things.js';

const STILL = 250; // ms without a key before it is searched for

/** `page` as in gallery_page.js. */
export function setUpTexts(page, large) {
  setUpSearch(page);
  const button = document.getElementById('large-edit');
  const shown = document.getElementById('large-text');
  button?.addEventListener('click', async () => {
    const { photo, text } = large;
    if (text === undefined) return;
    const { changed, leave } = editInPlace(shown, photo.id, text, `“${shortened(photo.name)}”`);
    large.leave = leave;
    const sample = await changed;
    if (sample) take(page, large, sample);
    if (large.photo?.id === photo.id) button.focus();
  });
}

/** A text as it is since it was edited. */
function take(page, large, sample) {
  page.photos.rename(sample.id, sample.text);
  large.edited(sample);
  page.inbox.forget(sample.id);
  page.redraw();
  pathLater();
}

function setUpSearch(page) {
  const field = find('#search');
  let timer = null;
  let last = '';
  async function search() {
    const words = field.value.trim();
    if (words === last) return;
    last = words;
    try {
      await page.ready;
      const show = await page.photos.search(words);
      if (words !== last) return; // more was typed meanwhile
      show();
    } catch (error) {
      last = '';
      page.failed(error);
      return;
    }
    page.selection.clear();
    page.grid.active = 0;
    page.redraw();
    announce(`${things(page.photos.count)} found.`);
  }
  field.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(search, STILL); });
  field.addEventListener('keydown', event => {
    if (event.key === 'Escape' && field.value) { field.value = ''; search(); event.stopPropagation(); }
    if (event.key === 'Enter') { event.preventDefault(); clearTimeout(timer); search(); }
    if (event.key === 'ArrowDown' && page.photos.count) { event.preventDefault(); page.focus(page.grid.active); }
  });
}
