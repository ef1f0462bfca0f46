'use strict';
// Snippets as tabs: arrows move between languages, and the language chosen last comes first on the next visit.

import { all, find } from './dom.js';

const KEPT = 'language';

function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch { // storage is closed here
    return null;
  }
}

function keep(language) {
  try {
    localStorage.setItem(KEPT, language);
  } catch { // then the next visit begins with the first
  }
}

function show(group, chosen) {
  for (const tab of all('[role=tab]', group)) {
    tab.setAttribute('aria-selected', String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
    document.getElementById(tab.getAttribute('aria-controls')).hidden = tab !== chosen;
  }
}

function choose(group, tab) {
  show(group, tab);
  tab.focus();
  keep(tab.dataset.language);
}

/** The tab that a key leads to; undefined for any other key. */
function led(tabs, at, key) {
  const places = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 };
  return tabs[places[key] % tabs.length];
}

for (const group of all('[data-tabs]')) {
  const tabs = all('[role=tab]', group);
  for (const panel of all('.panel', group)) {
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', panel.id.replace('panel-', 'tab-'));
  }
  find('[role=tablist]', group).hidden = false;
  group.classList.add('on');
  show(group, tabs.find((tab) => tab.dataset.language === kept()) ?? tabs[0]);
  tabs.forEach((tab, at) => {
    tab.addEventListener('click', () => choose(group, tab));
    tab.addEventListener('keydown', (event) => {
      const next = led(tabs, at, event.key);
      if (!next) return;
      event.preventDefault();
      choose(group, next);
    });
  });
}
