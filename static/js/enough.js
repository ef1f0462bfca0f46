'use strict';
// How much is enough: the meter, the one sentence below it, and what Train still needs.
import { figure } from './page.js';
import { thing, things } from './things.js';

export const [LEAST, USEFUL, GOOD] = [2, 10, 30];
const EASY = 20; // letters of a name that a sentence holds without quotes
const JOINS = /(?<!\p{L})(and|or)(?!\p{L})|,|^\d/iu; // in a name: it could be taken for more than one

/** 0..1 along the meter's three equal stretches. */
export function filled(count) {
  if (count <= LEAST) return count / LEAST / 3;
  if (count <= USEFUL) return (1 + (count - LEAST) / (USEFUL - LEAST)) / 3;
  return Math.min(1, (2 + (count - USEFUL) / (GOOD - USEFUL)) / 3);
}

/** One sentence on `count` photos, beside the column that has the most. */
function hint(count, most) {
  if (count === 0) return `${LEAST} is the least, ${USEFUL} makes it useful, ${GOOD} is good.`;
  if (count < LEAST) return `${LEAST - count} more and it can be trained.`;
  if (count < USEFUL) return `It can be trained. ${USEFUL - count} more and it is useful.`;
  if (count < GOOD) return `Useful. ${GOOD - count} more and it is good.`;
  if (1.4 * count < most.count) return `Good. About ${most.count - count} more would even it out with ${most.name}.`;
  return 'Enough. More than this helps only a little.';
}

/** The same of a column's photos to learn from, and how many others it has. */
export function hintOf(column, most) {
  const tests = apart(column);
  const others = tests ? ` ${figure(tests)} ${tests === 1 ? 'is' : 'are'} kept apart for testing.` : '';
  return `${hint(toLearnFrom(column), most)}${others}`;
}

/** How many of a category are kept apart for testing, so not learned from: the path has it of each, as the server draws it. */
function apart({ id }) {
  const told = document.querySelector('[data-step="images"]')?.dataset.apart;
  return (told && JSON.parse(told)[id]) || 0;
}

export const toLearnFrom = column => Math.max(0, column.count - apart(column));

const lackOf = column => Math.max(0, LEAST - toLearnFrom(column));

/** "blue and black needs 2 photos, white and gold 1 more", or '' when there is enough to train. As projects/enough.py. */
export function missing(columns) {
  const lacks = columns.filter(lackOf).map((column, place) => {
    const lack = lackOf(column);
    const name = column.name.length > EASY || JOINS.test(column.name) ? `“${column.name}”` : column.name;
    const what = lack === LEAST ? things(lack) : place ? `${lack} more` : `${lack} more ${thing}`;
    const tests = apart(column);
    const why = tests ? ` to learn from (${tests} ${tests === 1 ? 'is' : 'are'} kept apart for testing)` : '';
    return `${name} ${place ? '' : 'needs '}${what}${why}`;
  });
  if (columns.length < 2) lacks.unshift(columns.length ? 'it needs one more category' : 'it needs two categories');
  return lacks.join(', ');
}

const short = columns => columns.reduce((sum, column) => sum + lackOf(column), 0);

/** What the path's first two steps say, as the server writes it (projects/path.py). */
export function named(number) {
  return number > 1 ? `${number} named` : `${number} named, needs ${number ? 'one' : 'two'} more`;
}

export function there(columns, total) {
  return things(total) + (short(columns) ? `, needs ${short(columns)} more` : '');
}
