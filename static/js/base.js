'use strict';
// On every page: the theme button, menus that close as one expects, and notes that can be dismissed.

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
