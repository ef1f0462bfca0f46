'use strict';
// Does it look like what was learned at all? A scale below the bars: hatched = none of these, a mark, a dot.

import { find, write } from './dom.js';

const EDGE = 2; // percent that the dot keeps from the ends
const MARK = 22; // percent of the scale left of the mark, as it is drawn: wider than it is, so that it can be seen

/** Where the dot stands, in percent of the scale. `level` is the familiarity at the mark. */
function place(familiarity, level) {
  if (familiarity < level) return Math.max(EDGE, (MARK * familiarity) / level);
  return Math.min(100 - EDGE, MARK + ((100 - MARK) * (familiarity - level)) / (1 - level));
}

/** `box` carries in data-level what share of the known ones, which data-things and data-like name, may fall left of the mark. */
export function showLikeness(box, { familiarity, none_of_these: none }) {
  const level = Number(box.dataset.level);
  const known = familiarity !== null;
  find('.told', box).hidden = !known;
  find('.untold', box).hidden = known;
  if (!known) return;
  find('.dot', box).setAttribute('cx', `${place(familiarity, level).toFixed(1)}%`);
  const right = Math.round(100 * (1 - level));
  write(box, {
    alike: none ? 'No' : 'Yes',
    'alike-why': none
      ? `${right} of 100 ${box.dataset.things} ${box.dataset.like} fall right of the mark.`
      : 'Right of the mark: one of the categories should fit. It cannot promise to notice a lookalike, though.',
  });
}
