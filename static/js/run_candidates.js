'use strict';
// The table of pretrained models tried: best first, all on one axis.

import { axisFor, interval, ruler } from './axis.js';
import { find, write } from './dom.js';
import { range, seconds } from './numbers.js';
import { fromTemplate, percent } from './page.js';
import { bestFirst, hasEnded, stageNow } from './run_state.js';
import { lowered, ofTestPhotos, stated, strongestFirst } from './run_words.js';

const card = document.getElementById('candidates');
const known = new Set(); // rows that have been shown: they do not arrive again
let drawn = [];

export function showCandidates({ state, version, names, chance }) {
  const trying = !hasEnded(state) && stageNow(state)?.code === 'compare';
  card.hidden = !state.candidates.length && !trying;
  const now = [state.candidates, version, trying, state.status];
  if (now.every((value, index) => value === drawn[index])) return;
  drawn = now;
  const chosen = chosenOf(state.candidates, version, names);
  const others = bestFirst(state.candidates).filter(one => one !== chosen);
  const rows = chosen ? [stated(chosen, version), ...others] : others;
  const axis = axisFor([chance, ...rows.map(row => row.low)]);
  const order = strongestFirst(state.candidates);
  const drawOne = (candidate, index) =>
    row(candidate, { axis, chance, names, order, chip: index === 0 ? chipOf(state, rows, chosen) : '' });
  find('tbody', card).replaceChildren(...rows.map(drawOne), ...(trying ? [fromTemplate('trying')] : []));
  find('thead .axis svg', card)?.remove();
  find('thead .axis', card).prepend(ruler(axis));
  write(card, { legend: legend(version, chance) });
}

/** The candidate that answers, once a version says who its members are. */
function chosenOf(candidates, version, names) {
  if (!version) return null;
  const members = new Set(version.members.map(member => member.backbone));
  return (
    candidates.find(
      one => names.parts(one).length === members.size && names.parts(one).every(part => members.has(part)),
    ) ?? null
  );
}

/** Of the first row. */
function chipOf(state, rows, chosen) {
  if (chosen) return 'chosen';
  return rows.length > 1 && !hasEnded(state) ? 'leads' : '';
}

function row(candidate, { axis, chance, names, order, chip }) {
  const drawnRow = fromTemplate('candidate');
  const key = `${candidate.backbone} ${candidate.cut} ${candidate.head}`;
  const [name, cut] = names.candidate(candidate, order);
  const { accuracy: value, low, high } = candidate;
  write(drawnRow, {
    name,
    cut,
    chip,
    head: candidate.head,
    value: percent(value),
    range: range(low, high),
    time: seconds(candidate.seconds),
  });
  find('.chip', drawnRow).hidden = !chip;
  find('.axis', drawnRow).append(interval({ value, low, high }, axis, { chance, best: Boolean(chip) }));
  drawnRow.classList.toggle('lead', Boolean(chip));
  drawnRow.classList.toggle('new', !known.has(key));
  known.add(key);
  return drawnRow;
}

function legend(version, chance) {
  const lines =
    `Dotted line: ${percent(chance)}, what always answering the commonest category would get. ` +
    'The band is where the truth lies 95 times in 100.';
  if (version && ofTestPhotos(version.accuracy)) return `${lines} The figure at the top is from the test photos.`;
  const lower = version ? lowered(version.accuracy) : 0;
  if (!lower) return lines;
  return `${lines} Only the chosen row is lowered, by ${lower} points, for having been chosen on these photos.`;
}
