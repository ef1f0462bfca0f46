'use strict';
// Photos kept apart for testing: never learned from, and the model is tried on them. Set and unset for many at once.
import { photosNamed } from './gallery_changes.js';
import { isText, thing, things } from './things.js';

const isApart = photo => photo.split === 'test';
const areApart = photos => photos.length > 0 && photos.every(isApart);

/** What the button says that would change it. */
export const askToKeep = photos => (areApart(photos) ? 'Learn from again' : 'Keep apart for testing');

/** What a photo is used for, in words. */
export function useOf(photo) {
  if (isApart(photo)) return `Kept apart for testing: never learned from. Accuracy is measured on ${thing}s like this one.`;
  if (photo.category === null) return isText ? 'Only its words are learned from until it has a category.' : 'Not learned from until it has a category.';
  if (photo.source !== 'web') return 'Learned from.';
  return 'Learned from. It is from the web: with enough photos of your own, accuracy is measured on those alone.';
}

/** Gives `page` its `keepApart()`, for the photos that are meant, and `areApart()`. */
export function setUpApart(page, changes) {
  page.areApart = () => areApart(page.targets());
  page.keepApart = async () => {
    const photos = page.targets();
    if (!photos.length) return;
    await page.ready;
    const split = areApart(photos) ? null : 'test';
    const wanted = photos.filter(photo => photo.split !== split);
    const told = number => {
      const which = number > wanted.length ? `${things(number)} that belong together` : photosNamed(wanted);
      return split ? `Kept ${which} apart for testing.` : `Learning from ${which} again.`;
    };
    page.leave(wanted, () => changes.keepApart(wanted.map(photo => photo.id), split, told));
  };
}
