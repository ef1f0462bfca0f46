'use strict';
// The bar above the grid: how many photos are selected, and what can be done with them.
import { icon, figure } from './page.js';
import { swatch } from './gallery_cells.js';
import { find } from './dom.js';

const SIDE_BY_SIDE = 2; // categories that get a button each, where there is room; more are a list
const NARROW = matchMedia('(max-width: 700px)');

/** `page` as in gallery_page.js; returns `draw()`. */
export function setUpPick(page) {
  const bar = document.getElementById('pick');
  if (!bar) return () => {};
  const select = document.getElementById('select');
  const accept = document.getElementById('accept');
  select.addEventListener('click', () => { page.selecting = !page.selecting; draw(); });
  accept.addEventListener('click', () => page.accept());
  const apart = find('#keep-apart', bar);
  apart.addEventListener('click', () => page.keepApart());
  find('#delete', bar).addEventListener('click', () => page.remove());
  find('#clear', bar).addEventListener('click', () => {
    page.clear();
    page.focus(page.grid.active);
  });

  let listed = ''; // what the buttons were drawn for

  function draw() {
    const { size } = page.selection;
    const shown = size > 0 || page.selecting;
    bar.hidden = !shown;
    bar.parentElement.classList.toggle('picking', shown);
    select.setAttribute('aria-pressed', shown);
    if (!shown) return;
    find('#picked', bar).textContent = `${figure(size)} selected`;
    for (const button of bar.querySelectorAll('button:not(#clear)')) button.disabled = size === 0;
    find('span', apart).textContent = page.areApart() ? 'Learn from again' : 'Keep apart for testing';
    const ready = page.inInbox() ? page.acceptable() : [];
    accept.hidden = !ready.length;
    const noun = document.createElement('span');
    noun.className = 'wide-only';
    noun.textContent = ready.length === 1 ? ' suggestion' : ' suggestions';
    accept.lastElementChild.replaceChildren(`Accept ${figure(ready.length)}`, noun);
    const wanted = `${page.photos.filter.category} ${NARROW.matches}`;
    if (listed !== wanted) drawTargets();
    listed = wanted;
  }

  function drawTargets() {
    const here = page.photos.filter.category;
    const others = [...page.categories.values()].filter(category => String(category.id) !== here);
    const few = others.length <= SIDE_BY_SIDE && !page.inInbox() && !NARROW.matches;
    const buttons = others.map(category => target(category, few));
    if (!few && !page.inInbox()) buttons.push(target(null, false));
    find('#to', bar).replaceChildren(...(few ? buttons : [menu(buttons)]));
  }

  function target(category, alone) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn small';
    if (alone) button.append(icon('move-right', 's'), 'Move to ');
    if (category) {
      const square = swatch(category);
      square.setAttribute('aria-hidden', 'true');
      button.append(square, category.name);
    } else {
      button.append(icon('inbox', 's'), 'No category');
    }
    button.addEventListener('click', () => page.moveTo(category?.id ?? null));
    return button;
  }

  function menu(buttons) {
    const list = document.createElement('details');
    list.className = 'menu move-menu';
    const open = document.createElement('summary');
    open.className = 'btn small';
    open.append(icon('move-right', 's'), 'Move to', icon('chevron-down', 's'));
    const inside = document.createElement('div');
    inside.className = 'menu-in';
    inside.append(...buttons);
    inside.addEventListener('click', () => { list.open = false; });
    list.append(open, inside);
    return list;
  }

  return draw;
}
