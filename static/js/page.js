'use strict';
// Building blocks of pages: nodes from <template>s, icons, words with numbers, announcements, notes, a toast.

const SVG = 'http://www.w3.org/2000/svg';

/** A copy of the first element in <template id="…">. */
export const fromTemplate = id => document.getElementById(id).content.firstElementChild.cloneNode(true);

/** An SVG element with attributes. */
export function svg(tag, attributes = {}) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** One of Lucide's drawings, as {% icon %} makes it. */
export function icon(name, classes = '') {
  const drawing = svg('svg', { class: `i ${classes}`.trim(), 'aria-hidden': 'true' });
  drawing.append(svg('use', { href: `${document.querySelector('meta[name="icons"]').content}#${name}` }));
  return drawing;
}

/** Another icon and another word on a button that has one of each. */
export function relabel(button, name, word) {
  button.firstElementChild.replaceWith(icon(name, 's'));
  button.lastElementChild.textContent = word;
}

const figures = new Intl.NumberFormat('en');

/** 1940 → "1,940". */
export const figure = n => figures.format(n);

/** "1 photo", "1,940 photos". */
export const counted = (n, noun, plural = `${noun}s`) => `${figure(n)} ${n === 1 ? noun : plural}`;

/** "notes.pdf", "notes.pdf and 16 more": the first of `all` stands for them. */
export const withOthers = (first, all) => (all > 1 ? `${first} and ${figure(all - 1)} more` : first);

/** 0.92 → "92 %". */
export const percent = share => `${Math.round(100 * share)}\u202f%`;

/** Tell screen readers, politely. Beside an open dialog they hear nothing: it may have a place of its own for this. */
export function announce(text) {
  const place = document.querySelector('dialog:modal [data-announcer]') ?? document.getElementById('announcer');
  place.textContent = text;
}

/** A note in the page, for what lasts: kind is bad, warn, live or ''. The same text is not shown twice. With `goOn` it is
    dismissed by a button of that name alone, which calls it. */
export function note(text, kind = 'bad', goOn = null) {
  const list = document.getElementById('messages');
  for (const old of list.children) if (old.textContent.trim() === text) old.remove();
  const element = document.createElement('div');
  element.className = `note ${kind}`;
  element.setAttribute('role', kind === 'bad' ? 'alert' : 'status');
  const said = document.createElement('p');
  said.textContent = text;
  const off = document.createElement('button');
  if (goOn) {
    Object.assign(off, { type: 'button', className: 'btn small', textContent: 'Go on' });
    off.addEventListener('click', () => { element.remove(); list.hidden = !list.children.length; goOn(); });
  } else {
    Object.assign(off, { type: 'button', className: 'note-off', ariaLabel: 'Dismiss' });
    off.append(icon('x', 's'));
  }
  element.append(icon(kind === 'live' ? 'circle-check' : 'circle-alert'), said, off);
  list.append(element);
  list.hidden = false;
  element.scrollIntoView({ block: 'nearest' });
}

/** Closes by its buttons with data-close, and by a press beside it: one that begins there as well, unlike text that is
    selected out of it. */
export function closable(dialog) {
  let beganBeside = false;
  const isBeside = ({ target, clientX: x, clientY: y }) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    return target === dialog && (x < left || x > right || y < top || y > bottom);
  };
  dialog.addEventListener('pointerdown', event => { beganBeside = isBeside(event); });
  dialog.addEventListener('click', event => {
    const button = event.target.closest('[data-close]');
    const isOwn = button?.closest('dialog') === dialog; // not that of a dialog inside
    if (isOwn || (beganBeside && isBeside(event))) dialog.close();
  });
}

let shown = null;

/** One line at the foot of the window for 8 s, longer under pointer or focus; `undo` puts a button there, which takes the
    focus from who came `byKeyboard`. Never for errors. */
export function toast(text, undo = null, byKeyboard = false) {
  shown?.remove();
  const element = document.createElement('div');
  element.className = 'toast';
  element.setAttribute('role', 'status');
  element.textContent = text;
  if (undo) element.append(undoButton(element, undo));
  (document.querySelector('dialog:modal') ?? document.body).append(element); // beside a dialog nothing can be pressed
  shown = element;
  let timer = null;
  const stay = () => clearTimeout(timer);
  const leaveAfter = ms => { stay(); timer = setTimeout(() => element.remove(), ms); };
  leaveAfter(8000);
  for (const event of ['pointerenter', 'focusin']) element.addEventListener(event, stay);
  for (const event of ['pointerleave', 'focusout']) element.addEventListener(event, () => leaveAfter(3000));
  if (byKeyboard) element.querySelector('button')?.focus();
}

function undoButton(element, undo) {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: 'btn small', textContent: 'Undo' });
  button.addEventListener('click', () => { element.remove(); undo(); });
  return button;
}

const stay = event => event.preventDefault();
const guards = new Set(); // who would lose something

/** Ask before this page is left, as long as `something` of `who` (any name or object) would be lost. Each speaks for
    itself alone: photos that are in do not end the question for a zip that is still being sent. */
export function guardLeaving(who, something) {
  if (something) guards.add(who); else guards.delete(who);
  if (guards.size) addEventListener('beforeunload', stay); else removeEventListener('beforeunload', stay);
}
