'use strict';
// The dashboard: a dialog for a new project, finding one by name, and one press for one dress example.

const ask = document.getElementById('ask');
document.getElementById('new')?.addEventListener('click', () => ask.showModal());
ask?.addEventListener('click', event => { if (event.target === ask) ask.close(); });

const find = document.getElementById('find');
find?.addEventListener('input', () => {
  const wanted = find.value.trim().toLowerCase();
  const cards = [...document.querySelectorAll('#projects > li')];
  for (const card of cards) card.hidden = !card.dataset.name.includes(wanted);
  document.getElementById('none-found').hidden = cards.some(card => !card.hidden);
});

// Drawing the dresses takes a few seconds: say so, and take the press once.
for (const button of document.querySelectorAll('[data-drawing]')) {
  button.form.addEventListener('submit', event => {
    if (event.submitter !== button) return;
    if (button.ariaDisabled === 'true') event.preventDefault();
    button.ariaDisabled = 'true';
    button.textContent = 'Drawing the dresses…';
  });
}
addEventListener('pageshow', event => { if (event.persisted) location.reload(); });
