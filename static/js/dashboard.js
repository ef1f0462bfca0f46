'use strict';
// The dashboard: a dialog for a new project, finding one, a card's menu, and cards that follow what is under way.

import { request } from './api.js';
import { drawn } from './dom.js';
import { announce, closable, counted, note, toast } from './page.js';
import { renameInPlace } from './rename.js';

const LONGEST_NAME = 200;
const LOOK_AGAIN = 3000; // ms
const list = document.getElementById('projects');
const cards = () => [...(list?.children ?? [])];

// ---------------------------------------------------------------- a new project

const ask = document.getElementById('ask');
document.getElementById('new')?.addEventListener('click', () => {
  ask.showModal();
  ask.querySelector('[name=this]').focus(); // else it goes to Close, which comes first
});
if (ask) closable(ask);

// ---------------------------------------------------------------- finding, by the names of projects and categories

const find = document.getElementById('find');
const none = document.getElementById('none-found');

/** Without case, accents and the forms that only look different. */
const plain = text => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

function filter() {
  if (!find) return;
  const words = plain(find.value).split(/\s+/).filter(Boolean);
  for (const card of cards()) {
    const names = plain(`${card.querySelector('.name').textContent} ${card.dataset.categories}`);
    card.hidden = !words.every(word => names.includes(word));
  }
  const found = cards().filter(card => !card.hidden).length;
  none.hidden = found > 0;
  none.textContent = found ? '' : `No project, and no category in one, is called “${find.value.trim()}”.`;
  if (words.length && found) announce(`${counted(found, 'project')} found.`);
}

find?.addEventListener('input', filter);
find?.addEventListener('keydown', event => {
  if (event.key === 'Escape') { find.value = ''; filter(); }
  if (event.key === 'Enter') cards().find(card => !card.hidden)?.querySelector('.name').focus();
});
addEventListener('keydown', event => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || !find) return;
  if (event.target.closest('input, textarea, select, dialog')) return;
  event.preventDefault();
  find.focus();
  find.select();
});

// ---------------------------------------------------------------- a card's menu

function setUp(card) {
  const url = `/api/projects/${card.dataset.project}/`;
  const [name, menu] = [card.querySelector('.name'), card.querySelector('.menu')];
  const rename = card.querySelector('.rename-project');
  if (rename) {
    rename.hidden = false;
    rename.addEventListener('click', () => { menu.open = false; });
    renameInPlace(name, rename, {
      label: () => 'Name of the project',
      longest: LONGEST_NAME,
      save: text => request('PATCH', url, { name: text }),
      saved: text => menu.querySelector('summary').setAttribute('aria-label', `More for ${text}`),
      back: menu.querySelector('summary'),
    });
  }
  card.querySelector('.delete-project')?.addEventListener('submit', event => {
    if (cards().length === 1) return; // the page of the first visit comes, and says how to bring it back
    event.preventDefault();
    menu.open = false;
    remove(card, url);
  });
}

async function remove(card, url) {
  const byKeyboard = document.activeElement.matches(':focus-visible');
  const name = card.querySelector('.name').textContent;
  try {
    await request('DELETE', url);
  } catch (error) {
    note(`${name} was not deleted. ${error.message}`);
    return;
  }
  const next = card.nextElementSibling;
  card.remove();
  const toTrash = document.getElementById('to-trash');
  const before = toTrash.hidden;
  toTrash.hidden = false;
  (next ?? list.lastElementChild).querySelector('.name').focus({ preventScroll: true });
  filter();
  toast(`Deleted ${name}.`, async () => {
    try {
      await request('POST', `${url}restore/`);
      list.insertBefore(card, next?.isConnected ? next : null);
      toTrash.hidden = before;
      filter();
      card.querySelector('.menu > summary').focus();
      announce(`${name} is back.`);
    } catch (error) {
      note(error.message);
    }
  }, byKeyboard);
}

// ---------------------------------------------------------------- what is under way

const underWay = card => ['copying', 'training'].includes(card.dataset.state);
const inUse = card => card.contains(document.activeElement) || card.querySelector('.menu[open]');

async function follow() {
  for (;;) {
    await new Promise(resolve => setTimeout(resolve, LOOK_AGAIN));
    if (document.hidden || !cards().some(underWay)) continue;
    const page = await drawn(location.pathname);
    if (!page) continue;
    for (const card of cards().filter(each => underWay(each) && !inUse(each))) {
      const fresh = page.getElementById(card.id);
      if (!fresh) continue;
      card.replaceWith(fresh);
      setUp(fresh);
    }
    filter();
  }
}

cards().forEach(setUp);
follow();
