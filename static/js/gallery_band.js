'use strict';
// A rubber band drawn with the mouse over the grid. Touch scrolls, as everywhere.

const MOVED = 6; // px after which a press is a drag
const EDGE = 48; // px from the window's edge where it begins to scroll

/** `pick(rectangle)` is told what the band touches, in px from the box's corner. It lies in the box's parent. */
export function rubberBand(box, { began, pick, ended }) {
  let start = null;
  let pointer = null;
  let band = null;

  const inBox = ({ clientX, clientY }) => {
    const { left, top } = box.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };

  function draw() {
    const now = inBox(pointer);
    const [left, right] = [start.x, now.x].sort((one, other) => one - other);
    const [top, bottom] = [start.y, now.y].sort((one, other) => one - other);
    const size = { width: `${right - left}px`, height: `${bottom - top}px` };
    Object.assign(band.style, size, { transform: `translate(${left}px, ${top}px)` });
    pick({ left, top, right, bottom });
  }

  function scroll() {
    if (!band) return;
    const [above, below] = [EDGE - pointer.clientY, pointer.clientY - (innerHeight - EDGE)];
    if (above > 0 || below > 0) {
      scrollBy(0, below > 0 ? Math.min(30, below / 2) : -Math.min(30, above / 2));
      draw();
    }
    requestAnimationFrame(scroll);
  }

  function begin(event) {
    band = document.createElement('div');
    band.className = 'band';
    box.parentElement.append(band);
    box.setPointerCapture(event.pointerId);
    began(event);
    requestAnimationFrame(scroll);
  }

  function end() {
    if (band) {
      band.remove();
      // The click that follows is the end of the band, and means nothing else.
      const stop = event => { event.stopPropagation(); event.preventDefault(); };
      addEventListener('click', stop, { capture: true, once: true });
      setTimeout(() => removeEventListener('click', stop, { capture: true }));
      ended();
    }
    start = band = null;
  }

  box.addEventListener('pointerdown', event => {
    if (event.pointerType === 'mouse' && event.button === 0) start = inBox(event);
  });
  addEventListener('pointermove', event => {
    if (!start) return;
    pointer = event;
    const { x, y } = inBox(event);
    if (!band && Math.hypot(x - start.x, y - start.y) > MOVED) begin(event);
    if (band) draw();
  });
  addEventListener('pointerup', end);
  addEventListener('pointercancel', end);
}
