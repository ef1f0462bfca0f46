'use strict';
// Numbers as a person reads them. Shares come as 0..1.

import { percent } from './page.js';

const NARROW = '\u202f'; // the narrow space of “92 %”
const MINUTE = 60;

export const hundredths = share => Math.round(100 * share);

/** A confidence is never quite certain: 99.7 % reads “>99 %”, 0.2 % “<1 %”. */
export function confidence(share) {
  if (share > 0.99) return `>99${NARROW}%`;
  if (share < 0.01) return `<1${NARROW}%`;
  return percent(share);
}

export const range = (low, high) => `(${hundredths(low)}–${hundredths(high)})`;

export const accuracyText = (value, low, high) => `${percent(value)} ${range(low, high)}`;

export function seconds(value) {
  if (value > 0 && value < 0.095) return milliseconds(1000 * value);
  if (value >= 10 * MINUTE) return `${Math.round(value / MINUTE)} min`;
  if (value >= MINUTE) return `${Math.floor(value / MINUTE)} min ${Math.floor(value % MINUTE)} s`;
  if (value >= 9.95) return `${Math.round(value)} s`;
  return `${value.toFixed(value < 0.995 ? 2 : 1)} s`;
}

export const milliseconds = ms => (ms < 1 ? '<1 ms' : ms < 1000 ? `${Math.round(ms)} ms` : seconds(ms / 1000));

/** How long until `left` seconds are over. */
export function timeLeft(left) {
  if (left < 1) return 'a moment left';
  if (left < MINUTE) return `about ${Math.round(left)} s left`;
  return `about ${Math.round(left / MINUTE)} min left`;
}

export function listed(names) {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
