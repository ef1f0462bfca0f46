'use strict';
// The test page: a photo by drop, paste, choice or camera, its answer, and the correction.

import { categoriesByName, showAnswer, verdict } from './answer.js';
import { request } from './api.js';
import { LiveCamera, available, whyNot } from './camera.js';
import { setUpCorrection } from './correct.js';
import { all, find, refresh, showFor, write } from './dom.js';
import { heatButton, hideHeat } from './heatmap.js';
import { confidence, milliseconds } from './numbers.js';
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
let shown = null; // the photo that has its answer: file, version
let asked = 0; // counts photos, so that a late answer to an earlier one is dropped

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
  if (mode === 'live') show(document.getElementById('photo').src ? 'answer' : 'empty');
  refuse(null);
  busy(true);
  const picture = pictureOf(file);
  try {
    const [prediction] = await Promise.all([predict(file), picture.decoded]);
    if (turn === asked) showPhoto(file, picture, prediction);
  } catch (error) {
    URL.revokeObjectURL(picture.image.src);
    if (turn === asked) refuse(file, error.message);
  } finally {
    if (turn === asked) busy(false);
  }
}

/** The file as an image; `decoded` resolves when it is known whether this browser can draw it (not HEIC), into `seen`. */
function pictureOf(file) {
  const image = new Image();
  image.id = 'photo';
  image.alt = file.name;
  image.src = URL.createObjectURL(file);
  const picture = { image, seen: false };
  picture.decoded = image.decode().then(
    () => {
      picture.seen = true;
    },
    () => {},
  );
  return picture;
}

function busy(looking) {
  answer.setAttribute('aria-busy', looking);
  for (const row of all('.looking', page)) row.hidden = !looking;
  for (const hint of all('.hint', page)) hint.hidden = looking;
  if (looking) announce('Looking at it');
}

function showPhoto(file, picture, prediction) {
  const old = document.getElementById('photo');
  URL.revokeObjectURL(old.src);
  old.replaceWith(picture.image);
  picture.image.hidden = !picture.seen;
  showLook(file, picture, prediction);
  document.getElementById('unseen').hidden = picture.seen;
  write(page, { 'unseen-name': file.name });
  show('answer');
  showAnswer(answer, prediction, categories, bandsFor(prediction));
  announce(spoken(prediction));
  correctionFor(file);
  showHow(prediction);
}

function spoken(prediction) {
  const { verdict: said, sure } = verdict(prediction, bandsFor(prediction));
  const share = confidence(prediction.confidence);
  return prediction.none_of_these ? `${said}. ${sure} ${prediction.confidences[0].category}, ${share}.` : `${said}, ${share}. ${sure}`;
}

const look = document.getElementById('look');
const subject = document.getElementById('subject');
const resetLook = heatButton(look, subject, () => ({ url: page.dataset.heatUrl, ...shown }));

/** The button below the photo, for this one. */
function showLook(file, picture, { version }) {
  shown = { file, version };
  hideHeat(subject);
  resetLook();
  look.hidden = !picture.seen;
}

/** Held-out answers by confidence, of the version that answered, as far as the page has them. */
const bandsFor = ({ version }) =>
  String(version) === page.dataset.version ? JSON.parse(document.getElementById('how').dataset.reliability) : [];

/** “How it got there”; of a newer version than the page was made with, it is fetched anew. */
async function showHow(prediction) {
  if (String(prediction.version) !== page.dataset.version && (await refresh('#how', '.path ol'))) {
    page.dataset.version = prediction.version;
    drawHow();
    show(mode);
    write(answer, verdict(prediction, bandsFor(prediction)));
  }
  write(page, { time: milliseconds(prediction.ms) });
}

function drawHow() {
  const box = document.getElementById('scale');
  write(page, { scale: drawScale(box, Number(box.dataset.side)) });
}

function refuse(file, why = '') {
  const strip = document.getElementById('refusal');
  write(strip, { 'refused-name': file ? `${file.name}: ` : '', 'refused-why': why });
  strip.hidden = !why;
  if (why) strip.scrollIntoView({ block: 'nearest' }); // on a phone the photo's own button may be far below
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

/** The drawn examples: fetched as files, then like any other photo. */
for (const button of all('[data-example]', page)) {
  button.addEventListener('click', async () => {
    const { example, name } = button.dataset;
    for (const each of all('[data-example]', page))
      each.toggleAttribute('aria-current', each.dataset.example === example);
    const blob = await fetch(example)
      .then(found => found.blob())
      .catch(() => null);
    if (blob) tryPhoto(new File([blob], name, { type: 'image/jpeg' }));
    else refuse(null, 'The server cannot be reached. Try again.');
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
    // One model alone is sure in its own way, which nobody has counted.
    showAnswer(answer, prediction, categories, camera.fast ? [] : bandsFor(prediction));
    document.getElementById('rate').textContent = rate === null ? '' : `${rate.toFixed(1)} answers a second`;
  },
  onFast() {
    note.textContent = `Live with ${page.dataset.fast} only, so that it keeps up; a photo gets ${SMALL[members] ?? `all ${members}`}. Nothing is stored.`;
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
  tryPhoto(
    new File([blob], `camera ${new Date().toLocaleTimeString('en-GB')}.jpg`.replaceAll(':', '.'), {
      type: 'image/jpeg',
    }),
  );
});
addEventListener('pagehide', () => camera.stop());

drawHow();
