'use strict';
// Sentences that the reader pastes: the toy beside a real encoder, on the same random choices.

import { request } from './api.js';
import { find } from './dom.js';
import { table } from './lesson_choices.js';
import { announce, counted, figure } from './page.js';

export function showPasted(url) {
  const form = find('#own');
  const box = form.elements.text;
  const problem = find('#own-problem');
  const button = find('button', form);

  form.addEventListener('submit', async event => {
    event.preventDefault();
    problem.hidden = true;
    box.removeAttribute('aria-invalid');
    button.disabled = true;
    find('#own-says').textContent = 'Learning …';
    try {
      show(await request('POST', url, new FormData(form)));
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
      box.setAttribute('aria-invalid', 'true');
      box.focus();
    } finally {
      button.disabled = false;
      find('#own-says').textContent = '';
    }
  });
}

function show(found) {
  const { labelled, unlabelled, tested, times } = found.choice;
  find('#own-choice').textContent =
    `${times} times: ${labelled} with a label, ${unlabelled} only read, ${counted(tested, 'sentence')} asked about.`;
  table(find('[data-table="own"]'), found.scores, found.encoder?.verdict.helped ? 'encoder' : null);
  const said = [found.verdict.sentence];
  if (found.encoder) {
    const { title, frozen, learned, verdict } = found.encoder;
    const numbers = `${figure(frozen)} frozen numbers, ${figure(learned)} learned here`;
    said.push(verdict.sentence, `That encoder is ${title}: ${numbers}.`);
  }
  find('#own-verdicts').replaceChildren(...said.map(text => {
    const row = document.createElement('li');
    row.textContent = text;
    return row;
  }));
  find('#own-found').hidden = false;
  announce(said.join(' '));
}
