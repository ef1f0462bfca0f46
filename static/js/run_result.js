'use strict';
// What a finished run made: how good it is, how certain that is, and how it was chosen.

import { axisFor, interval, ruler } from './axis.js';
import { drawn, find, sentence, write } from './dom.js';
import { range } from './numbers.js';
import { percent } from './page.js';
import { howChosen, inPlainNumbers, plainMethod, plainRange } from './run_words.js';

export function showResult({ version, state, names, chance, fast }) {
  const box = document.getElementById('finished');
  const { accuracy } = version;
  const axis = axisFor([chance, accuracy.low]);
  box.hidden = false;
  write(box, {
    value: percent(accuracy.value),
    range: range(accuracy.low, accuracy.high),
    method: plainMethod(accuracy),
    meaning: plainRange(accuracy),
  });
  find('.ruler', box).replaceChildren(interval(accuracy, axis, { chance, best: true, big: true }), ruler(axis));
  sentence(document.getElementById('plain-numbers'), inPlainNumbers(version, chance));
  const how = document.getElementById('how-chosen');
  sentence(how, howChosen(version, state.candidates, names, fast));
  how.hidden = false;
  showFromReport(box, version.id);
}

let asked = null; // the version whose report was asked for

/** Some of the photos it got wrong, and what would help most, as the report says; without it the page stays as it is. */
async function showFromReport(box, version) {
  if (asked === version) return;
  asked = version;
  const fresh = await drawn(box.dataset.shortUrl.replace('/0/', `/${version}/`));
  if (!fresh) return;
  for (const id of ['evidence', 'helps']) {
    const part = fresh.getElementById(id);
    if (part) document.getElementById(id).replaceWith(document.adoptNode(part));
  }
}
