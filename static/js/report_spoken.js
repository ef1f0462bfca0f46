'use strict';
// The texts that a version got wrong: the words that spoke for what it said are marked once a text is in view.

import { all, find } from './dom.js';
import { askForWords, inWords, markWords } from './spoken.js';

const { wordsUrl, version } = document.getElementById('report').dataset;
let last = Promise.resolve(); // one after the other: each asks the model dozens of times

async function mark(card) {
  if (find('.spoken-how', card)) return; // those that waited were watched anew when others came
  const { spoken, category } = card.dataset;
  try {
    const answer = await askForWords({ url: wordsUrl, version, category, sample: Number(spoken) });
    markWords(find('.quote', card), answer);
    const said = document.createElement('p');
    said.className = 'spoken-how t13 two';
    said.textContent = inWords(answer);
    find('.quote', card).after(said);
    document.getElementById('spoken-legend').hidden = false;
  } catch {
    // the text stands there as it is; opened large, it says why
  }
}

const watcher = new IntersectionObserver(entries => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    watcher.unobserve(target);
    last = last.then(() => mark(target));
  }
});
const list = document.getElementById('wrongs');
if (list) {
  const watch = () => all('[data-spoken]', list).filter(card => !find('.spoken-how', card)).forEach(card => watcher.observe(card));
  watch();
  new MutationObserver(watch).observe(list, { childList: true }); // “All 35” adds the others
}
