'use strict';
// The report's “What it looked at”: the maps of its photos, asked for one after the other once they are in view.

import { all, find, write } from './dom.js';
import { askForHeat, brightest, drawHeat, tell } from './heatmap.js';

const section = document.querySelector('[data-looked]');
const figures = all('figure', section);

async function draw() {
  const { url, version } = section.dataset;
  try {
    for (const figure of figures) {
      const { sample, category } = figure.dataset;
      const heat = await askForHeat({ url, version, category, sample: Number(sample) });
      await drawHeat(find('img', figure), heat);
      write(figure, { where: `, mostly ${brightest(heat)}` });
      tell(find('[data-t="how"]', section), heat.how);
    }
  } catch (error) {
    write(section, { how: error.message });
  }
}

if (figures.length) {
  const watcher = new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting) return;
    watcher.disconnect();
    draw();
  });
  watcher.observe(section);
}
