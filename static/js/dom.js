'use strict';
// Finding and writing nodes. Data only ever becomes text or an attribute, never markup.

export const find = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Write each value into the elements that carry its name in data-t, where it changed. */
export function write(root, values) {
  for (const [name, value] of Object.entries(values)) {
    for (const element of all(`[data-t="${name}"]`, root)) {
      if (element.textContent !== value) element.textContent = value;
    }
  }
}

/** Show those elements with data-when that name `state`, hide the others. */
export function showFor(root, state) {
  for (const element of all('[data-when]', root)) element.hidden = !element.dataset.when.split(' ').includes(state);
}

/** What the server draws at `url`, as a document; null where it cannot be asked. */
export async function drawn(url) {
  const html = await fetch(url).then(answer => (answer.ok ? answer.text() : null)).catch(() => null);
  return html === null ? null : new DOMParser().parseFromString(html, 'text/html');
}

/** Replace those parts of this page by what the server draws now. False where it cannot be asked, or answers with another
    page: the one that says to sign in. */
export async function refresh(...selectors) {
  const fresh = await drawn(location.href);
  const parts = selectors.map(selector => fresh && find(selector, fresh));
  if (!parts.every(Boolean)) return false;
  for (const [place, selector] of selectors.entries()) find(selector).replaceWith(document.adoptNode(parts[place]));
  return true;
}

/** Makes `items` the children of `list`. Those that stand there stay in the page where they can: taken out and put in
    again, they would lose the focus. */
export function arrange(list, items) {
  const focused = document.activeElement;
  const wanted = new Set(items);
  for (const old of [...list.children]) if (!wanted.has(old)) old.remove();
  for (const [place, item] of items.entries()) {
    if (list.children[place] !== item) list.insertBefore(item, list.children[place] ?? null);
  }
  if (list.contains(focused) && document.activeElement !== focused) focused.focus({ preventScroll: true });
}

/** A sentence with bold parts: text stays text, [text] becomes bold. */
export function sentence(element, parts) {
  element.replaceChildren(...parts.map(part => (Array.isArray(part) ? bold(part[0]) : part)));
}

function bold(text) {
  const element = document.createElement('b');
  element.textContent = text;
  return element;
}
