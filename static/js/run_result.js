'use strict';
// What a finished run made: how good it is, how certain that is, and how it was chosen.

import { axisFor, interval, ruler } from './axis.js';
import { find, sentence, write } from './dom.js';
import { range } from './numbers.js';
import { percent } from './page.js';
import { howChosen, inPlainNumbers, plainMethod } from './run_words.js';

export function showResult({ version, state, names, chance }) {
  const box = document.getElementById('finished');
  const { accuracy } = version;
  const axis = axisFor([chance, accuracy.low]);
  box.hidden = false;
  write(box, {
    value: percent(accuracy.value),
    range: range(accuracy.low, accuracy.high),
    method: plainMethod(accuracy.method),
  });
  find('.ruler', box).replaceChildren(interval(accuracy, axis, { chance, best: true, big: true }), ruler(axis));
  sentence(document.getElementById('plain-numbers'), inPlainNumbers(version, chance));
  const how = document.getElementById('how-chosen');
  sentence(how, howChosen(version, state.candidates, names));
  how.hidden = false;
}
