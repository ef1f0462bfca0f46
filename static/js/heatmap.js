'use strict';
// What a model looked at: a photo dimmed where nothing spoke for the answer.

import { request } from './api.js';
import { find } from './dom.js';
import { announce, svg } from './page.js';

const DARKEST = 0.66;
const PLACES = [
  'at the upper left', 'at the top', 'at the upper right',
  'on the left', 'in the middle', 'on the right',
  'at the lower left', 'at the bottom', 'at the lower right',
];
const LOOK = 'What did it look at?';
const HIDE = 'Hide what it looked at';

/** Ask for a map and draw it over the figure's image, with its sentence below. Throws ApiError. */
export async function showHeat(figure, asked) {
  const image = find('img', figure);
  const heat = await askForHeat(asked);
  await drawHeat(image, heat);
  if (find('img', figure) !== image) return heat; // meanwhile another photo stands there
  say(figure, `${heat.category}: mostly ${brightest(heat)}. ${heat.how}`, heat.rest);
  return heat;
}

/** `asked`: url, and sample (an id) or file; perhaps category (a name), version (an id). */
export function askForHeat({ url, sample, file, category, version }) {
  const address = version ? `${url}?version=${version}` : url;
  if (!file) return request('POST', address, category ? { sample, category } : { sample });
  const form = new FormData();
  form.append('file', file, file.name ?? 'photo.jpg');
  if (category) form.append('category', category);
  return request('POST', address, form);
}

/** Lay the squares over an image, which must fill its parent. */
export async function drawHeat(image, { rows, columns, values }) {
  await image.decode().catch(() => {}); // only then is its size known
  const { naturalWidth: width, naturalHeight: height } = image;
  const fit = getComputedStyle(image).objectFit === 'cover' ? 'slice' : 'meet';
  const drawing = svg('svg', {
    class: 'heat-map',
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: `xMidYMid ${fit}`,
    'aria-hidden': 'true',
  });
  const squares = svg('g', { transform: `scale(${width / columns} ${height / rows})` });
  values.forEach((row, y) =>
    row.forEach((value, x) => {
      const opacity = (DARKEST * (1 - value)).toFixed(2);
      squares.append(svg('rect', { x, y, width: 1, height: 1, opacity }));
    }),
  );
  drawing.append(squares);
  image.parentElement?.classList.add('heat');
  image.after(drawing);
}

export function hideHeat(figure) {
  find('.heat-map', figure)?.remove();
  find('.heat-how', figure)?.remove();
}

/** In words, which ninth of the photo is the brightest. */
export function brightest({ rows, columns, values }) {
  const ninths = PLACES.map(place => ({ place, sum: 0, squares: 0 }));
  values.forEach((row, y) =>
    row.forEach((value, x) => {
      const ninth = ninths[3 * Math.floor((3 * y) / rows) + Math.floor((3 * x) / columns)];
      ninth.sum += value;
      ninth.squares += 1;
    }),
  );
  return ninths.sort((one, other) => other.sum / other.squares - one.sum / one.squares)[0].place;
}

/** A button that shows and hides what the model looked at. `asked()` says of which photo, as `askForHeat` takes it. */
export function heatButton(button, figure, asked) {
  const set = shown => {
    button.setAttribute('aria-pressed', shown);
    button.textContent = shown ? HIDE : LOOK;
  };
  const shown = () => Boolean(find('.heat-map', figure));
  set(shown());
  button.addEventListener('click', async () => {
    if (shown()) {
      hideHeat(figure);
      set(false);
      return;
    }
    button.setAttribute('aria-busy', 'true');
    try {
      await showHeat(figure, asked());
    } catch (error) {
      say(figure, error.message);
    } finally {
      button.removeAttribute('aria-busy');
      set(shown());
    }
  });
  return () => set(shown());
}

function say(figure, text, rest = '') {
  const box = find('img', figure).parentElement;
  const said = find('.heat-how', figure) ?? document.createElement('div');
  said.className = 'heat-how t13 two';
  tell(said, text, rest);
  box.after(said);
  announce(text);
}

/** Write what was drawn into `box`; what the answer has besides, `rest`, waits behind a press. */
export function tell(box, text, rest) {
  const said = document.createElement('p');
  said.textContent = text;
  box.replaceChildren(said);
  if (!rest) return;
  const more = document.createElement('details');
  const summary = document.createElement('summary');
  summary.className = 'textlink';
  summary.textContent = 'And the rest of the answer?';
  const where = document.createElement('p');
  where.textContent = `It comes from ${rest}.`;
  more.append(summary, where);
  box.append(more);
}
