'use strict';
// The photos that a search found, drawn as they come: each is taken or left, and what was said by hand stays so.
import { all, find } from './dom.js';
import { fromTemplate } from './page.js';

const MARKS = { unlike: 'unlike the rest', here: 'already here', twice: 'found twice', gone: 'cannot be fetched' };
const NEW_TAB = 'opens in a new tab';

/** The same photo in another search, too. */
const keyOf = photo => photo.landing_page || String(photo.id);

export class FoundPhotos {
  #root;
  #shown = new Map(); // id -> its figure
  #byHand = new Map(); // key -> whether to take it

  /** `changed` is called when one was ticked or unticked. */
  constructor(root, changed) {
    this.#root = root;
    root.addEventListener('change', event => {
      this.#byHand.set(event.target.closest('figure').dataset.key, event.target.checked);
      changed();
    });
  }

  /** The ids of those to take. */
  get taken() { return all(':checked', this.#root).map(box => Number(box.value)); }

  /** `byHand` is written into as well. */
  draw(photos, byHand) {
    this.#byHand = byHand;
    const there = new Set(photos.map(photo => photo.id));
    for (const [id, figure] of this.#shown) {
      if (there.has(id)) continue;
      figure.remove();
      this.#shown.delete(id);
    }
    for (const photo of photos) {
      if (!this.#shown.has(photo.id)) this.#add(photo);
      this.#update(this.#shown.get(photo.id), photo);
    }
  }

  #add(photo) {
    const figure = fromTemplate('new-found');
    const title = photo.title || 'a photo without a name';
    figure.dataset.key = keyOf(photo);
    find('.box', figure).value = photo.id;
    find('.found-pic', figure).title = photo.title;
    const by = photo.creator || 'unknown';
    const licence = photo.licence || 'no licence given';
    find('b', figure).append(link(licence, photo.licence_url, `${licence}, licence of ${title}, ${NEW_TAB}`));
    find('span:not(.mark)', figure).append(link(by, photo.landing_page, `${by}, page of ${title}, ${NEW_TAB}`));
    this.#root.append(figure);
    this.#shown.set(photo.id, figure);
  }

  #update(figure, photo) {
    const [picture, box, mark] = ['img', '.box', '.mark'].map(part => find(part, figure));
    if (photo.thumbnail_url && picture.hidden) Object.assign(picture, { src: photo.thumbnail_url, hidden: false });
    box.disabled = !photo.thumbnail_url;
    box.checked = !box.disabled && (this.#byHand.get(figure.dataset.key) ?? photo.chosen);
    const said = MARKS[photo.mark] ?? '';
    mark.textContent = said;
    mark.hidden = !said;
    figure.className = said ? 'off' : '';
    box.setAttribute('aria-label', nameOf(photo, said));
  }
}

/** 'Take Hat 3 by Ada Lovelace, CC BY 4.0' */
function nameOf({ title, creator, licence }, mark) {
  const by = creator ? ` by ${creator}` : '';
  return [`Take ${title || 'a photo without a name'}${by}`, licence, mark].filter(Boolean).join(', ');
}

/** Text where there is no address of the web. */
function link(text, url, name) {
  if (!/^https?:/.test(url)) return text;
  const element = document.createElement('a');
  Object.assign(element, { href: url, target: '_blank', rel: 'noopener noreferrer', textContent: text, ariaLabel: name });
  return element;
}
