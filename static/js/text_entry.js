'use strict';
// Texts typed or pasted into a category, one a line, and what of them was not taken.
import { request } from './api.js';
import { all, find } from './dom.js';
import { announce, counted, figure, guardLeaving } from './page.js';
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
  const not = find('.entry-not', column.root);
  field.setAttribute('aria-label', `Texts for ${column.name}, one a line`);
  field.addEventListener('input', () => draw(form));
  field.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    if (sends(form)) return; // then it begins the next line
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener('submit', event => {
    event.preventDefault();
    if (!sends(form) && linesIn(field.value).length) add(column, page, form);
  });
  find('button', not).addEventListener('click', () => { not.hidden = true; field.focus(); });
  column.paste = text => {
    put(form, [field.value, text]);
    field.focus();
  };
}

const sends = form => form.ariaBusy === 'true';

function put(form, parts) {
  find('.text-in', form).value = parts.filter(Boolean).join('\n');
  draw(form);
}

function draw(form) {
  const [field, button] = [find('.text-in', form), find('.add-texts', form)];
  const lines = linesIn(field.value).length;
  find('span', button).textContent = lines > 1 ? `Add ${things(lines)}` : 'Add';
  button.ariaDisabled = form.ariaBusy;
  field.rows = Math.max(2, Math.min(8, field.value.split('\n').length));
  guardLeaving(form, lines > 0 || sends(form));
}

async function add(column, page, form) {
  const [field, said] = [find('.text-in', form), find('.entry-said', column.root)];
  const lines = linesIn(field.value);
  form.ariaBusy = 'true';
  put(form, []); // what comes into it from now on is for the next time
  field.focus();
  page.used(column);
  const told = done => { said.textContent = `Adding, ${figure(done)} of ${figure(lines.length)}`; };
  const { left, error } = await send(column, page, lines, told);
  form.ariaBusy = 'false';
  said.textContent = error;
  put(form, [...left, field.value]); // what could not be sent comes back
}

async function send(column, page, lines, told) {
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
  const refused = showRefused(find('.entry-not', column.root), rejected, cut);
  page.textsAdded();
  announce([added ? `${things(added)} added to ${column.name}.` : '', refused].filter(Boolean).join(' '));
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

/** What screen readers hear of it, with the first reason. */
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
  return [parts.join(', '), ...all('li', not).slice(0, 1).map(item => item.textContent)].filter(Boolean).join(': ');
}
