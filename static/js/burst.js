'use strict';
// The camera on the project page: a press takes a photo, held it takes five a second. What is taken in one go is a burst:
// its photos belong together, since they hardly differ.
import { available, end, frame, opened, whyNot } from './camera.js';
import { find } from './dom.js';
import { announce, closable, counted, note } from './page.js';

const PAUSE = 200; // ms between two photos of a burst
const MOST = 100; // photos of one press
const LONGEST = 1280; // pixels of the longer side
const QUALITY = 0.92;
const CLOSED = 'The camera needs an https address, or localhost: browsers keep it closed elsewhere.';

/** Gives the page `record(column)`, which opens the camera for it. */
export function setUpBurst(page) {
  const dialog = document.getElementById('burst');
  const video = find('video', dialog);
  const button = find('.burst-hold', dialog);
  const single = document.getElementById('photograph');
  let turn = 0; // of opening: the camera that an earlier one gets is not wanted any more
  let column = null;
  let stream = null;
  let held = null; // the burst under way: { files, group }
  let taken = 0;

  page.record = async wanted => {
    column = wanted;
    if (!available()) { takeOne(); return; }
    taken = 0;
    draw();
    dialog.showModal();
    const mine = turn += 1;
    try {
      const came = await opened();
      if (mine !== turn) { end(came); return; }
      stream = came;
      for (const track of stream.getTracks()) track.addEventListener('ended', () => refuse('The camera is gone. Open it again.'));
      video.srcObject = stream;
      await video.play();
      button.disabled = false;
      button.focus();
    } catch (error) {
      if (mine === turn) refuse(whyNot(error));
    }
  };

  /** With the camera of the phone itself, which also a page without https may ask for. */
  function takeOne() {
    const isPhone = matchMedia('(pointer: coarse)').matches;
    note(`${CLOSED} ${isPhone ? 'One photo at a time works.' : 'Choosing photos works.'}`, 'warn');
    if (isPhone) single.click();
  }
  single.addEventListener('change', () => {
    if (single.files.length) column.take([...single.files], { source: 'webcam' });
    single.value = ''; // so that the same choice counts as a change again
  });

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
    release();
    button.disabled = true;
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
      const blob = video.videoWidth ? await frame(video, LONGEST, QUALITY) : null;
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

  const release = () => { held = null; };

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
  closable(dialog);
  dialog.addEventListener('close', () => {
    turn += 1;
    release();
    end(stream);
    stream = video.srcObject = null;
    button.disabled = true;
    column.root.querySelector('.camera').focus();
  });
}
