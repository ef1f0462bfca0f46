'use strict';
// Categories to pick from. Where they are many, a field leaves those whose name holds what is typed into it.

import { all, find } from './dom.js';

const MANY = 12;

/** `place` holds the buttons and their field. Returns what starts the list anew, for another photo. */
export function setUpPicks(place) {
  const field = find('.pick-find', place);
  const name = button => button.lastChild.textContent.toLowerCase();
  const fitting = () => all('.pickcat', place).filter(button => !button.hidden);

  function narrow() {
    const wanted = field.value.trim().toLowerCase();
    for (const button of all('.pickcat', place)) button.hidden = !name(button).includes(wanted);
    find('.pick-none', place).hidden = fitting().length > 0;
  }

  function again() {
    field.value = '';
    field.hidden = all('.pickcat', place).length <= MANY;
    narrow();
  }

  field.addEventListener('input', narrow);
  field.addEventListener('keydown', event => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if (field.value.trim()) fitting()[0]?.click();
  });
  again();
  return again;
}
