'use strict';
// The report's page: where one is in it, printing, and the parts that answer to a press.

import { all, find, write } from './dom.js';
import { setUpCleaning } from './report_clean.js';
import { drawCurve } from './report_curve.js';
import { setUpMatrix } from './report_matrix.js';
import { setUpPhotos } from './report_photos.js';
import { drawScale } from './scale.js';

const page = document.getElementById('report');
const urls = page.dataset;

/** In the list of contents, mark the section that the upper third of the window shows. */
function markPlace() {
  const links = new Map(all('.toc a', page).map(link => [link.hash.slice(1), link]));
  const seen = new Set();
  const mark = () => {
    const top = scrollY < innerHeight / 2 ? links.keys().next().value : undefined; // a long title pushes the first away
    const place = [...links.keys()].find(id => seen.has(id)) ?? top;
    if (!place) return;
    for (const [id, link] of links) {
      if (id === place) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
    const list = find('.toc', page);
    const link = links.get(place);
    if (list.scrollWidth > list.clientWidth) list.scrollTo({ left: link.offsetLeft - list.offsetLeft - 16 });
  };
  const watcher = new IntersectionObserver(
    entries => {
      for (const { target, isIntersecting } of entries) seen[isIntersecting ? 'add' : 'delete'](target.id);
      mark();
    },
    { rootMargin: '-10% 0px -60% 0px' },
  );
  for (const id of links.keys()) watcher.observe(document.getElementById(id));
}

/** On paper it is always light; the chart is drawn anew for it. */
function setUpPrinting(redraw) {
  const root = document.documentElement;
  let theme;
  addEventListener('beforeprint', () => {
    theme = root.dataset.theme;
    root.dataset.theme = 'light';
    redraw();
  });
  addEventListener('afterprint', () => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    redraw();
  });
  const button = document.getElementById('print');
  button.hidden = false;
  button.addEventListener('click', () => {
    button.closest('details').open = false;
    print();
  });
}

const curve = document.getElementById('curve');
const redraw = curve ? drawCurve(curve, JSON.parse(document.getElementById('curve-data').textContent)) : () => {};
setUpPrinting(redraw);
const scale = document.getElementById('scale');
if (scale) write(scale.closest('section'), { scale: drawScale(scale, Number(scale.dataset.side)) });
setUpPhotos(page, document.getElementById('large'), urls);
setUpMatrix(page, urls.cellUrl);
setUpCleaning(page, urls);
markPlace();
