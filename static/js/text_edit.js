'use strict';
// A text that is changed where it stands: Ctrl Enter or Save keeps it, Escape does not.
import { request } from './api.js';
import { find } from './dom.js';
import { announce, fromTemplate } from './page.js';

/** Puts a form in place of `shown`; resolves to the sample as it is now, or to null. `title` names the text. */
export function editInPlace(shown, sample, text, title) {
  const form = fromTemplate('new-edit');
  const [field, wrong] = [find('textarea', form), find('.field-error', form)];
  wrong.id = `wrong-${sample}`;
  field.value = text;
  field.rows = Math.max(2, Math.min(12, Math.ceil(text.length / 50)));
  field.setAttribute('aria-label', `Edit ${title}`);
  field.setAttribute('aria-describedby', wrong.id);
  shown.hidden = true;
  shown.after(form);
  field.focus();
  return new Promise(resolve => {
    const end = changed => { form.remove(); shown.hidden = false; resolve(changed); };
    form.addEventListener('submit', async event => {
      event.preventDefault();
      if (field.value.trim() === text) { end(null); return; }
      try {
        const changed = await request('PATCH', `/api/samples/${sample}/`, { text: field.value });
        announce('Changed.');
        end(changed);
      } catch (error) {
        Object.assign(wrong, { textContent: error.message, hidden: false });
        field.setAttribute('aria-invalid', 'true');
        field.focus();
      }
    });
    find('[data-cancel]', form).addEventListener('click', () => end(null));
    form.addEventListener('keydown', event => {
      event.stopPropagation(); // keys of the page do not mean what is typed here
      if (event.key === 'Escape') { event.preventDefault(); end(null); }
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
  });
}
