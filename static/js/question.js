'use strict';
// A yes-or-no question asked in the page, beside what it is about.
import { fromTemplate } from './page.js';

/** Asks inside `place` which one of `choices`, each the content of its button; resolves to its index, or to -1. */
export function askWhich(place, text, choices) {
  const question = fromTemplate('new-merge');
  question.setAttribute('aria-label', text);
  question.querySelector('p').textContent = text;
  place.append(question);
  question.querySelector('.no').focus();
  return new Promise(resolve => {
    const answer = said => { question.remove(); resolve(said); };
    question.querySelector('.merge-into').append(...choices.map((content, index) => {
      const button = document.createElement('button');
      Object.assign(button, { type: 'button', className: 'btn small' });
      button.append(...content);
      button.addEventListener('click', () => answer(index));
      return button;
    }));
    question.querySelector('.no').addEventListener('click', () => answer(-1));
    question.addEventListener('keydown', event => { if (event.key === 'Escape') answer(-1); });
  });
}

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
