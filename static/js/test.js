'use strict';
// The test page of members: beside an answer its correction, what of a photo was looked at, and how it came about.

import { categoriesByName, verdict } from './answer.js';
import { setUpCorrection } from './correct.js';
import { find, refresh, write } from './dom.js';
import { heatButton, hideHeat } from './heatmap.js';
import { milliseconds } from './numbers.js';
import { drawScale } from './scale.js';
import { showWords } from './spoken.js';
import { setUpTester } from './tester.js';
import { setUpTexts } from './texts.js';
import { isText } from './things.js';

const SMALL = { 2: 'both', 3: 'all three', 4: 'all four' };

const page = document.getElementById('test');
const card = document.getElementById('answer');
const categories = categoriesByName(page);
const { fast, heatUrl } = page.dataset;
const members = Number(page.dataset.members);
const together = SMALL[members] ?? `all ${members}`;
const correct = document.getElementById('correct'); // not there for who may only look
const correctionFor = correct ? setUpCorrection(correct, page.dataset) : () => {};

/** Held-out answers by confidence, of the version that answered, as far as the page has them. */
function bandsFor({ version }) {
  return String(version) === page.dataset.version ? JSON.parse(document.getElementById('how').dataset.reliability) : [];
}

let shown = null; // the photo that has its answer: file, version
const subject = document.getElementById('subject');
const look = document.getElementById('look'); // of photos only
const resetLook = look ? heatButton(look, subject, () => ({ url: heatUrl, ...shown })) : () => {};

/** The button below the photo, for this one. */
function showLook(file, seen, { version }) {
  shown = { file, version };
  hideHeat(subject);
  resetLook();
  look.hidden = !seen;
}

let typed = null; // the text that stands there: text, settled
const words = document.getElementById('words'); // of texts only
const spokenBox = document.getElementById('spoken');
words?.addEventListener('click', () => (words.ariaPressed === 'true' ? hideWords() : tellWords()));

function hideWords() {
  words.ariaPressed = 'false';
  find('blockquote', spokenBox).hidden = true;
  find('.spoken-how', spokenBox)?.remove(); // with it, an answer that is under way counts for nothing
}

/** The text once more, with the words marked that spoke for its answer. */
async function tellWords() {
  const { text, settled } = typed;
  const quote = find('blockquote', spokenBox);
  words.ariaPressed = 'true';
  Object.assign(quote, { textContent: text, className: 'card quote', hidden: false });
  const url = page.dataset.wordsUrl;
  const asked = settled().then(({ version, confidences: [{ category }] }) => ({ url, text, version, category }));
  const found = await showWords(spokenBox, asked);
  if (found) quote.classList.add(`cat-${categories.get(found.category)?.colour ?? 0}`);
}

/** “How it got there”; of a newer version than the page was made with, it is fetched anew. */
async function showHow(prediction) {
  if (String(prediction.version) !== page.dataset.version && (await refresh('#how', '.path ol'))) {
    page.dataset.version = prediction.version;
    drawHow();
    tester.show();
    write(card, verdict(prediction, bandsFor(prediction), card.dataset.photos));
  }
  write(page, { time: milliseconds(prediction.ms) });
}

function drawHow() {
  const box = document.getElementById('scale');
  if (box) write(page, { scale: drawScale(box, Number(box.dataset.side)) }); // else nothing is frozen
}

const tester = isText ? forTexts() : forPhotos();

function forPhotos() {
  return setUpTester(page, {
    bandsFor,
    onPhoto(file, seen, prediction) {
      showLook(file, seen, prediction);
      correctionFor(file, async () => prediction);
      showHow(prediction);
    },
    live: {
      canBeFast: Boolean(fast),
      stored: 'Nothing is stored.',
      fast: `Live with ${fast} only, so that it keeps up; a photo gets ${together}. Nothing is stored.`,
    },
  });
}

function forTexts() {
  return setUpTexts(page, {
    bandsFor,
    onText(text, settled) {
      correctionFor(text, settled);
      hideWords();
      typed = { text, settled };
    },
    onAnswer: showHow,
    live: {
      canBeFast: Boolean(fast),
      keeps: Boolean(page.dataset.feedbackUrl),
      fast: `While you type ${fast} alone answers, so that it keeps up; a text that stands for a moment gets ${together}.`,
    },
  });
}

drawHow();
