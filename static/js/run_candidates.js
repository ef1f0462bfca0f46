'use strict';
// The table of what was tried: what answers, then each pretrained model at its best, all on one axis; the others on demand.

import { axisFor, interval, ruler } from './axis.js';
import { all, find, write } from './dom.js';
import { milliseconds, range, seconds } from './numbers.js';
import { counted, figure, fromTemplate, percent } from './page.js';
import { chosenOf, hasEnded, ranked, singles, stageNow } from './run_state.js';
import { ofTestPhotos, points, strongestFirst } from './run_words.js';
import { thing } from './things.js';

const card = document.getElementById('candidates');
const rest = find('.rest', card);
const known = new Set(); // rows that have been shown: they do not arrive again
let drawn = [];

export function showCandidates({ state, version, names, chance }) {
  const trying = !hasEnded(state) && stageNow(state)?.code === 'compare';
  card.hidden = !state.candidates.length && !trying;
  const now = [state.candidates, version, trying, state.status];
  if (now.every((value, index) => value === drawn[index])) return;
  drawn = now;
  const chosen = version && chosenOf(state.candidates, version);
  const { foremost, others } = ranked(state.candidates, chosen);
  const axis = axisFor([chance, ...state.candidates.map(one => one.low)]);
  // Once it answers, how long an answer takes is what counts; where that was not measured, how long trying took stays.
  const answers = Boolean(version) && state.candidates.every(one => names.took(one) !== null);
  const look = { axis, chance, names, answers, order: strongestFirst(state.candidates), tried: singles(state.candidates) };
  const rows = foremost.map((candidate, place) => row(candidate, look, place ? '' : chipOf(state, candidate, chosen)));
  find('tbody', card).replaceChildren(...rows, ...(trying ? [fromTemplate('trying')] : []));
  find('tbody', rest).replaceChildren(...others.map(candidate => row(candidate, look)));
  rest.hidden = !others.length;
  for (const head of all('thead .axis', card)) {
    find('svg', head)?.remove();
    head.prepend(ruler(axis));
  }
  write(card, {
    legend: legend(version, chance),
    all: `All ${figure(state.candidates.length)} tried`,
    'time-is': answers ? `A ${thing}` : 'Tried in',
  });
}

/** Of the first row. */
function chipOf(state, first, chosen) {
  if (chosen) return 'chosen';
  const leads = state.candidates.every(one => one.accuracy <= first.accuracy);
  return leads && state.candidates.length > 1 && !hasEnded(state) ? 'leads' : '';
}

function row(candidate, { axis, chance, names, answers, order, tried }, chip = '') {
  const drawnRow = fromTemplate('candidate');
  const key = `${candidate.backbone} ${candidate.cut} ${candidate.head}`;
  const [name, read] = names.candidate(candidate, order);
  const { accuracy: value, low, high } = candidate;
  write(drawnRow, {
    name,
    read,
    chip,
    of: bestOf(candidate, tried),
    head: names.head(candidate.head),
    value: percent(value),
    range: range(low, high),
    time: answers ? milliseconds(names.took(candidate)) : seconds(candidate.seconds),
  });
  find('.chip', drawnRow).hidden = !chip;
  find('.axis', drawnRow).append(interval({ value, low, high }, axis, { chance, best: Boolean(chip) }));
  drawnRow.classList.toggle('lead', Boolean(chip));
  drawnRow.classList.toggle('new', !known.has(key));
  known.add(key);
  return drawnRow;
}

/** “best of 5 tried”, of a backbone’s best one. */
function bestOf(candidate, tried) {
  const same = tried.filter(one => one.backbone === candidate.backbone);
  return same.length > 1 && same[0] === candidate ? `best of ${same.length} tried` : '';
}

function legend(version, chance) {
  const lines =
    `Dotted line: ${percent(chance)}, what always answering the commonest category would get. ` +
    'The band is where the truth lies 95 times in 100.';
  if (!version) return lines;
  if (ofTestPhotos(version.accuracy)) return `${lines} All figures are from the test ${thing}s.`;
  const off = points(version.accuracy);
  if (off === null) return lines;
  const chosen = off ? `, the chosen one by ${counted(off, 'point')}` : '';
  return `${lines} Each is lowered by what choosing on the same ${thing}s flatters it${chosen}.`;
}
