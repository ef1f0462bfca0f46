'use strict';
// The test page of members: beside a photo's answer its correction, what was looked at, and how the answer came about.

import { verdict } from './answer.js';
import { setUpCorrection } from './correct.js';
import { refresh, write } from './dom.js';
import { heatButton, hideHeat } from './heatmap.js';
import { milliseconds } from './numbers.js';
import { drawScale } from './scale.js';
import { setUpTester } from './tester.js';

const SMALL = { 2: 'both', 3: 'all three', 4: 'all four' };

const page = document.getElementById('test');
const { fast, heatUrl } = page.dataset;
const members = Number(page.dataset.members);
const correct = document.getElementById('correct'); // not there for who may only look
const correctionFor = correct ? setUpCorrection(correct, page.dataset) : () => {};

let shown = null; // the photo that has its answer: file, version

const tester = setUpTester(page, {
  bandsFor,
  onPhoto(file, seen, prediction) {
    showLook(file, seen, prediction);
    correctionFor(file, prediction);
    showHow(prediction);
  },
  live: {
    canBeFast: Boolean(fast),
    stored: 'Nothing is stored.',
    fast: `Live with ${fast} only, so that it keeps up; a photo gets ${SMALL[members] ?? `all ${members}`}. Nothing is stored.`,
  },
});

/** Held-out answers by confidence, of the version that answered, as far as the page has them. */
function bandsFor({ version }) {
  return String(version) === page.dataset.version ? JSON.parse(document.getElementById('how').dataset.reliability) : [];
}

const look = document.getElementById('look');
const subject = document.getElementById('subject');
const resetLook = heatButton(look, subject, () => ({ url: heatUrl, ...shown }));

/** The button below the photo, for this one. */
function showLook(file, seen, { version }) {
  shown = { file, version };
  hideHeat(subject);
  resetLook();
  look.hidden = !seen;
}

/** “How it got there”; of a newer version than the page was made with, it is fetched anew. */
async function showHow(prediction) {
  if (String(prediction.version) !== page.dataset.version && (await refresh('#how', '.path ol'))) {
    page.dataset.version = prediction.version;
    drawHow();
    tester.show();
    write(document.getElementById('answer'), verdict(prediction, bandsFor(prediction)));
  }
  write(page, { time: milliseconds(prediction.ms) });
}

function drawHow() {
  const box = document.getElementById('scale');
  write(page, { scale: drawScale(box, Number(box.dataset.side)) });
}

drawHow();
