'use strict';
// The words of a text that spoke for an answer, and against it, marked in the text.

import { request } from './api.js';
import { find } from './dom.js';

const LEAST = 0.05; // log-odds: less made no difference that anyone could see
const STRENGTHS = [[0.6, 3], [0.3, 2], [0.15, 1]]; // of the share that is the largest in its text
const NAMED = 4; // words in a sentence

/** `asked`: url, and sample (an id) or text; perhaps category (a name), version (an id). */
export function askForWords({ url, sample, text, category, version }) {
  const asked = sample === undefined ? { text } : { sample };
  if (category) asked.category = category;
  return request('POST', version ? `${url}?version=${version}` : url, asked);
}

/** The words that made a difference, each with `strength` 1 to 3. Offsets count characters, not JavaScript's halves. */
export function striking({ text, words }) {
  const letters = [...text];
  const largest = Math.max(LEAST, ...words.map(({ share }) => Math.abs(share)));
  return words.flatMap(({ start, end, share }) => {
    const [, strength = 0] = STRENGTHS.find(([least]) => Math.abs(share) >= least * largest) ?? [];
    const said = { start, end, word: letters.slice(start, end).join(''), share, strength };
    return strength && Math.abs(share) >= LEAST ? [said] : [];
  });
}

/** Write the text into `box` with its striking words marked: solid lines speak for the answer, dotted ones against. */
export function markWords(box, answer) {
  const letters = [...answer.text];
  const parts = [];
  let at = 0;
  for (const { start, end, word, share, strength } of striking(answer)) {
    parts.push(letters.slice(at, start).join(''));
    const mark = document.createElement('mark');
    mark.className = `${share > 0 ? 'for' : 'against'} s${strength}`;
    mark.textContent = word;
    parts.push(mark);
    at = end;
  }
  box.replaceChildren(...parts, letters.slice(at).join(''));
}

/** “Spoke for glad: lovely, well. Against it: dull.” */
export function inWords(answer) {
  const found = striking(answer).sort((one, other) => Math.abs(other.share) - Math.abs(one.share));
  const named = some => [...new Set(some.map(({ word }) => `“${word}”`))].slice(0, NAMED).join(', ');
  const [pro, contra] = [found.filter(({ share }) => share > 0), found.filter(({ share }) => share < 0)].map(named);
  if (!pro && !contra) return `No word by itself made a difference to ${answer.category}.`;
  if (!pro) return `Nothing much spoke for ${answer.category}; against it: ${contra}.`;
  return `Spoke for ${answer.category}: ${pro}.${contra ? ` Against it: ${contra}.` : ''}`;
}

/** Mark the words in the `.quote` of `box`, and say below, in its `.spoken-how`, what they are. `asked` may be a promise.
    Returns the answer, or null where it cannot be had (then it says why) or comes late: after that line was taken out, or
    somebody asked anew. */
export async function showWords(box, asked) {
  find('.spoken-how', box)?.remove();
  const said = document.createElement('p');
  said.className = 'spoken-how t13 two';
  find('.quote', box).after(said);
  said.textContent = 'Looking for the words that spoke …';
  try {
    const answer = await askForWords(await asked);
    if (!said.isConnected) return null;
    markWords(find('.quote', box), answer);
    said.textContent = `${inWords(answer)} ${answer.how}`;
    return answer;
  } catch (error) {
    said.textContent = error.message;
    return null;
  }
}
