'use strict';
// Where the files of a folder belong, told by how its folders are named: as the server reads a zip (collecting/layout.py;
// tests/collecting/layout.json holds both to the same).
import { pathOf } from './drops.js';

const TEST = new Set(['test', 'testing', 'holdout']);
const SPLITS = new Set([...TEST, 'train', 'training', 'val', 'valid', 'validation', 'dev']);
const LONGEST = 200; // letters of a group
const isSplit = name => SPLITS.has(name?.toLowerCase());
const allSplits = names => names.length > 0 && names.every(isSplit);
const placed = new WeakMap(); // file -> its place

/** What is to be sent with a file: of one in a folder named “test” that it is never learned from. */
export function factsOf(file) {
  const { split, group } = placed.get(file) ?? {};
  return { ...(split && { split }), ...(group && { group: group.slice(0, LONGEST) }) };
}

/** Each file with the name of the folder that would be its category, '' for none. */
export function categoriesOf(files) {
  const found = places(files.map(pathOf));
  for (const [at, file] of files.entries()) placed.set(file, found[at]);
  return new Map(files.map((file, at) => [file, found[at].category]));
}

/** They all go into one category: then its folders tell what belongs together. */
export function asOne(files) {
  const names = files.map(file => placed.get(file)).map(({ category, group }) => [category, group].filter(Boolean).join('/'));
  const told = new Set(names).size > 1;
  for (const [at, file] of files.entries()) placed.get(file).group = told ? names[at] : '';
}

/** Also those that lie in a folder named “test”. */
export function learnFrom(files) {
  for (const file of files) placed.get(file).split = '';
}

/** One for each path: `category/file`, `split/category/file` or `category/split/file`, below any number of folders that
    hold everything. Folders inside a category hold what belongs together: its group. */
export function places(paths) {
  let folders = paths.map(path => path.split('/').filter(Boolean).slice(0, -1));
  while (saysNothing(folders)) folders = folders.map(parts => parts.slice(1));
  const splitsOnTop = allSplits(folders.filter(parts => parts.length).map(([top]) => top));
  const found = folders.map(parts => place(parts, splitsOnTop));
  if (new Set(found.map(({ group }) => group)).size < 2) for (const one of found) one.group = '';
  return found;
}

/** Whether one folder on top holds everything, and folders of its own: then those are the categories. */
function saysNothing(folders) {
  const tops = new Set(folders.map(([top]) => top));
  if (tops.size !== 1 || tops.has(undefined) || allSplits([...tops])) return false;
  const inside = folders.map(parts => parts.slice(1)).filter(parts => parts.length);
  const ofOneCategory = allSplits(inside.map(([top]) => top)) && inside.every(parts => parts.length === 1);
  return inside.length > 0 && !ofOneCategory;
}

/** `parts`: the folders that a file lies in. */
function place(parts, splitsOnTop) {
  const at = splitsOnTop ? 0 : parts.length > 1 && isSplit(parts[1]) ? 1 : -1;
  const [category = '', ...inside] = parts.filter((_, number) => number !== at);
  return { category, split: TEST.has(parts[at]?.toLowerCase()) ? 'test' : '', group: inside.join('/') };
}
