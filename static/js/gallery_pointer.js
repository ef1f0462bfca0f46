'use strict';
// Pressing photos: with a mouse as in a file manager, on a touch screen by a long press first.
import { rubberBand } from './gallery_band.js';

const LONG = 450; // ms
const STILL = 10; // px that a finger may wander

/** `page` has `grid`, `photos`, `selection`, `selecting`, `mayEdit`, `open(number)`, `accept(numbers)`, `focus(number)`. */
export function listenToPointer(box, page) {
  const { grid, photos, selection } = page;
  let touched = false; // whether the last press was a finger's
  let held = null; // the timer of a long press, and where it began

  const numberOf = event => event.target.closest('.shot-cell')?.number ?? null;

  box.addEventListener('pointerdown', event => {
    touched = event.pointerType !== 'mouse';
    const number = numberOf(event);
    if (!touched || !page.mayEdit || number === null) return;
    held = { x: event.clientX, y: event.clientY, timer: setTimeout(() => longPressed(number), LONG) };
  });
  const letGo = () => { clearTimeout(held?.timer); held = null; };
  for (const name of ['pointerup', 'pointercancel', 'scroll']) addEventListener(name, letGo, { passive: true });
  addEventListener('pointermove', event => {
    if (held && Math.hypot(event.clientX - held.x, event.clientY - held.y) > STILL) letGo();
  });
  box.addEventListener('contextmenu', event => { if (touched && page.mayEdit) event.preventDefault(); });

  function longPressed(number) {
    held = null;
    const photo = photos.shown[number];
    if (!photo) return;
    navigator.vibrate?.(10);
    selection.toggle(photo.id, number);
    // The click that ends the press is not one more.
    const stop = event => { event.stopPropagation(); event.preventDefault(); };
    addEventListener('click', stop, { capture: true, once: true });
    addEventListener('pointerdown', () => removeEventListener('click', stop, { capture: true }), { once: true });
  }

  box.addEventListener('click', event => {
    const number = numberOf(event);
    const photo = photos.shown[number];
    if (number === null) { selection.clear(); return; }
    if (!photo) return;
    if (event.target.closest('.offer:not(.not)') && page.mayEdit) page.accept([number]);
    else if (!page.mayEdit || event.target.closest('.shot-zoom')) page.open(number);
    else if (touched && !page.selecting && !selection.size) page.open(number);
    else { select(event, photo, number); page.focus(number); }
  });
  box.addEventListener('dblclick', event => {
    const number = numberOf(event);
    if (number !== null && !touched && !event.target.closest('.shot-tick, .shot-said')) page.open(number);
  });

  function select(event, photo, number) {
    const also = event.ctrlKey || event.metaKey;
    if (event.shiftKey) selection.reach(photos.shown, number, also);
    else if (also || touched || event.target.closest('.shot-tick')) selection.toggle(photo.id, number);
    else selection.set([photo.id], number);
  }

  if (!page.mayEdit) return;
  let before = [];
  let last = null;
  rubberBand(box, {
    began: event => { before = event.ctrlKey || event.metaKey || event.shiftKey ? selection.ids : []; },
    pick: rectangle => {
      const numbers = grid.touched(rectangle).filter(number => photos.shown[number]);
      last = numbers.at(-1) ?? last;
      selection.set([...before, ...numbers.map(number => photos.shown[number].id)], numbers[0] ?? selection.anchor);
    },
    ended: () => { if (last !== null) page.focus(last); },
  });
}
