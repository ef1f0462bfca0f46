'use strict';
// The table of pretrained models tried: best first, all on one axis.

import { axisFor, interval, ruler } from './axis.js';
import { find, write } from './dom.js';
import { range, seconds } from './numbers.js';
import { fromTemplate, percent } from './page.js';
import { bestFirst, hasEnded, stageNow } from './run_state.js';
import { strongestFirst } from './run_words.js';

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
  const rows = chosen
    ? [chosen, ...bestFirst(state.candidates).filter(one => one !== chosen)]
    : bestFirst(state.candidates);
  const axis = axisFor([chance, ...rows.map(row => row.low)]);
  const order = strongestFirst(state.candidates);
  const drawOne = (candidate, index) =>
    row(candidate, { axis, chance, names, order, chip: index === 0 ? chipOf(state, rows, chosen) : '' });
  find('tbody', card).replaceChildren(...rows.map(drawOne), ...(trying ? [fromTemplate('trying')] : []));
  find('thead .axis svg', card)?.remove();
  find('thead .axis', card).prepend(ruler(axis));
  write(card, { legend: legend(chosen, version, chance) });
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

function legend(chosen, version, chance) {
  const lines =
    `Dotted line: ${percent(chance)}, what always answering the commonest category would get. ` +
    'The band is where the truth lies 95 times in 100.';
  const differs = chosen && percent(chosen.accuracy) !== percent(version.accuracy.value);
  return differs ? `${lines} The figure at the top is a little stricter: it also allows for having chosen.` : lines;
}
