'use strict';
// An answer: what it says in words, and its bars in the categories' colours.

import { all, arrange, find, write } from './dom.js';
import { showLikeness } from './likeness.js';
import { confidence } from './numbers.js';
import { fromTemplate, icon } from './page.js';

const SURE = 0.9;
const PERHAPS = 0.6; // below, the heading says “perhaps”
const BARS = 6; // more than a few over that wait behind a press
const FEW = 2;

/** What the page says of its categories, by name: {name, colour, number}. A name of an older version may be missing. */
export function categoriesByName(root) {
  return new Map(all('[data-colour]', root).map(button => [button.dataset.name, { ...button.dataset }]));
}

/**
 * The heading and the line below it. `bands` are held-out answers by confidence, least sure first: where enough of those
 * this sure were counted, the line says how often they are right. `photos` is what the reader calls those it learned from.
 */
export function verdict(prediction, bands, photos = 'your photos') {
  const { category, confidence: top, none_of_these: none, confidences } = prediction;
  if (none) return { verdict: 'None of these', sure: `It looks like nothing in ${photos}. Had it to choose, it would say:` };
  const often = howOften(top, bands);
  if (top >= SURE) return { verdict: category, sure: `Sure.${often}` };
  if (top >= PERHAPS) return { verdict: category, sure: `Fairly sure.${often}` };
  const second = confidences[1].category;
  const between = confidences.length === 2 ? `It lies between the two.` : `It could also be ${second}.`;
  return { verdict: `${category}, perhaps`, sure: `Not sure. ${between}${often}` };
}

function howOften(confidence, bands) {
  const band = bands.findLast(each => confidence >= each.from);
  if (!band || band.of_100 === null) return '';
  const surer = band === bands.at(-1) && confidence > band.to;
  return surer
    ? ` Surer than any that was counted: of 100 of the surest, about ${band.of_100} are right.`
    : ` Of 100 answers this sure, about ${band.of_100} are right.`;
}

/** The answer in a sentence or two, for screen readers. */
export function spoken(prediction, bands, photos) {
  const { verdict: said, sure } = verdict(prediction, bands, photos);
  const share = confidence(prediction.confidence);
  return prediction.none_of_these ? `${said}. ${sure} ${prediction.confidences[0].category}, ${share}.` : `${said}, ${share}. ${sure}`;
}

export function showAnswer(card, prediction, categories, bands) {
  const none = prediction.none_of_these;
  write(card, verdict(prediction, bands, card.dataset.photos));
  const swatch = find('.verdict .sw', card);
  dress(swatch, none ? undefined : categories.get(prediction.category));
  if (none) swatch.append(icon('ban', 's'));
  showBars(card, prediction.confidences, categories);
  for (const list of all('.bars', card)) list.classList.toggle('grey', none);
  showLikeness(find('.likeness', card), prediction);
}

/** The largest, and the others of many categories folded away. */
function showBars(card, confidences, categories) {
  const others = find('.others', card);
  const rows = new Map(all('.bars li', card).map(row => [row.dataset.name, row]));
  const bars = confidences.map(one => bar(rows.get(one.category), one, categories));
  const shown = confidences.length > BARS + FEW ? BARS : confidences.length;
  arrange(find('.bars', card), bars.slice(0, shown));
  arrange(find('.bars', others), bars.slice(shown));
  others.hidden = shown === confidences.length;
  const left = confidences.slice(shown).reduce((sum, one) => sum + one.confidence, 0);
  write(card, { others: `${confidences.length - shown} others, together ${confidence(left)}` });
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

/** A swatch in the category's colour, with its number; hollow where there is none. */
export function dress(swatch, category) {
  swatch.classList.remove(...[...swatch.classList].filter(name => name.startsWith('cat-')));
  swatch.classList.add(colourClass(category));
  swatch.textContent = category?.number ?? '';
}
