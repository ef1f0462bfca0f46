'use strict';
// Photos, or texts, open large in a dialog, one after the other of those they stand among; and “All 35” shows the rest in place.

import { all, drawn, find } from './dom.js';
import { heatButton, hideHeat } from './heatmap.js';
import { announce, closable, note } from './page.js';
import { showWords } from './spoken.js';
import { isText, thing } from './things.js';

const NEAR = '.near, .near-texts'; // what a mistake reminded it of

/** The links to photos that one steps through from `link`. */
const amongst = link => all('a.shot', link.closest('#wrongs, .strip6, .popped, .suspects, .clusters, .near, .near-texts') ?? link.parentElement);

/** Of the list of mistakes only the mistakes themselves, not what each reminded it of. */
const inOrder = link => amongst(link).filter(other => Boolean(other.closest(NEAR)) === Boolean(link.closest(NEAR)));

export function setUpPhotos(page, dialog, { heatUrl, wordsUrl, version }) {
  const place = find('#large-in', dialog);
  let links = [];
  let at = 0;

  async function show(to) {
    at = to;
    const link = links[at];
    find('#large-place', dialog).textContent = links.length > 1 ? `${at + 1} of ${links.length}` : '';
    for (const button of all('[data-step]', dialog)) button.disabled = !links[at + Number(button.dataset.step)];
    const fresh = await drawn(link.href);
    if (link !== links[at]) return; // meanwhile another one was asked for
    const photo = fresh && find('#photo', fresh);
    if (!photo) {
      dialog.close();
      note(`This ${thing} cannot be shown: it may have been deleted. Reload the page.`);
      return;
    }
    place.replaceChildren(document.adoptNode(photo));
    if (isText) showWordsIn(place);
    else setUpHeat(place);
    if (!dialog.open) dialog.showModal();
    announce(find('#photo-title', place).textContent);
  }

  function setUpHeat(box) {
    const button = find('[data-look]', box);
    const figure = find('figure', box);
    hideHeat(figure);
    button.hidden = false;
    const { sample, category } = find('#photo', box).dataset;
    heatButton(button, figure, () => ({ url: heatUrl, sample: Number(sample), category, version }));
  }

  /** What cannot be asked leaves the text as it is, and says why. */
  function showWordsIn(box) {
    const { sample, category } = find('#photo', box).dataset;
    showWords(find('[data-spoken]', box), { url: wordsUrl, sample: Number(sample), category, version });
  }

  const pressed = event => {
    const link = event.target.closest('a.shot');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    links = inOrder(link);
    show(links.indexOf(link));
  };
  page.addEventListener('click', pressed);
  dialog.addEventListener('click', event => {
    const step = event.target.closest('[data-step]');
    if (step) show(at + Number(step.dataset.step)); else pressed(event);
  });
  closable(dialog);
  dialog.addEventListener('keydown', event => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && links[at + step]) show(at + step);
  });
  // Where one stepped to another photo, its link takes the focus; what was in the dialog is gone.
  dialog.addEventListener('close', () => page.contains(links[at]) && links[at].focus());
  setUpAll(find('#all-wrong', page), find('#wrongs', page));
}

/** The link to the page with all mistakes adds them here instead. */
function setUpAll(more, list) {
  more?.addEventListener('click', async event => {
    event.preventDefault();
    more.setAttribute('aria-busy', 'true');
    const fresh = await drawn(more.href);
    more.removeAttribute('aria-busy');
    const whole = fresh && find('#wrongs', fresh); // whose session is over gets another page
    if (!whole) {
      note('The others cannot be shown. Reload the page.');
      return;
    }
    const shown = list.children.length;
    const rest = [...whole.children].slice(shown);
    list.append(...rest.map(card => document.adoptNode(card)));
    more.remove();
    find('a', list.children[shown])?.focus();
    announce(`All ${list.children.length} shown.`);
  });
}
