'use strict';
// What every page does that answers for photos: a photo by drop, paste, choice or camera, its answer, and the live camera.

import { categoriesByName, showAnswer, spoken } from './answer.js';
import { request } from './api.js';
import { LiveCamera, available, whyNot } from './camera.js';
import { all, find, showFor, write } from './dom.js';
import { holdsFiles } from './drops.js';
import { announce } from './page.js';

const FRAME = { longest: 4096, quality: 0.92 }; // of a frame that becomes a photo

/**
 * Sets up `page`, whose data-predict-url answers. `bandsFor(prediction)` gives held-out answers by confidence;
 * `onPhoto(file, seen, prediction)` hears of each photo with its answer, `seen` telling whether this browser can show it.
 * `live` holds what the camera needs beside: `canBeFast`, `pace`, and in words `stored` and, after it sped up, `fast`.
 */
export function setUpTester(page, { bandsFor, onPhoto = () => {}, live }) {
  const answer = document.getElementById('answer');
  const categories = categoriesByName(page);
  let mode = 'empty'; // empty, answer, live
  let asked = 0; // counts photos, so that a late answer to an earlier one is dropped

  function show(next = mode) {
    mode = next;
    showFor(document, mode);
  }

  async function predict(file, fast = false, live = false) {
    const form = new FormData();
    form.append('file', file, file.name ?? 'frame.jpg');
    if (fast) form.append('fast', '1');
    if (live) form.append('keep', '0');
    return request('POST', page.dataset.predictUrl, form);
  }

  /** `example`: the address of the drawn one that it is. */
  async function tryPhoto(file, example = '') {
    const turn = ++asked;
    camera.stop();
    markExample(example);
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

  function markExample(address) {
    for (const each of all('[data-example]', page)) each.ariaCurrent = each.dataset.example === address ? 'true' : null;
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
    document.getElementById('unseen').hidden = picture.seen;
    write(page, { 'unseen-name': file.name });
    show('answer');
    showAnswer(answer, prediction, categories, bandsFor(prediction));
    announce(spoken(prediction, bandsFor(prediction), answer.dataset.photos));
    onPhoto(file, picture.seen, prediction);
  }

  function refuse(file, why = '') {
    const strip = document.getElementById('refusal');
    write(strip, { 'refused-name': file ? `${file.name}: ` : '', 'refused-why': why });
    strip.hidden = !why;
    if (why) strip.scrollIntoView({ block: 'nearest' }); // on a phone the photo's own button may be far below
  }
  find('button', document.getElementById('refusal')).addEventListener('click', () => refuse(null));

  const camera = setUpCamera(page, live, {
    predict,
    refuse,
    show,
    tryPhoto,
    beforeStart() {
      asked += 1;
      markExample('');
      busy(false);
      refuse(null);
    },
    // One model alone is sure in its own way, which nobody has counted.
    onAnswer: (prediction, fast) => showAnswer(answer, prediction, categories, fast ? [] : bandsFor(prediction)),
  });
  waysIn(page, tryPhoto, refuse);
  return { show };
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

// ---------------------------------------------------------------- ways in

function waysIn(page, tryPhoto, refuse) {
  for (const way of ['choose', 'photograph']) {
    const input = document.getElementById(way);
    for (const button of all(`[data-${way}]`)) button.addEventListener('click', () => input.click());
    input.addEventListener('change', () => {
      if (input.files.length) tryPhoto(input.files[0]);
      input.value = ''; // so that the same file can be chosen again
    });
  }
  setUpExamples(page, tryPhoto, refuse);
  setUpDrops(tryPhoto);
  addEventListener('paste', event => {
    const file = event.clipboardData?.files[0];
    if (file) tryPhoto(file);
    else if (!event.target.closest?.('input, textarea')) refuse(null, 'There is no photo in the clipboard.');
  });
}

/** The drawn examples: fetched as files, then like any other photo. */
function setUpExamples(page, tryPhoto, refuse) {
  for (const button of all('[data-example]', page)) {
    button.addEventListener('click', async () => {
      const { example, name } = button.dataset;
      const blob = await fetch(example)
        .then(found => (found.ok ? found.blob() : null))
        .catch(() => null);
      if (blob) tryPhoto(new File([blob], name, { type: 'image/jpeg' }), example);
      else refuse(null, 'The example could not be fetched. Try again.');
    });
  }
}

function setUpDrops(tryPhoto) {
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
}

// ---------------------------------------------------------------- live camera

function setUpCamera(page, { canBeFast = false, pace = 0, stored, fast = '' }, { predict, refuse, show, tryPhoto, beforeStart, onAnswer }) {
  const note = document.getElementById('camera-note');
  const rate = document.getElementById('rate');
  const camera = new LiveCamera(document.getElementById('video'), {
    ask: (frame, fast) => predict(frame, fast, true),
    canBeFast,
    pace,
    onAnswer(prediction, perSecond) {
      refuse(null);
      onAnswer(prediction, camera.fast);
      if (!pace) rate.textContent = perSecond === null ? '' : `${perSecond.toFixed(1)} answers a second`;
    },
    onFast() {
      note.textContent = fast;
      announce(fast);
    },
    onGone() {
      stop();
      refuse(null, 'The camera is gone. Open it again.');
    },
    onTrouble(error) {
      refuse(null, error.message);
      const passes = error.status === 0 || error.status === 429 || error.status >= 500;
      if (!passes) stop();
      return passes;
    },
  });

  async function start() {
    beforeStart();
    note.textContent = stored;
    rate.textContent = '';
    try {
      if (!(await camera.start())) return;
    } catch (error) {
      camera.stop();
      refuse(null, whyNot(error));
      return;
    }
    show('live');
    announce('Live camera. The bars follow what it sees.');
    document.getElementById('use-frame').focus();
  }

  function stop() {
    camera.stop();
    show('empty');
    all('[data-live]', document.getElementById('drop')).find(button => button.offsetParent)?.focus();
  }

  for (const button of all('[data-live]', page)) {
    button.hidden = !available();
    button.addEventListener('click', start);
  }
  for (const word of all('.no-camera', page)) {
    word.hidden = false;
    if (available()) word.remove();
  }
  document.getElementById('stop').addEventListener('click', stop);
  document.getElementById('use-frame').addEventListener('click', async () => {
    const blob = await camera.frame(FRAME.longest, FRAME.quality);
    const name = `camera ${new Date().toLocaleTimeString('en-GB')}.jpg`.replaceAll(':', '.');
    tryPhoto(new File([blob], name, { type: 'image/jpeg' }));
  });
  addEventListener('pagehide', () => camera.stop());
  return camera;
}
