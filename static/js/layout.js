'use strict';
// Where the files of a folder belong, told by how its folders are named: as the server reads a zip (collecting/layout.py).
import { pathOf } from './drops.js';

const TEST = new Set(['test', 'testing', 'holdout']);
const SPLITS = new Set([...TEST, 'train', 'training', 'val', 'valid', 'validation', 'dev']);
const isSplit = name => SPLITS.has(name?.toLowerCase());
const tests = new WeakSet();

/** What is to be sent with a file: those of a folder named “test” are never learned from. */
export const factsOf = file => (tests.has(file) ? { split: 'test' } : {});

/** Each file with the name of the folder that would be its category, '' for none. */
export function categoriesOf(files) {
  const paths = new Map(files.map(file => [file, pathOf(file).split('/').filter(Boolean).slice(0, -1)]));
  const all = [...paths.values()];
  let depth = 0; // a folder that holds everything says nothing, unless it names a split
  const everyOne = () => all.every(path => path.length > depth && path[depth] === all[0][depth]);
  while (all.length && everyOne() && !isSplit(all[0][depth])) depth += 1;
  const tops = all.map(path => path[depth]).filter(name => name !== undefined);
  const splitsOnTop = tops.length > 0 && tops.every(isSplit);
  return new Map([...paths].map(([file, path]) => {
    const { category, split } = place(path.slice(depth), splitsOnTop);
    if (TEST.has(split?.toLowerCase())) tests.add(file);
    return [file, category];
  }));
}

function place(path, splitsOnTop) {
  if (splitsOnTop) return { split: path[0], category: path[1] ?? '' };
  return { category: path[0] ?? '', split: isSplit(path[1]) ? path[1] : undefined };
}
