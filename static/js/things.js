'use strict';
// What the project of this page learns from, in words: photos or texts (projects/words.py says the same).
import { counted } from './page.js';

export const isText = document.body.dataset.kind === 'text';
export const thing = isText ? 'text' : 'photo';
export const Thing = isText ? 'Text' : 'Photo';

/** "1 photo", "1,940 texts". */
export const things = number => counted(number, thing);

const SHORT = 60;

/** How a text begins, in one line (projects/words.py says the same). */
export function shortened(text) {
  const line = text.split(/\s+/).filter(Boolean).join(' ');
  if (line.length <= SHORT) return line;
  const whole = line.slice(0, SHORT).replace(/ [^ ]*$/, '');
  return `${whole.length > SHORT / 2 ? whole : line.slice(0, SHORT - 1)}…`;
}
