'use strict';
// What a cell of the gallery says of its photo, and the small parts that it shares with the enlarged photo.
import { confidence } from './numbers.js';
import { isText, Thing, thing } from './things.js';

export function swatch(category, tag = 'span') {
  const square = document.createElement(tag);
  square.className = `sw cat-${category.colour}`;
  square.textContent = category.number;
  return square;
}

function said(tag, text, className = '') {
  const element = document.createElement(tag);
  Object.assign(element, { textContent: text, className });
  return element;
}

/** The model's suggestion in words, for screen readers. */
export function suggestionText(suggestion) {
  if (!suggestion) return '';
  if (suggestion.none_of_these) return 'suggested none of these';
  return `suggested ${suggestion.category}, ${confidence(suggestion.confidence)}`;
}

/** The same as nodes: the square with its number beside the name, and how sure. What can be accepted is an `.offer`. */
export function suggestionNodes(suggestion, categories) {
  const category = categories.get(suggestion.category_id);
  const offered = category && !suggestion.none_of_these;
  const square = offered ? swatch(category) : said('span', '', 'sw hollow');
  square.setAttribute('aria-hidden', 'true');
  const what = document.createElement('span');
  what.className = offered ? `offer cat-${category.colour}` : 'offer not';
  what.append(square, said('b', suggestion.none_of_these ? 'none of these' : suggestion.category));
  return suggestion.none_of_these ? [what] : [what, said('span', confidence(suggestion.confidence), 'n dim')];
}

/** Writes `photo` (undefined: not known yet) into its cell. */
export function dressed(cell, photo, { categories, selection, inbox, waiting }) {
  if (!photo) {
    cell.setAttribute('aria-label', `A ${thing} that is on its way`);
    return;
  }
  const category = categories.get(photo.category);
  const suggestion = inbox && photo.category === null ? inbox.of(photo.id) : null;
  const apart = photo.split === 'test';
  const use = apart ? 'kept apart for testing' : '';
  if (isText) cell.querySelector('.shot-text').textContent = photo.name;
  const parts = [photo.name || Thing, category?.name ?? 'without a category', use, suggestionText(suggestion)];
  cell.setAttribute('aria-label', parts.filter(Boolean).join(', '));
  cell.setAttribute('aria-selected', selection.has(photo.id));
  cell.querySelector('.shot-test').hidden = !apart;
  const square = cell.querySelector('.shot-in');
  square.className = category ? `shot-in sw cat-${category.colour}` : 'shot-in sw';
  square.textContent = category?.number ?? '';
  square.hidden = !category && !isText; // in a list its place stays, so that all texts begin in one line
  const place = cell.querySelector('.shot-said');
  place.hidden = !inbox;
  const text = suggestion ? suggestionText(suggestion) : waiting;
  if (!inbox || place.dataset.text === text) return;
  place.dataset.text = text;
  place.replaceChildren(...(suggestion ? suggestionNodes(suggestion, categories) : [said('span', waiting, 'dim')]));
}
