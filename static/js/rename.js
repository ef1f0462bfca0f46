'use strict';
// A name that is changed where it stands: a pencil turns the heading into a field; Enter or leaving saves, Escape not.
import { announce, fromTemplate } from './page.js';

/** `save(name)` stores it and may throw an error whose message is shown below the field; `saved(name)` follows. Where the
    button is in a menu, `back` is what gets the focus in the end. */
export function renameInPlace(heading, button, { label, longest, save, saved, back = button }) {
  button.addEventListener('click', () => {
    const form = fromTemplate('new-rename');
    const field = form.querySelector('input');
    const wrong = document.createElement('p');
    wrong.className = 'field-error';
    wrong.id = `wrong-${crypto.randomUUID()}`;
    wrong.setAttribute('role', 'alert');
    Object.assign(field, { value: heading.textContent, maxLength: longest });
    field.setAttribute('aria-label', label());
    field.setAttribute('aria-describedby', wrong.id);
    form.append(wrong);
    heading.hidden = button.hidden = true;
    heading.after(form);
    field.select();

    let ended = false;
    const end = refocus => {
      ended = true;
      form.remove();
      heading.hidden = button.hidden = false;
      if (refocus) back.focus();
    };
    const store = async refocus => {
      const name = field.value.trim().replace(/\s+/g, ' ');
      if (ended) return;
      if (name === heading.textContent) { end(refocus); return; }
      try {
        if (!name) throw new Error('Give it a name.');
        await save(name);
        heading.textContent = name;
        saved(name);
        announce(`Renamed to ${name}.`);
        if (!ended) end(refocus);
      } catch (error) {
        field.setAttribute('aria-invalid', 'true');
        wrong.textContent = error.message;
      }
    };
    form.addEventListener('submit', event => { event.preventDefault(); store(true); });
    field.addEventListener('blur', () => store(false));
    field.addEventListener('keydown', event => { if (event.key === 'Escape') { event.stopPropagation(); end(true); } });
  });
}
