'use strict';
// Photos that come from several folders at once: whether each folder is a category of its own is asked before they go.
import { categoriesOf, factsOf, learnFrom } from './layout.js';
import { nameKey } from './names.js';
import { counted, figure, note } from './page.js';
import { askWhich } from './question.js';

const NAMED = 6; // folders that the question names

/** [name of a folder, its files] of each of the topmost folders that these files are spread over, in their order; those
    that lie beside these folders come last, with the name ''. Empty where there are not two folders. */
export function byFolder(files) {
  const categories = categoriesOf(files);
  const groups = Map.groupBy(files, file => categories.get(file));
  const beside = groups.get('');
  groups.delete('');
  if (groups.size < 2) return [];
  return [...groups].sort(([one], [other]) => one.localeCompare(other, 'en', { numeric: true }))
    .concat(beside ? [['', beside]] : []);
}

/** 'hat 16, shoes 14, shorts 14'. */
function listed(groups) {
  const named = groups.slice(0, NAMED).map(([name, files]) => `${name} ${figure(files.length)}`);
  if (groups.length > NAMED) named.push(`${figure(groups.length - NAMED)} more`);
  return named.join(', ');
}

/** How many lie in a folder named “test”. */
export const apartIn = files => files.filter(file => factsOf(file).split).length;

function saidOfApart(files) {
  const apart = apartIn(files);
  return `${counted(apart, 'photo')} in folders named “test” ${apart === 1 ? 'is' : 'are'} never learned from, but tried on.`;
}

async function askHere(place, text, choices) {
  const answer = askWhich(place, text, choices);
  place.querySelector('.question .no').textContent = 'Cancel';
  place.scrollIntoView({ block: 'nearest' });
  return answer;
}

/** Asks inside `place` what becomes of those in a folder named “test”; resolves to 'whole', or to '' for none of them. */
export async function askToKeepApart(place, files) {
  const answer = await askHere(place, saidOfApart(files), [['Keep apart for testing'], ['Learn from them']]);
  if (answer === 1) learnFrom(files);
  return answer < 0 ? '' : 'whole';
}

/** Asks inside `place`; resolves to 'sort', 'whole' or ''. Without a `column` they cannot go into one whole. */
export async function askToSort(place, groups, column) {
  const all = groups.flatMap(([, files]) => files);
  const folders = groups.filter(([name]) => name);
  const beside = groups.find(([name]) => !name)?.[1].length ?? 0;
  const go = beside === 1 ? ['goes', 'stays'] : ['go', 'stay'];
  const rest = column ? `${go[0]} into ${column.name}` : `${go[1]} out`;
  const more = beside ? ` ${counted(beside, 'file')} beside them ${rest}.` : '';
  const choices = [[`Sort by folder: ${listed(folders)}`]];
  if (column) choices.push([`All ${figure(all.length)} into ${column.name}`]);
  const kept = apartIn(all) ? ` ${saidOfApart(all)}` : '';
  const text = `These files come from ${figure(folders.length)} folders. Is each folder a category?${more}${kept}`;
  return ['sort', 'whole'][await askHere(place, text, choices)] ?? '';
}

/** Each group into the category of its folder's name, which is made where there is none; those beside the folders into
    `rest`, if into any. */
export async function sort(page, groups, rest) {
  for (const [name, files] of groups) {
    try {
      const there = name ? page.columns.find(column => nameKey(column.name) === nameKey(name)) : rest;
      (there ?? (name ? await page.addCategory(name) : null))?.take(files);
    } catch (error) {
      note(`The ${counted(files.length, 'file')} of the folder “${name}” were not added. ${error.message}`);
    }
  }
}
