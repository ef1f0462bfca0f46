'use strict';
// The same over many random choices, a part at a time: the table fills while they arrive, and can be stopped.

import { axisFor, interval, ruler } from './axis.js';
import { all, find, write } from './dom.js';
import { patient } from './lesson_patient.js';
import { hundredths, range } from './numbers.js';
import { announce, fromTemplate, note, percent } from './page.js';

const UNDER = {
  pretrained: 'learned from the sentences without a label',
  own: 'the others are not read',
  random: 'they mean nothing',
  shuffled: 'the same words, in any sentence',
  bag: 'logistic regression: the honest rival',
  encoder: 'logistic regression on what it makes of a sentence',
};

/** A table of `scores`, the arm `best` marked. */
export function table(place, scores, best = null) {
  const drawn = fromTemplate('scores');
  const axis = axisFor([0.5, ...scores.map(score => score.low)]);
  const coin = 0.5;
  find('th.axis', drawn).append(ruler(axis));
  const three = scores[0].shares.length === 3;
  for (const score of scores) {
    const row = find('tr', fromTemplate('score'));
    row.classList.toggle('lead', score.arm === best);
    write(row, {
      name: score.name,
      under: UNDER[score.arm],
      value: percent(score.value),
      range: range(score.low, score.high),
      three: three ? `${score.shares.map(hundredths).join(' · ')}\u202f%` : '',
    });
    find('.axis', row).append(interval(score, axis, { chance: coin, best: score.arm === best }));
    find('tbody', drawn).append(row);
  }
  if (!three) for (const cell of all('.three', drawn)) cell.remove();
  place.replaceChildren(drawn);
  place.hidden = false;
}

/** `address` gives what is asked for, with everything chosen. */
export function showChoices(address) {
  const button = find('#many');
  const progress = find('#many-done');
  const says = find('#many-says');
  const parts = Number(find('#lesson').dataset.parts);
  const label = button.lastElementChild.textContent;
  let mine = 0; // of the tries: a stop or a change ends those before

  function clear() {
    end('');
    for (const selector of ['#verdict', '[data-table="many"]', '#many-note']) find(selector).hidden = true;
  }

  function end(text) {
    mine += 1;
    button.dataset.running = '';
    button.lastElementChild.textContent = label;
    progress.hidden = true;
    says.textContent = text;
  }

  function show(found) {
    progress.value = found.done;
    says.textContent = `${found.done} of ${found.of}`;
    table(find('[data-table="many"]'), found.scores, found.verdict.helped ? 'pretrained' : null);
    const verdict = find('#verdict');
    verdict.className = `note ${found.verdict.helped ? 'live' : 'warn'}`;
    find('p', verdict).textContent = found.verdict.sentence;
    verdict.hidden = false;
    find('#many-note').hidden = false;
  }

  async function start() {
    clear();
    const own = mine;
    button.dataset.running = '1';
    button.lastElementChild.textContent = 'Stop';
    progress.value = 0;
    progress.hidden = false;
    says.textContent = 'Learning …';
    try {
      for (let part = 0; part < parts; part += 1) {
        const found = await patient(`${address()}&part=${part}`);
        if (own !== mine) return;
        show(found);
        if (part === parts - 1) {
          end(`${found.done} choices tried`);
          announce(found.verdict.sentence);
        }
      }
    } catch (error) {
      if (own === mine) {
        end('');
        note(error.message);
      }
    }
  }

  button.addEventListener('click', () => {
    if (button.dataset.running) end(progress.value ? `Stopped after ${progress.value}` : 'Stopped'); else start();
  });
  return { clear };
}
