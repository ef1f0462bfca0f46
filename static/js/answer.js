'use strict';
// An answer: what it says in words, and its bars in the categories' colours.

import { all, find, write } from './dom.js';
import { confidence } from './numbers.js';
import { fromTemplate } from './page.js';

const SURE = 0.9;
const PERHAPS = 0.6; // below, the heading says “perhaps”

/** What is known of the page's categories by name: {id, name, colour, number}. A name of an older version may be missing. */
export function categoriesByName(root) {
  return new Map(all('.pickcat', root).map(button => [button.dataset.name, { ...button.dataset }]));
}

/** The heading and the line below it. Confidences are calibrated, but how often answers this sure are right is not measured here. */
export function verdict({ category, confidence: top, confidences }) {
  if (top >= SURE) return { verdict: category, sure: 'Sure.' };
  if (top >= PERHAPS) return { verdict: category, sure: 'Fairly sure.' };
  const second = confidences[1].category;
  const between = confidences.length === 2 ? `It lies between the two.` : `It could also be ${second}.`;
  return { verdict: `${category}, perhaps`, sure: `Not sure. ${between}` };
}

export function showAnswer(card, prediction, categories) {
  write(card, verdict(prediction));
  dress(find('.verdict .sw', card), categories.get(prediction.category));
  const list = find('.bars', card);
  const rows = new Map(all('li', list).map(row => [row.dataset.name, row]));
  list.replaceChildren(...prediction.confidences.map(one => bar(rows.get(one.category), one, categories)));
}

/** A bar keeps its element from answer to answer, so that it grows and shrinks instead of starting anew. */
function bar(old, { category: name, confidence: share }, categories) {
  const row = old ?? fromTemplate('bar');
  row.dataset.name = name;
  write(row, { name, share: confidence(share) });
  dress(find('.sw', row), categories.get(name));
  row.className = colourClass(categories.get(name));
  find('.fi', row).setAttribute('width', `${(100 * share).toFixed(1)}%`);
  return row;
}

const colourClass = category => `cat-${category?.colour ?? 0}`;

function dress(swatch, category) {
  swatch.classList.remove(...[...swatch.classList].filter(name => name.startsWith('cat-')));
  swatch.classList.add(colourClass(category));
  swatch.textContent = category?.number ?? '';
}
