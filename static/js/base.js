'use strict';
// On every page: the theme button, menus that open where there is room and close as one expects, notes that can be
// dismissed, and buttons that act once when they are pressed twice.

const root = document.documentElement;
document.getElementById('theme').addEventListener('click', () => {
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  try { localStorage.setItem('theme', root.dataset.theme); } catch { /* storage is blocked: for this page only */ }
});

document.getElementById('messages').addEventListener('click', event => {
  if (!event.target.closest('.note-off')) return;
  event.target.closest('.note').remove();
  event.currentTarget.hidden = !event.currentTarget.children.length;
});

const GAP = 8; // px
const edgesOf = query => [...document.querySelectorAll(query)].map(each => each.getBoundingClientRect());

/** Between which heights something can be seen: the path lies over the window's top, a phone's bar over its foot. */
function inSight() {
  const over = edgesOf('.path, .path-go, .pick').filter(edge => edge.height);
  const middle = innerHeight / 2;
  return {
    top: Math.max(0, ...over.filter(edge => edge.top <= middle).map(edge => edge.bottom)),
    foot: Math.min(innerHeight, ...over.filter(edge => edge.top > middle).map(edge => edge.top)),
  };
}

/** Opens it upward where only that keeps it in sight; where neither does, the page moves. */
function place(menu) {
  const inside = menu.querySelector('.menu-in');
  menu.classList.remove('up');
  if (!menu.open || getComputedStyle(inside).position === 'fixed') return;
  const [box, sight] = [inside.getBoundingClientRect(), inSight()];
  const beyond = box.bottom + GAP - sight.foot;
  if (beyond <= 0) return;
  const summary = menu.getBoundingClientRect();
  if (summary.top - box.height - GAP >= sight.top) menu.classList.add('up');
  else scrollBy({ top: Math.min(beyond, box.top - sight.top - GAP) });
}

addEventListener('toggle', event => { // comes to the window only on its way down
  if (event.target.matches?.('details.menu')) place(event.target);
}, true);

const openMenus = () => document.querySelectorAll('details.menu[open]');
addEventListener('click', event => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});

const TWICE = 3000; // ms in which a second press is none of its own; what was pressed after that is meant
const pressed = new WeakMap(); // when each form was sent
document.addEventListener('submit', event => {
  if (event.defaultPrevented || event.target.method !== 'post') return;
  if (event.timeStamp - (pressed.get(event.target) ?? -TWICE) < TWICE) event.preventDefault();
  else pressed.set(event.target, event.timeStamp);
});
