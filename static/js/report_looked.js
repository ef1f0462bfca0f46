'use strict';
// The report's “What it looked at”: the maps of its photos, asked for one after the other once they are in view.

import { all, find, write } from './dom.js';
import { askForHeat, brightest, drawHeat, tell } from './heatmap.js';

const section = document.querySelector('[data-looked]');
const figures = all('figure', section);

async function draw() {
  let drawn = 0;
  for (const figure of figures) {
    try {
      await drawOne(figure);
      drawn += 1;
    } catch (error) {
      write(figure, { where: `: ${error.message}` });
    }
  }
  if (!drawn) write(section, { how: '' });
}

async function drawOne(figure) {
  const { url, version } = section.dataset;
  const { sample, category } = figure.dataset;
  const heat = await askForHeat({ url, version, category, sample: Number(sample) });
  await drawHeat(find('img', figure), heat);
  write(figure, { where: `, mostly ${brightest(heat)}` });
  tell(find('[data-t="how"]', section), heat.how, heat.rest);
}

if (figures.length) {
  const watcher = new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting) return;
    watcher.disconnect();
    draw();
  });
  watcher.observe(section);
}
