'use strict';
// A text that is changed where it stands: Ctrl Enter, Save or going on to something else keeps it, Escape does not.
import { request } from './api.js';
import { all, find } from './dom.js';
import { announce, figure, fromTemplate, note, toast } from './page.js';

/** Puts a form in place of `shown`, with all of its `text`; `title` names it. `changed` resolves to the sample as it is
    now, or to null; `leave()` takes the form away where another text is to be shown, and keeps what was typed. */
export function editInPlace(shown, sample, text, title) {
  const form = formOf(sample, text, title);
  const field = find('textarea', form);
  const before = field.value.trim(); // a field has other line ends than `text` may have
  const { promise: changed, resolve } = Promise.withResolvers();
  let saving = false; // meanwhile Cancel would say what is not so
  const close = () => { if (form.isConnected) { form.remove(); shown.hidden = false; } };
  const end = now => { close(); resolve(now); };
  async function save() {
    if (saving) return;
    if (field.value.trim() === before) { end(null); return; }
    hold(form, saving = true);
    try {
      end(await store(sample, field.value));
    } catch (error) {
      hold(form, saving = false);
      if (form.isConnected) { refuse(form, error.message); return; }
      if (error.status !== 404) note(`${title} was not changed. ${error.message}`); // 404: it was left by deleting it
      resolve(null);
    }
  }
  const cancel = () => { if (!saving) end(null); };
  listen(form, save, cancel);
  shown.hidden = true;
  shown.after(form);
  field.focus();
  return { changed, leave() { if (form.isConnected) { close(); save(); } } };
}

function formOf(sample, text, title) {
  const form = fromTemplate('new-edit');
  const [field, wrong] = [find('textarea', form), find('.field-error', form)];
  wrong.id = `wrong-${sample}`;
  field.value = text;
  field.rows = Math.max(2, Math.min(12, Math.ceil(text.length / 50)));
  field.setAttribute('aria-label', `Edit ${title}`);
  field.setAttribute('aria-describedby', wrong.id);
  return form;
}

function listen(form, save, cancel) {
  form.addEventListener('submit', event => { event.preventDefault(); save(); });
  find('[data-cancel]', form).addEventListener('click', cancel);
  form.addEventListener('keydown', event => {
    event.stopPropagation(); // keys of the page do not mean what is typed here
    if (event.key === 'Escape') { event.preventDefault(); cancel(); }
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
}

async function store(sample, text) {
  const changed = await request('PATCH', `/api/samples/${sample}/`, { text });
  if (changed.cut) toast(`It was too long, and is cut after ${figure([...changed.text].length)} characters.`);
  else announce('Changed.');
  return changed;
}

function hold(form, saving) {
  find('textarea', form).readOnly = saving;
  // Not `disabled`: one of them may have the focus.
  for (const button of all('button', form)) button.ariaDisabled = String(saving);
}

function refuse(form, message) {
  const field = find('textarea', form);
  Object.assign(find('.field-error', form), { textContent: message, hidden: false });
  field.setAttribute('aria-invalid', 'true');
  field.focus();
}
