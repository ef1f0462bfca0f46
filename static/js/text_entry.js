'use strict';
// Texts typed or pasted into a category, one a line, and what of them was not taken.
import { request } from './api.js';
import { all, find } from './dom.js';
import { announce, counted, figure } from './page.js';
import { things } from './things.js';

const AT_ONCE = 500; // of a request
const SHOWN = 60; // texts of a category that the page adds one by one; of more it asks for the newest
const REASONS = 50;

/** The texts in a field: one a line. */
export const linesIn = value => value.split(/\r\n?|\n/).map(line => line.trim()).filter(Boolean);

/** `column` takes what comes; gives it `paste(text)`, for what was pasted beside every field. */
export function setUpTextEntry(column, page) {
  const form = find('.entry form', column.root);
  const field = find('.text-in', form);
  const button = find('.add-texts span', form);
  const said = find('.entry-said', column.root);
  const not = find('.entry-not', column.root);
  field.setAttribute('aria-label', `Texts for ${column.name}, one a line`);
  const draw = () => {
    const lines = linesIn(field.value).length;
    button.textContent = lines > 1 ? `Add ${things(lines)}` : 'Add';
    field.rows = Math.max(2, Math.min(8, field.value.split('\n').length));
  };
  field.addEventListener('input', draw);
  field.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  find('button', not).addEventListener('click', () => { not.hidden = true; field.focus(); });
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const lines = linesIn(field.value);
    if (!lines.length || form.ariaBusy === 'true') return;
    form.ariaBusy = 'true';
    field.readOnly = true;
    page.used(column);
    const { left, error } = await send(column, page, lines, done => { said.textContent = `Adding, ${figure(done)} of ${figure(lines.length)}`; }, not);
    form.ariaBusy = field.readOnly = false;
    field.value = left.join('\n'); // what could not be sent stays there
    said.textContent = error;
    draw();
    field.focus();
  });
  column.paste = text => {
    field.value = [field.value, text].filter(Boolean).join('\n');
    draw();
    field.focus();
  };
}

async function send(column, page, lines, told, not) {
  const rejected = [];
  let [added, cut] = [0, 0];
  let at = 0;
  let error = '';
  try {
    for (; at < lines.length; at += AT_ONCE) {
      if (lines.length > AT_ONCE) told(at);
      const answer = await sendSome(column, page, lines.slice(at, at + AT_ONCE));
      rejected.push(...answer.rejected.map(each => ({ ...each, text: lines[at + Number(each.name) - 1] })));
      added += answer.added.length;
      cut += answer.added.filter(each => each.cut).length;
      if (lines.length <= SHOWN) for (const sample of answer.added) column.insert(sample);
    }
  } catch (failure) {
    error = failure.message;
  }
  if (lines.length > SHOWN) await column.refresh().catch(() => {});
  showRefused(not, rejected, cut);
  page.textsAdded();
  if (added) announce(`${things(added)} added to ${column.name}.`);
  return { left: lines.slice(at), error };
}

/** An answer where nothing was added is one as well: it says why. */
async function sendSome(column, page, texts) {
  try {
    return await request('POST', page.samplesUrl, { category_id: Number(column.id), texts });
  } catch (error) {
    if (!error.body?.rejected) throw error;
    return { added: [], rejected: error.body.rejected };
  }
}

function showRefused(not, rejected, cut) {
  const parts = [];
  if (rejected.length) parts.push(`${counted(rejected.length, 'line')} not taken`);
  if (cut) parts.push(`${things(cut)} too long, and cut`);
  not.hidden = !parts.length;
  find('b', not).textContent = parts.join(', ');
  find('ul', not).replaceChildren(...rejected.slice(0, REASONS).map(({ text, message }) => {
    const item = document.createElement('li');
    const name = document.createElement('b');
    name.textContent = text;
    item.append(name, ` ${message}`);
    return item;
  }));
  if (parts.length) announce([find('b', not).textContent, ...all('li', not).slice(0, 1).map(item => item.textContent)].join(': '));
}
