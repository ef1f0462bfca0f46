'use strict';
// The words as dots that move while they are learned; hovering or focusing one shows its nearest.

import { find } from './dom.js';
import { relabel, svg } from './page.js';

const EVERY = 90; // milliseconds from one picture to the next
const SHOWN = 22; // names at once
const LETTER = 7.2; // pixels, about
const LINE = 16;
const still = matchMedia('(prefers-reduced-motion: reduce)');

export function showWords() {
  const drawing = find('#plot');
  const slider = find('#frame');
  const button = find('#play');
  let found = null;
  let dots = [];
  let chosen = null;
  let timer = null;
  let seen = false;

  function show(run) {
    stop();
    found = run;
    chosen = null;
    dots = run.words.map((word, index) => dot(word, run.sides[index]));
    find('#dots').replaceChildren(...dots);
    if (dots.length) dots[0].tabIndex = 0;
    slider.max = Math.max(0, run.frames.length - 1);
    slider.value = slider.max;
    slider.disabled = button.disabled = !run.frames.length;
    tell();
    draw();
    if (seen && !still.matches) play();
  }

  function at(index) {
    const frame = found.frames[slider.value];
    return { x: 50 + frame[2 * index] / 21.5, y: 50 - frame[2 * index + 1] / 21.5 }; // percent
  }

  function draw() {
    const last = found.frames.length;
    find('#frame-says').textContent = last ? `step ${Number(slider.value) + 1} of ${last}` : 'Nothing was read';
    slider.setAttribute('aria-valuetext', find('#frame-says').textContent);
    if (!last) {
      for (const part of ['#ties', '#names']) find(part).replaceChildren();
      return;
    }
    dots.forEach((element, index) => {
      const { x, y } = at(index);
      element.setAttribute('x', `${x.toFixed(2)}%`);
      element.setAttribute('y', `${y.toFixed(2)}%`);
    });
    ties();
    names();
  }

  /** Lines from the chosen word to its nearest. */
  function ties() {
    const ends = chosen === null ? [] : found.nearest[chosen];
    find('#ties').replaceChildren(...ends.map(end => {
      const [from, to] = [at(chosen), at(end)];
      return svg('line', { x1: `${from.x}%`, y1: `${from.y}%`, x2: `${to.x}%`, y2: `${to.y}%` });
    }));
  }

  /** As many names as have room, the chosen one and its nearest first, then the most frequent. */
  function names() {
    const { width, height } = drawing.getBoundingClientRect();
    const first = chosen === null ? [] : [chosen, ...found.nearest[chosen]];
    const order = [...new Set([...first, ...found.words.keys()])];
    const taken = [];
    const drawn = [];
    for (const index of order) {
      if (drawn.length === Math.max(first.length, SHOWN)) break;
      const word = found.words[index];
      const box = free(at(index), word.length * LETTER, width, height, taken, first.includes(index));
      if (!box) continue;
      taken.push(box);
      const label = svg('text', { x: box.left, y: box.bottom - 3, class: index === chosen ? 'on' : '' });
      label.textContent = word;
      drawn.push(label);
    }
    find('#names').replaceChildren(...drawn);
  }

  function choose(index) {
    if (chosen !== null) dots[chosen].classList.remove('on');
    for (const element of dots) if (element.tabIndex === 0) element.tabIndex = -1;
    chosen = index;
    dots[index].classList.add('on');
    dots[index].tabIndex = 0;
    tell();
    ties();
    names();
  }

  function tell() {
    const near = chosen === null ? [] : found.nearest[chosen];
    find('#near-word').textContent = chosen === null ? 'Point at a word' : `“${found.words[chosen]}”`;
    find('#near-none').hidden = chosen !== null;
    find('#near-list').replaceChildren(...near.map(index => {
      const row = document.createElement('li');
      row.textContent = found.words[index];
      return row;
    }));
  }

  function play() {
    slider.value = Number(slider.value) === Number(slider.max) ? 0 : slider.value;
    relabel(button, 'square', 'Stop');
    timer = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      draw();
      if (Number(slider.value) >= Number(slider.max)) stop();
    }, EVERY);
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    relabel(button, 'play', 'Play');
  }

  /** The nearest dot on that side of the chosen one. */
  function beside(index, across, down) {
    const { width, height } = drawing.getBoundingClientRect();
    const from = at(index);
    const far = other => {
      const x = ((at(other).x - from.x) * width) / 100;
      const y = ((at(other).y - from.y) * height) / 100;
      const along = x * across + y * down;
      return along > 0 ? Math.hypot(x, y) + 2 * Math.abs(x * down - y * across) : Infinity;
    };
    const others = [...dots.keys()].filter(other => far(other) < Infinity);
    return others.length ? others.reduce((a, b) => (far(a) <= far(b) ? a : b)) : index;
  }

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const of = event => dots.indexOf(event.target.closest?.('.word'));
  for (const kind of ['pointerover', 'focusin', 'click']) {
    drawing.addEventListener(kind, event => { if (of(event) >= 0) choose(of(event)); });
  }
  drawing.addEventListener('keydown', event => {
    if (!ARROWS[event.key] || of(event) < 0) return;
    event.preventDefault();
    dots[beside(of(event), ...ARROWS[event.key])].focus();
  });
  slider.addEventListener('input', () => { stop(); draw(); });
  button.addEventListener('click', () => (timer === null ? play() : stop()));
  addEventListener('resize', () => { if (found) names(); });
  new IntersectionObserver((entries, watcher) => {
    if (!entries.some(entry => entry.isIntersecting)) return;
    watcher.disconnect();
    seen = true;
    if (found?.frames.length && !still.matches) play();
  }, { threshold: 0.6 }).observe(drawing);
  return { show };
}

/** Where a name has room: over its dot, under it or beside it. Null where it has none, unless it `must` be there. */
function free(place, long, width, height, taken, must) {
  const x = (place.x / 100) * width;
  const y = (place.y / 100) * height;
  const corners = [[x - long / 2, y - 23], [x - long / 2, y + 7], [x + 9, y - 8], [x - long - 9, y - 8]];
  const boxes = corners.map(([left, top]) => {
    const inside = Math.max(2, Math.min(left, width - long - 2));
    return { left: inside, top, right: inside + long, bottom: top + LINE };
  });
  const fits = box => box.top > 0 && box.bottom < height && !taken.some(other => meet(box, other));
  return boxes.find(fits) ?? (must ? boxes[0] : null);
}

const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Round for words of positive sentences, square for those of negative ones, small and grey for both. */
function dot(word, side) {
  const classes = { '1': 'word cat-1', '-1': 'word cat-2', '0': 'word none' }[side];
  const element = svg('svg', { class: classes, overflow: 'visible', tabindex: -1, role: 'img', 'aria-label': word });
  element.append(svg('circle', { class: 'hit', r: 12 }));
  const square = { class: 'fi', x: -4.5, y: -4.5, width: 9, height: 9 };
  element.append(side < 0 ? svg('rect', square) : svg('circle', { class: 'fi', r: side ? 5 : 3 }));
  return element;
}
