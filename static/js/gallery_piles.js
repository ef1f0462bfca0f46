'use strict';
// The choices on the left: a category, a source and a use, kept in the address, each with how many photos it would show.
import { all, find } from './dom.js';
import { figure } from './page.js';

const addressOf = filter => {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value));
  return query.size ? `?${query}` : location.pathname;
};

/** On a phone the choices are a row that scrolls sideways. */
function center(link) {
  const list = link.closest('ul');
  list.scrollLeft = link.offsetLeft + link.offsetWidth / 2 - list.clientWidth / 2;
}

/** `chosen(filter, at)` is told what is to be shown from now on, and where the window stood; returns `draw(filter, counts)`. */
export function setUpPiles(nav, current, chosen) {
  const links = all('a.pile[data-what]', nav);
  const wanted = link => ({ ...current(), [link.dataset.what]: link.dataset.value });
  nav.addEventListener('click', event => {
    const link = event.target.closest('a.pile[data-what]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const filter = wanted(link);
    history.pushState(null, '', addressOf(filter));
    chosen(filter);
  });
  addEventListener('popstate', event => {
    const query = new URLSearchParams(location.search);
    const filter = Object.fromEntries(Object.keys(current()).map(name => [name, query.get(name) ?? '']));
    chosen(filter, event.state?.at);
  });
  const uses = find('#splits', nav);
  return (filter, counts) => {
    if (counts) uses.hidden = !filter.split && !counts({ split: 'test' });
    for (const link of links) {
      link.href = addressOf(wanted(link));
      if (filter[link.dataset.what] === link.dataset.value) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
      if (link.hasAttribute('aria-current')) center(link);
      if (counts) link.querySelector('.pile-n').textContent = figure(counts(wanted(link)));
    }
  };
}
