'use strict';
// The same over many random choices, a part at a time: the table fills while they arrive, and can be stopped.

import { axisFor, interval, ruler } from './axis.js';
import { all, find, write } from './dom.js';
import { patient } from './lesson_patient.js';
import { hundredths, range } from './numbers.js';
import { announce, fromTemplate, note, percent, relabel } from './page.js';

const UNDER = {
  pretrained: 'learned from the sentences without a label',
  own: 'the others are not read',
  random: 'they mean nothing',
  shuffled: 'the same words, in any sentence',
  bag: 'a weight for each word (logistic regression): the honest rival',
  encoder: 'a weight for each number that it makes of a sentence',
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
  let newest = null; // what the parts so far say together

  function clear() {
    newest = null;
    end('');
    for (const selector of ['#verdict', '[data-table="many"]', '#many-note']) find(selector).hidden = true;
  }

  function end(text) {
    mine += 1;
    button.dataset.running = '';
    relabel(button, 'play', label);
    progress.hidden = true;
    says.textContent = text;
    if (newest) show(newest, true);
  }

  /** A verdict after a few of the choices may turn: it gets its colour when it is `over`, at the last or stopped. */
  function show(found, over) {
    const { helped, sentence } = found.verdict;
    table(find('[data-table="many"]'), found.scores, over && helped ? 'pretrained' : null);
    const verdict = find('#verdict');
    verdict.className = `note ${over ? (helped ? 'live' : 'warn') : ''}`;
    const after = found.done < found.of ? `After ${found.done} of ${found.of}: ` : '';
    find('p', verdict).textContent = after + sentence;
    verdict.hidden = false;
    find('#many-note').hidden = false;
  }

  async function start() {
    clear();
    const own = mine;
    button.dataset.running = '1';
    relabel(button, 'square', 'Stop');
    progress.value = 0;
    progress.hidden = false;
    says.textContent = 'Learning …';
    try {
      for (let part = 0; part < parts; part += 1) {
        const found = await patient(`${address()}&part=${part}`);
        if (own !== mine) return;
        newest = found;
        progress.value = found.done;
        says.textContent = `${found.done} of ${found.of}`;
        if (part < parts - 1) {
          show(found, false);
        } else {
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
