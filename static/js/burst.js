'use strict';
// The camera on the project page: a press takes a photo, held it takes five a second. What is taken in one go is a burst:
// its photos belong together, since they hardly differ.
import { available, whyNot } from './camera.js';
import { find } from './dom.js';
import { announce, counted, note } from './page.js';

const PAUSE = 200; // ms between two photos of a burst
const MOST = 100; // photos of one press
const LONGEST = 1280; // pixels of the longer side
const QUALITY = 0.92;

/** Gives the page `record(column)`, which opens the camera for it. */
export function setUpBurst(page) {
  const dialog = document.getElementById('burst');
  const video = find('video', dialog);
  const button = find('.burst-hold', dialog);
  const canvas = document.createElement('canvas');
  let column = null;
  let stream = null;
  let held = null; // the burst under way: { files, group }
  let taken = 0;

  page.record = async wanted => {
    if (!available()) {
      note('The camera needs an https address, or localhost: browsers keep it closed elsewhere. Choosing photos works.', 'warn');
      return;
    }
    column = wanted;
    taken = 0;
    draw();
    dialog.showModal();
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
      if (!dialog.open) { end(opened); return; }
      stream = opened;
      video.srcObject = stream;
      await video.play();
      button.disabled = false;
      button.focus();
    } catch (error) {
      refuse(whyNot(error));
    }
  };

  function draw() {
    const [swatch, name] = column.tag();
    swatch.id = '';
    find('.burst-head .sw', dialog).replaceWith(swatch);
    dialog.className = `ask burst ${[...column.root.classList].find(part => part.startsWith('cat-'))}`;
    find('#burst-title', dialog).textContent = `Photos of ${name}`;
    find('.burst-why', dialog).hidden = true;
    video.hidden = false;
    say('');
  }

  function refuse(why) {
    const place = find('.burst-why', dialog);
    place.textContent = why;
    place.hidden = false;
    video.hidden = true;
  }

  const say = text => { find('.burst-said', dialog).textContent = text; };

  async function begin() {
    if (held || button.disabled) return;
    const burst = held = { files: [], group: `burst ${new Date().toISOString()}` };
    dialog.classList.add('recording');
    do {
      const blob = await frame();
      if (blob) burst.files.push(named(blob, burst.files.length + 1));
      say(counted(taken + burst.files.length, 'photo'));
      if (held === burst) await new Promise(resolve => setTimeout(resolve, PAUSE));
    } while (held === burst && burst.files.length < MOST && stream);
    dialog.classList.remove('recording');
    if (held === burst) held = null;
    keep(burst);
  }

  function keep({ files, group }) {
    if (!files.length) return;
    taken += files.length;
    column.take(files, { source: 'webcam', group });
    say(`${counted(taken, 'photo')} added`);
    announce(`${counted(files.length, 'photo')} taken.`);
  }

  function named(blob, number) {
    const moment = new Date().toISOString().replaceAll(/[:.]/g, '-').slice(0, 19);
    return new File([blob], `camera ${moment} ${number}.jpg`, { type: 'image/jpeg' });
  }

  function frame() {
    const { videoWidth: width, videoHeight: height } = video;
    if (!width) return null;
    const scale = Math.min(1, LONGEST / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
    return new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  }

  const release = () => { held = null; };
  const end = opened => { for (const track of opened?.getTracks() ?? []) track.stop(); };

  button.addEventListener('pointerdown', event => {
    if (event.button) return;
    button.setPointerCapture(event.pointerId); // also where the finger slides off
    begin();
  });
  for (const event of ['pointerup', 'pointercancel', 'blur']) button.addEventListener(event, release);
  button.addEventListener('keydown', event => {
    if (![' ', 'Enter'].includes(event.key)) return;
    event.preventDefault();
    if (!event.repeat) begin();
  });
  button.addEventListener('keyup', release);
  button.addEventListener('contextmenu', event => event.preventDefault()); // what a long press opens on phones
  dialog.addEventListener('click', event => {
    if (event.target === dialog || event.target.closest('[data-close]')) dialog.close();
  });
  dialog.addEventListener('close', () => {
    release();
    end(stream);
    stream = video.srcObject = null;
    button.disabled = true;
    column.root.querySelector('.camera').focus();
  });
}
