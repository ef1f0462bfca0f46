'use strict';
// Whether the web's image searches can be reached: what a search found out stands for a while on every button that would
// ask again. Nothing is asked to find it out.
import { all, find } from './dom.js';

const FOR = 120_000; // ms that it is remembered
const KEY = 'web-unreachable';
const SAID = 'Cannot reach the web right now. Try again';
let timer = null;

const left = () => Number(sessionStorage.getItem(KEY)) + FOR - Date.now(); // ms

export const unreachable = () => left() > 0;

/** A search, or what brings in its photos, has ended. */
export function heard({ status, error_code: code }) {
  if (code === 'unreachable') sessionStorage.setItem(KEY, Date.now());
  else if (status === 'succeeded') sessionStorage.removeItem(KEY);
  drawReach();
}

export function drawReach() {
  for (const button of all('.web, #web-all')) draw(button, unreachable());
  clearTimeout(timer);
  if (unreachable()) timer = setTimeout(drawReach, left());
}

/** The button stays one: a press tries again. */
function draw(button, gone) {
  const text = find('span', button);
  text.dataset.usual ??= text.textContent;
  text.textContent = gone ? SAID : text.dataset.usual;
  const drawing = find('use', button);
  drawing.setAttribute('href', drawing.getAttribute('href').replace(/#.*/, gone ? '#wifi-off' : '#globe'));
  const { name } = button.dataset; // of its category
  if (name) button.setAttribute('aria-label', `${gone ? SAID : 'Search the web'} for ${name}`);
}
