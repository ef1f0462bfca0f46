'use strict';
// The keyboard: arrows walk, Space selects, numbers assign, and so on; everything that the mouse can do.

const typing = target => target.closest('input, select, textarea, [contenteditable]');

/** `page` as in gallery_pointer.js, and with `targets`, `assign(number)`, `accept`, `keepApart()`, `remove()`, `undo()`, `large`. */
export function listenToKeys(area, dialog, page) {
  const { grid, photos, selection, large } = page;

  /** Where a key leads from the active photo; undefined for keys that do not walk. */
  function goal(event) {
    const row = grid.columns;
    const far = row * grid.rowsInWindow;
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row, PageDown: far, PageUp: -far };
    if (event.key === 'Home') return 0;
    if (event.key === 'End') return photos.count - 1;
    if (!(event.key in steps)) return undefined;
    const to = grid.active + steps[event.key];
    if (to >= 0 && to < photos.count) return to;
    return event.key.startsWith('Page') ? Math.max(0, Math.min(photos.count - 1, to)) : grid.active;
  }

  function walk(event) {
    const to = goal(event);
    if (to === undefined) return false;
    const from = grid.active;
    grid.walkTo(to);
    if (event.shiftKey && page.mayEdit) {
      selection.anchor ??= from;
      selection.reach(photos.shown, grid.active);
    } else {
      selection.anchor = null; // Shift reaches from where one has walked to
    }
    return true;
  }

  /** Keys on a photo of the grid. */
  function onPhoto(event) {
    const photo = photos.shown[grid.active];
    if (walk(event)) return true;
    if (event.key === 'Enter') { page.open(grid.active); return true; }
    if (event.key !== ' ' || !page.mayEdit || !photo) return event.key === ' ';
    if (event.shiftKey) selection.reach(photos.shown, grid.active); else selection.toggle(photo.id, grid.active);
    return true;
  }

  /** Keys that change something, also while a photo is enlarged. */
  function changing(event) {
    if (!page.mayEdit) return false;
    if (/^[1-9]$/.test(event.key)) return page.assign(Number(event.key));
    if (event.key === 'a' || event.key === 'A') { page.accept(); return true; }
    if (event.key === 't' || event.key === 'T') { page.keepApart(); return true; }
    if (event.key === 'Delete' || event.key === 'Backspace') { page.remove(); return true; }
    return false;
  }

  area.addEventListener('keydown', event => {
    if (typing(event.target) || event.altKey) return;
    const all = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a';
    let used = false;
    if (all && page.mayEdit) used = page.selectAll();
    else if (event.ctrlKey || event.metaKey) return;
    else if (event.key === 'Escape' && !event.target.closest('details[open]')) { used = selection.size > 0; page.clear(); }
    else used = (event.target.matches('.shot-cell') && onPhoto(event)) || changing(event);
    if (used) event.preventDefault();
  });
  dialog.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (large.photo && changing(event)) event.preventDefault();
  });
  addEventListener('keydown', event => {
    const undo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z';
    if (!undo || typing(event.target) || !page.mayEdit) return;
    event.preventDefault();
    page.undo();
  });
}
