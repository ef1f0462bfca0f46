'use strict';
// A table before it is imported: its first rows, and which column holds what.
import { request } from './api.js';
import { all, find } from './dom.js';
import { nameKey } from './names.js';
import { figure } from './page.js';

const PART = 1 << 20; // bytes: of what is no workbook the beginning tells
const FIELDS = ['text', 'category', 'split', 'group'];
const NAMED = 5; // new categories in a sentence

let last = Promise.resolve(); // there is one dialog: a second file waits until the first one is answered

/**
 * Which column of `file` holds what, as the server's fields; null where somebody thought better of it, or by `signal`
 * before it was asked. Texts that say no category of their own go to `category`, or to none. Throws ApiError.
 */
export function askForColumns(url, file, category, signal = null) {
  const answer = last.then(() => previewed(url, file, category, signal));
  last = answer.catch(() => {}); // who asked is told
  return answer;
}

async function previewed(url, file, category, signal) {
  const form = new FormData();
  const part = /\.xlsx$/i.test(file.name) ? file : file.slice(0, PART);
  form.append('archive', new File([part], file.name));
  const found = await request('POST', `${url}preview/`, form);
  return signal?.aborted ? null : ask(document.getElementById('table'), file, found, category);
}

function ask(dialog, file, found, category) {
  const form = find('form', dialog);
  const { rows, columns } = found;
  const width = Math.max(...rows.map(row => row.length));
  find('h2', dialog).textContent = file.name;
  const header = form.elements.header;
  header.checked = columns.header;
  const draw = () => {
    drawRows(dialog, rows, header.checked, form);
    find('#table-said', dialog).textContent = inWords(file, found, category, form);
  };
  // What is dropped on a category goes there, until somebody says that a column holds the categories.
  fillChoices(form, rows, category ? { ...columns, category: null } : columns, width);
  header.onchange = () => { nameChoices(form, rows, header.checked); draw(); };
  for (const name of FIELDS) form.elements[name].onchange = draw;
  nameChoices(form, rows, header.checked);
  find('.table-more', dialog).hidden = width < 3;
  find('.table-which', dialog).hidden = width === 1;
  draw();
  dialog.showModal();
  find('h2', dialog).focus();
  return new Promise(resolve => {
    const end = said => { dialog.onclose = null; dialog.close(); resolve(said); };
    dialog.onclose = () => resolve(null);
    for (const button of all('[data-close]', dialog)) button.onclick = () => end(null);
    form.onsubmit = event => {
      event.preventDefault();
      const said = { header: header.checked ? 'yes' : 'no' };
      for (const name of FIELDS) said[`${name}_column`] = form.elements[name].value || '0';
      end(said);
    };
  });
}

/** What is shown, what to choose, and what the import makes, as it is chosen now. */
function inWords(file, { rows, columns, clear, expected, new_categories: fresh }, category, form) {
  const width = Math.max(...rows.map(row => row.length));
  const whole = file.size <= PART && expected <= rows.length;
  const about = file.size > PART ? '' : ` of about ${figure(expected)}`;
  const which = whole ? 'All its rows.' : `The first ${figure(rows.length)} rows${about}.`;
  const chosen = form.elements.category.value;
  const known = columns.category && !category ? 'Its columns say what they hold.' : 'Say which column holds the categories, if one does.';
  const told = width === 1 ? 'One text a row.' : clear ? known : 'Say which column holds what.';
  const goes = category && (chosen ? `Those without a category go to ${category}.` : `They go to ${category}.`);
  const top = form.elements.header.checked ? nameKey(rows[0]?.[chosen - 1] ?? '') : '';
  const names = chosen ? (fresh[chosen - 1] ?? []).filter(name => nameKey(name) !== top) : [];
  return [which, told, goes, makes(names, whole)].filter(Boolean).join(' ');
}

/** “Makes 2 new categories: lost card, PIN.” */
function makes(names, whole) {
  if (!names.length) return '';
  const left = names.length - NAMED;
  const more = left > 0 ? ` and ${figure(left)} more` : '';
  const number = names.length === 1 ? '1 new category' : `${figure(names.length)} new categories`;
  return `Makes ${whole ? '' : 'at least '}${number}: ${names.slice(0, NAMED).join(', ')}${more}.`;
}

function fillChoices(form, rows, columns, width) {
  for (const name of FIELDS) {
    const options = Array.from({ length: width }, (_, at) => new Option('', at + 1));
    if (name !== 'text') options.unshift(new Option('None', ''));
    form.elements[name].replaceChildren(...options);
    form.elements[name].value = columns[name] ?? '';
  }
}

function nameChoices(form, rows, named) {
  for (const name of FIELDS) {
    for (const option of form.elements[name].options) {
      if (!option.value) continue;
      const top = named ? rows[0]?.[Number(option.value) - 1] : '';
      option.textContent = top || `Column ${option.value}`;
    }
  }
}

function drawRows(dialog, rows, named, form) {
  const chosen = { [form.elements.text.value]: 'is-text', [form.elements.category.value]: 'is-category' };
  find('tbody', dialog).replaceChildren(...rows.map((row, place) => {
    const line = document.createElement('tr');
    line.append(...row.map((text, at) => {
      const cell = document.createElement(named && !place ? 'th' : 'td');
      Object.assign(cell, { textContent: text, className: chosen[at + 1] ?? '' });
      return cell;
    }));
    return line;
  }));
}
