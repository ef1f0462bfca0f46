'use strict';
// The squares of the matrix: a press shows their photos beside it, the arrow keys move between them.

import { all, drawn, find } from './dom.js';
import { announce, note } from './page.js';
import { Thing, thing } from './things.js';

const HEADS = 40; // pixels that the heads cover
const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

export function setUpMatrix(page, cellUrl) {
  const matrix = find('#matrix', page);
  if (!matrix) return;
  const squares = new Map(all('[data-cell]', matrix).map(button => [button.dataset.cell, button]));
  let asked = null;

  async function open(cell) {
    const button = squares.get(cell);
    asked = button;
    for (const other of squares.values()) {
      other.setAttribute('aria-pressed', other === button);
      other.tabIndex = other === button ? 0 : -1;
    }
    bringIntoView(button);
    const [row, column] = cell.split('-');
    const fresh = await drawn(cellUrl.replace('/11/22/', `/${row}/${column}/`));
    if (asked !== button) return; // meanwhile another square was pressed
    const popped = fresh && find('#popped', fresh); // whose session is over gets another page
    if (!popped) {
      note(`The ${thing}s of this square cannot be shown. Reload the page.`);
      return;
    }
    find('#popped', page).replaceWith(document.adoptNode(popped));
  }

  matrix.addEventListener('click', event => {
    const button = event.target.closest('[data-cell]');
    if (!button) return;
    open(button.dataset.cell).then(() => announce(`${Thing}s of ${find('#popped', page).getAttribute('aria-label')}`));
  });
  matrix.addEventListener('keydown', event => walk(event, squares));
  for (const link of all('a[data-cell]', page)) link.addEventListener('click', () => open(link.dataset.cell));
  const first = find('a[data-cell]', page)?.dataset.cell ?? squares.keys().next().value;
  if (first) open(first);
}

/** Where the matrix scrolls, to the square and not the page with it. */
function bringIntoView(button) {
  const box = button.closest('.matrix-in');
  const [seen, square] = [box.getBoundingClientRect(), button.getBoundingClientRect()];
  if (square.top < seen.top + HEADS || square.bottom > seen.bottom) box.scrollTop += square.top - seen.top - seen.height / 2;
  if (square.left < seen.left + seen.width / 3 || square.right > seen.right) box.scrollLeft += square.left - seen.left - seen.width / 2;
}

/** To the next square in that direction that holds photos; Home and End go to the ends of the row. */
function walk(event, squares) {
  const from = event.target.closest('[data-cell]');
  const cells = [...squares.keys()].map(cell => cell.split('-').map(Number));
  const [row, column] = from.dataset.cell.split('-').map(Number);
  const inRow = cells.filter(cell => cell[0] === row);
  let to;
  if (event.key === 'Home') to = inRow[0];
  else if (event.key === 'End') to = inRow.at(-1);
  else if (STEPS[event.key]) to = nearest(cells, row, column, STEPS[event.key]);
  if (!to) return; // another key, or an edge
  event.preventDefault();
  for (const button of squares.values()) button.tabIndex = -1;
  const button = squares.get(to.join('-'));
  button.tabIndex = 0;
  button.focus();
}

function nearest(cells, row, column, [down, right]) {
  const ahead = cells.filter(cell =>
    down ? cell[1] === column && (cell[0] - row) * down > 0 : cell[0] === row && (cell[1] - column) * right > 0,
  );
  const far = cell => Math.abs(cell[0] - row) + Math.abs(cell[1] - column);
  return ahead.sort((one, other) => far(one) - far(other))[0];
}
