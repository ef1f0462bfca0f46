'use strict';
// The test page: a photo by drop, paste, choice or camera, its answer, and the correction.

import { categoriesByName, showAnswer, verdict } from './answer.js';
import { request } from './api.js';
import { LiveCamera, available, whyNot } from './camera.js';
import { setUpCorrection } from './correct.js';
import { all, find, showFor, write } from './dom.js';
import { confidence } from './numbers.js';
import { announce } from './page.js';
import { drawScale } from './scale.js';

const FRAME = { longest: 4096, quality: 0.92 }; // of a frame that becomes a photo
const SMALL = { 2: 'both', 3: 'all three', 4: 'all four' };

const page = document.getElementById('test');
const { predictUrl, samplesUrl, sampleUrl } = page.dataset;
const answer = document.getElementById('answer');
const categories = categoriesByName(page);
const correctionFor = setUpCorrection(document.getElementById('correct'), samplesUrl, sampleUrl);

let mode = 'empty'; // empty, answer, live
let asked = 0; // counts photos, so that a late answer to an earlier one is dropped
let shownUrl = null;

function show(next) {
  mode = next;
  showFor(document, mode);
}

// ---------------------------------------------------------------- a photo

async function predict(file, fast = false) {
  const form = new FormData();
  form.append('file', file, file.name ?? 'frame.jpg');
  if (fast) form.append('fast', '1');
  return request('POST', predictUrl, form);
}

async function tryPhoto(file) {
  const turn = ++asked;
  camera.stop();
  if (mode === 'live') show(shownUrl ? 'answer' : 'empty');
  refuse(null);
  busy(true);
  try {
    const prediction = await predict(file);
    if (turn === asked) await showPhoto(file, prediction);
  } catch (error) {
    if (turn === asked) refuse(file, error.message);
  } finally {
    if (turn === asked) busy(false);
  }
}

function busy(looking) {
  answer.setAttribute('aria-busy', looking);
  for (const row of all('.looking', page)) row.hidden = !looking;
  for (const hint of all('.hint', page)) hint.hidden = looking;
  if (looking) announce('Looking at it');
}

async function showPhoto(file, prediction) {
  show('answer');
  showAnswer(answer, prediction, categories);
  const { verdict: said, sure } = verdict(prediction);
  announce(`${said}, ${confidence(prediction.confidence)}. ${sure}`);
  correctionFor(file);
  await reached(prediction);
  await showPicture(file);
}

/** The file as a picture, or its name where this browser cannot draw it (HEIC). */
async function showPicture(file) {
  if (shownUrl) URL.revokeObjectURL(shownUrl);
  shownUrl = URL.createObjectURL(file);
  const photo = document.getElementById('photo');
  photo.src = shownUrl;
  photo.alt = file.name;
  const seen = await photo.decode().then(() => true, () => false);
  photo.hidden = !seen;
  document.getElementById('unseen').hidden = seen;
  write(page, { 'unseen-name': file.name });
}

/** “How it got there”; of a newer version than the page was made with, it is fetched anew. */
async function reached(prediction) {
  if (String(prediction.version) !== page.dataset.version) {
    const fresh = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
    document.getElementById('how').replaceWith(document.adoptNode(fresh.getElementById('how')));
    page.dataset.version = prediction.version;
    drawHow();
    show(mode);
  }
  write(page, { time: prediction.ms < 1000 ? `${Math.round(prediction.ms)} ms` : `${(prediction.ms / 1000).toFixed(1)} s` });
}

function drawHow() {
  const box = document.getElementById('scale');
  write(page, { scale: drawScale(box, Number(box.dataset.side)) });
}

function refuse(file, why = '') {
  const strip = document.getElementById('refusal');
  write(strip, { 'refused-name': file ? `${file.name}: ` : '', 'refused-why': why });
  strip.hidden = !why;
}

// ---------------------------------------------------------------- ways in

for (const way of ['choose', 'photograph']) {
  const input = document.getElementById(way);
  for (const button of all(`[data-${way}]`)) button.addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    if (input.files.length) tryPhoto(input.files[0]);
    input.value = ''; // so that the same file can be chosen again
  });
}

const holdsFiles = event => event.dataTransfer?.types.includes('Files');
const drops = [document.getElementById('drop'), document.getElementById('subject')];
const over = yes => drops.forEach(drop => drop.classList.toggle('over', yes));

addEventListener('dragover', event => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  over(true);
});
addEventListener('dragleave', event => {
  if (!event.relatedTarget) over(false);
});
addEventListener('drop', event => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  over(false);
  if (event.dataTransfer.files.length) tryPhoto(event.dataTransfer.files[0]);
});
addEventListener('paste', event => {
  const file = event.clipboardData?.files[0];
  if (file) tryPhoto(file);
  else refuse(null, 'There is no photo in the clipboard.');
});
find('button', document.getElementById('refusal')).addEventListener('click', () => refuse(null));

// ---------------------------------------------------------------- live camera

const note = document.getElementById('camera-note');
const members = Number(page.dataset.members);

const camera = new LiveCamera(document.getElementById('video'), {
  ask: predict,
  canBeFast: Boolean(page.dataset.fast),
  onAnswer(prediction, rate) {
    refuse(null);
    showAnswer(answer, prediction, categories);
    document.getElementById('rate').textContent = rate === null ? '' : `${rate.toFixed(1)} answers a second`;
  },
  onFast() {
    note.textContent = `Live with ${page.dataset.fast} alone, so that it keeps up; a photo gets ${SMALL[members] ?? `all ${members}`}. Nothing is stored.`;
    announce(note.textContent);
  },
  onTrouble(error) {
    refuse(null, error.message);
    const passes = error.status === 0 || error.status === 429 || error.status >= 500;
    if (!passes) stopLive();
    return passes;
  },
});

async function startLive() {
  asked += 1;
  busy(false);
  refuse(null);
  note.textContent = 'Nothing is stored.';
  document.getElementById('rate').textContent = '';
  try {
    await camera.start();
  } catch (error) {
    camera.stop();
    refuse(null, whyNot(error));
    return;
  }
  show('live');
  announce('Live camera. The bars follow what it sees.');
  document.getElementById('use-frame').focus();
}

function stopLive() {
  camera.stop();
  show('empty');
  find('[data-live]', document.getElementById('drop')).focus();
}

for (const button of all('[data-live]', page)) {
  button.hidden = !available();
  button.addEventListener('click', startLive);
}
for (const word of all('.no-camera', page)) {
  word.hidden = false;
  if (available()) word.remove();
}
document.getElementById('stop').addEventListener('click', stopLive);
document.getElementById('use-frame').addEventListener('click', async () => {
  const blob = await camera.frame(FRAME.longest, FRAME.quality);
  tryPhoto(new File([blob], `camera ${new Date().toLocaleTimeString('en-GB')}.jpg`.replaceAll(':', '.'), { type: 'image/jpeg' }));
});
addEventListener('pagehide', () => camera.stop());

drawHow();
