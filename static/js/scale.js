'use strict';
// The frozen numbers as a square and the learned ones as a square in its corner, true in area.

import { figure, svg } from './page.js';
import { thing } from './things.js';

const FROZEN = 74; // the frozen square's side, in the drawing's units
const SEEN = 3; // a side below this is hard to see, so a circle shows it enlarged
const LENS = 7; // the circle's radius

/** Draw into `box` (viewBox 0 0 108 84). `ratio` is the learned square's side over the frozen one's. Returns the caption. */
export function drawScale(box, ratio) {
  const side = FROZEN * ratio;
  const right = FROZEN + 1;
  box.replaceChildren(svg('rect', { class: 'sq', x: 1, y: 9, width: FROZEN, height: FROZEN, rx: 3 }));
  const speck = (x, y, size) =>
    svg('rect', { class: 'pt', x: x - size / 2, y: y - size / 2, width: size, height: size });
  box.append(svg('rect', { class: 'pt', x: right - side, y: 9, width: side, height: side }));
  const caption = `The square is to scale. Its corner is all that was learned from your ${thing}s`;
  box.setAttribute(
    'aria-label',
    `To scale: the frozen numbers as a large square, the learned ones as one ${figure(Math.round(1 / ratio ** 2))} times smaller in its corner`,
  );
  if (side >= SEEN) return `${caption}.`;
  const times = Math.max(2, Math.floor(LENS / side)); // half of the circle at most
  box.append(
    svg('path', { class: 'ld', d: `M${right + 3} 9h9` }),
    svg('circle', { class: 'ld', cx: 94, cy: 9, r: LENS }),
    speck(94, 9, side * times),
  );
  return `${caption}, enlarged ${times} times in the circle.`;
}
