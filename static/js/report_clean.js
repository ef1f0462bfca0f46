'use strict';
// Doubtful labels and near-duplicates: decided at one press, each with its undo.

import { request } from './api.js';
import { all, find } from './dom.js';
import { announce, note, toast } from './page.js';
import { pathLater } from './path.js';
import { things } from './things.js';

export function setUpCleaning(page, { keepUrl, restoreUrl, sampleUrl }) {
  /** False where it was refused. */
  const act = async action => {
    try {
      await action();
      pathLater(['.path ol', '.path-go', '#changed']);
      return true;
    } catch (error) {
      note(error.message);
      return false;
    }
  };
  for (const card of all('.suspect:has(.acts)', page)) setUpSuspect(card, sampleUrl, act); // who only looks has no buttons
  for (const cluster of all('.cluster', page)) setUpCluster(cluster, { keepUrl, restoreUrl }, act);
}

function setUpSuspect(card, sampleUrl, act) {
  const { sample, said, suggested, name } = card.dataset;
  const url = sampleUrl.replace('/0/', `/${sample}/`);
  const buttons = find('.acts', card);
  const done = find('.done', card);

  /** What was decided stands where the buttons were; empty: nothing is decided. */
  function decided(text) {
    buttons.hidden = Boolean(text);
    done.hidden = !text;
    find('span', done).textContent = text;
  }

  /** Puts the photo into `category` for good: it is not doubted again. */
  async function decide(category, text) {
    const patch = (name, checked) => () => request('PATCH', url, { category: name, label_checked: checked });
    if (!(await act(patch(category, true)))) return;
    decided(text);
    done.focus(); // the button that had it is gone
    const undo = async () => {
      if (!(await act(patch(said, false)))) return;
      decided('');
      find('button', buttons).focus();
      announce(`${name} is as it was.`);
    };
    toast(`${name}: ${text}`, undo);
  }

  find('.change', card).addEventListener('click', () => decide(suggested, `Changed to ${suggested}`));
  find('.right', card).addEventListener('click', () => decide(said, `Kept in ${said}`));
}

function setUpCluster(cluster, { keepUrl, restoreUrl }, act) {
  const figures = all('figure', cluster);
  const buttons = all('.keep', cluster);
  const show = (gone, visible) => {
    for (const element of [...gone, ...buttons]) element.hidden = !visible;
  };
  for (const button of buttons) {
    button.addEventListener('click', async () => {
      const keep = Number(button.dataset.keep);
      const gone = figures.filter(figure => Number(figure.dataset.sample) !== keep);
      const samples = gone.map(figure => Number(figure.dataset.sample));
      if (!(await act(() => request('POST', keepUrl, { keep, delete: samples })))) return;
      show(gone, false);
      const undo = async () => {
        if (!(await act(() => request('POST', restoreUrl, { samples })))) return;
        show(gone, true);
        button.focus();
        announce('They are back.');
      };
      const kept = figures.find(figure => !gone.includes(figure));
      find('a', kept).focus(); // the button that had it is gone
      toast(`Kept ${find('.name', kept).textContent}, deleted ${things(samples.length)}.`, undo);
    });
  }
}
