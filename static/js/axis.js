'use strict';
// Accuracy drawn as a dot with its range, on an axis that a whole page shares.

import { svg } from './page.js';

const AIR = 2; // points left of the lowest mark, so that it does not stand on the edge

/** Where the axis begins and how far its lines stand apart, so that all `shares` (0..1) and 100 % lie on it. */
export function axisFor(shares) {
  const lowest = 100 * Math.min(...shares) - AIR;
  const step = 100 - lowest > 60 ? 20 : 10;
  const start = Math.max(0, Math.min(90, Math.floor(lowest / step) * step));
  const lines = [];
  for (let line = start; line <= 100; line += step) lines.push(line);
  return { start, lines, at: share => place((100 * share - start) / (100 - start)) };
}

const place = fraction => `${(100 * Math.max(0, Math.min(1, fraction))).toFixed(1)}%`;

/** The labels under or over the lines. */
export function ruler(axis) {
  const drawn = svg('svg', { class: 'axis-l', 'aria-hidden': 'true' });
  axis.lines.forEach((line, index) => {
    const anchor = index === 0 ? 'start' : line === 100 ? 'end' : 'middle';
    const label = svg('text', { x: axis.at(line / 100), y: 12, 'text-anchor': anchor });
    label.textContent = line === 100 ? '100 %' : line;
    drawn.append(label);
  });
  return drawn;
}

/** The dot and band of {value, low, high}; a dotted line stands at `chance`. The figures beside it are the text. */
export function interval({ value, low, high }, axis, { chance = null, best = false, big = false } = {}) {
  const classes = ['iv', best && 'best', big && 'big'].filter(Boolean).join(' ');
  const across = (name, x1, x2) => svg('line', { class: name, x1, x2, y1: '50%', y2: '50%' });
  const upright = (name, x, y1, y2) => svg('line', { class: name, x1: x, x2: x, y1, y2 });
  const drawn = svg('svg', { class: classes, 'aria-hidden': 'true' });
  drawn.append(across('iv-track', '0', '100%'));
  for (const line of axis.lines.slice(1, -1)) drawn.append(upright('iv-grid', axis.at(line / 100), '0', '100%'));
  if (chance !== null) drawn.append(upright('iv-ref', axis.at(chance), '-2', '120%'));
  drawn.append(across('iv-range', axis.at(low), axis.at(high)));
  drawn.append(svg('circle', { class: 'iv-dot', cx: axis.at(value), cy: '50%', r: big ? 7 : 5.5 }));
  return drawn;
}
