'use strict';
// What was dropped or pasted, as a plain list of files: folders are walked to the bottom.

const paths = new WeakMap(); // file -> where it lay in what was dropped

const HIDDEN = /^(\.(?!\.?$).*|__macosx|thumbs\.db|desktop\.ini)$/i; // what systems put into folders

/** Whether what is dragged holds files. */
export const holdsFiles = event => Boolean(event.dataTransfer?.types.includes('Files'));

/** The files of a drop, those in folders included. */
export async function droppedFiles(transfer) {
  // The entries must be taken before the first await: the browser empties the transfer after the event.
  const items = [...transfer.items].filter(item => item.kind === 'file');
  const entries = items.map(item => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = await Promise.all(entries.filter(Boolean).map(walk));
  return photosOnly(found.flat());
}

/** Where a file lay in the folder that was chosen or dropped, its own name last. */
export const pathOf = file => paths.get(file) ?? (file.webkitRelativePath || file.name);

export const isInFolder = file => pathOf(file).split('/').filter(Boolean).length > 1;

/** Files that nobody put there on purpose. */
export const isHidden = path => path.split('/').some(part => HIDDEN.test(part));

/** Without those. */
export const photosOnly = files => [...files].filter(file => !isHidden(pathOf(file)));

/** How many things are held over the page, or 0 where one is a folder, whose content is not known yet. */
export function held(transfer) {
  const items = [...transfer.items].filter(item => item.kind === 'file');
  return items.every(item => item.type) ? items.length : 0;
}

async function walk(entry) {
  if (entry instanceof File) return [entry];
  if (entry.isFile) {
    const file = await new Promise(resolve => entry.file(resolve, () => resolve(null)));
    if (file) paths.set(file, entry.fullPath);
    return file ? [file] : [];
  }
  const inside = await Promise.all((await children(entry.createReader())).map(walk));
  return inside.flat();
}

async function children(reader) {
  const all = [];
  for (;;) { // a reader hands over at most a hundred entries at once
    const some = await new Promise(resolve => reader.readEntries(resolve, () => resolve([])));
    if (!some.length) return all;
    all.push(...some);
  }
}
