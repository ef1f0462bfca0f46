'use strict';
// A yes-or-no question asked in the page, beside what it is about.
import { fromTemplate } from './page.js';

/** Asks inside `place` and resolves to true or false. Escape means no. The button that keeps things has the focus. */
export function ask(place, text, yes) {
  const question = fromTemplate('new-question');
  question.setAttribute('aria-label', text);
  question.querySelector('p').textContent = text;
  question.querySelector('.yes').textContent = yes;
  place.append(question);
  question.querySelector('.no').focus();
  return new Promise(resolve => {
    const answer = said => { question.remove(); resolve(said); };
    question.querySelector('.yes').addEventListener('click', () => answer(true));
    question.querySelector('.no').addEventListener('click', () => answer(false));
    question.addEventListener('keydown', event => { if (event.key === 'Escape') answer(false); });
  });
}
