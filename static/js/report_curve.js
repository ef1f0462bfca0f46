'use strict';
// The learning curve: measured accuracies with whiskers, and the forecast dashed in its band. Colours and font come from
// the page's tokens, so that it follows the theme; dots, dashes and band tell the parts apart without colour.

import uPlot from '../vendor/uplot/uPlot.esm.js';
import { accuracyText } from './numbers.js';

const STEP = 0.1; // between the lines of the axis of accuracy
const DOT = 5;
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]; // steps between the labels of photos
const NARROW = 560; // pixels; below, labels leave the range out

const token = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** A token's colour as the browser computes it: canvas does not know light-dark(). */
function colour(name) {
  const probe = document.createElement('i');
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** What labels stand on. Forced colours turn every token into one; then it is the system's own ground. */
const ground = () => (matchMedia('(forced-colors: active)').matches ? 'Canvas' : colour('surface'));

/** Draws `curve` {measured, forecast, target} into `box`, anew when its width or the theme changes. Returns `redraw`. */
export function drawCurve(box, curve) {
  let plot = null;
  const redraw = () => {
    plot?.destroy();
    plot = new uPlot(options(box, curve), columns(curve), box);
  };
  redraw();
  new ResizeObserver(([entry]) => {
    if (Math.round(entry.contentRect.width) !== plot.width) redraw();
  }).observe(box);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  document.fonts.ready.then(redraw);
  return redraw;
}

/** uPlot's columns: places, measured, forecast, its upper and its lower edge. The forecast begins at the last measurement. */
function columns({ measured, forecast }) {
  const now = measured.at(-1);
  const start = { ...now, low: now.accuracy, high: now.accuracy };
  const ahead = forecast.length ? [start, ...forecast.filter(point => point.per_category > now.per_category)] : [];
  const places = [...new Set([...measured, ...ahead].map(point => point.per_category))].sort((a, b) => a - b);
  const column = (points, field) => {
    const values = new Map(points.map(point => [point.per_category, point[field]]));
    return places.map(place => values.get(place) ?? null);
  };
  return [places, column(measured, 'accuracy'), ...['accuracy', 'high', 'low'].map(field => column(ahead, field))];
}

function options(box, curve) {
  const font = `500 12px ${token('font')}`;
  const [ink, dim, line, live] = ['ink', 'ink-3', 'line', 'live'].map(colour);
  const { measured, forecast } = curve;
  const least = Math.min(...measured.map(point => point.low), ...forecast.map(point => point.low));
  const floor = Math.max(0, Math.min(0.9, Math.floor(least / STEP - 0.2) * STEP));
  const most = Math.max(...[...measured, ...forecast].map(point => point.per_category));
  const axis = { stroke: dim, font, ticks: { show: false } };
  const labels = splits => splits.map(share => (share > 0.999 ? '100\u202f%' : Math.round(100 * share)));
  return {
    width: Math.round(box.clientWidth),
    height: Math.round(box.clientHeight),
    padding: [12, 16, 0, 0],
    cursor: { show: false },
    legend: { show: false },
    scales: { x: { time: false, range: [0, most] }, y: { range: [floor, 1] } },
    axes: [
      { ...axis, size: 28, gap: 6, grid: { show: false }, incrs: WHOLE },
      { ...axis, size: 48, gap: 8, grid: { stroke: line, width: 1 }, splits: () => lines(floor), values: (_, at) => labels(at) },
    ],
    series: [
      {},
      { stroke: ink, width: 2, points: { show: false }, spanGaps: true },
      { stroke: live, width: 2, dash: [5, 4], points: { show: false }, spanGaps: true },
      { stroke: 'transparent', points: { show: false }, spanGaps: true },
      { stroke: 'transparent', points: { show: false }, spanGaps: true },
    ],
    bands: [{ series: [3, 4], fill: transparent(live, 0.16) }],
    hooks: { draw: [plot => drawMarks(plot, curve, { font, ink, dim, live, ground: ground() })] },
  };
}

function lines(floor) {
  const found = [];
  for (let line = floor; line < 1.001; line += STEP) found.push(line);
  return found;
}

/** rgb(…) with an alpha. */
const transparent = (rgb, alpha) => rgb.replace(/^rgba?\(([^)]+)\)$/, (_, parts) => `rgb(${parts.split(/[ ,]+/).slice(0, 3).join(' ')} / ${alpha})`);

/** What uPlot has no series for: whiskers, ringed dots, and the two points that are named. */
function drawMarks(plot, { measured, forecast, target }, { font, ink, dim, live, ground }) {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  const x = point => plot.valToPos(point.per_category, 'x', true);
  const y = share => plot.valToPos(share, 'y', true);
  const narrow = plot.width < NARROW;
  ctx.save();
  ctx.lineWidth = 1.5 * ratio;
  ctx.strokeStyle = dim;
  for (const point of measured) stroke(ctx, x(point), y(point.low), x(point), y(point.high));
  const now = measured.at(-1);
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  stroke(ctx, x(now), y(now.low), x(now), plot.bbox.top + plot.bbox.height);
  ctx.setLineDash([]);
  for (const point of measured) dot(ctx, x(point), y(point.accuracy), DOT * ratio, ink, ground, 2 * ratio);

  ctx.font = font.replace('500 12px', `640 ${12 * ratio}px`);
  const say = (text, left, top, align) => {
    ctx.textAlign = align;
    ctx.lineWidth = 5 * ratio;
    ctx.lineJoin = 'round';
    ctx.strokeStyle = ground;
    ctx.strokeText(text, left, top);
    ctx.fillStyle = ink;
    ctx.fillText(text, left, top);
  };
  const words = ({ accuracy, low, high }) => (narrow ? percentOf(accuracy) : accuracyText(accuracy, low, high));
  const below = plot.bbox.top + plot.bbox.height - 30 * ratio;
  const right = x(now) + 110 * ratio < plot.bbox.left + plot.bbox.width;
  say(`now: ${words(now)}`, x(now) + (right ? 7 : -7) * ratio, below, right ? 'left' : 'right');
  const aim = reached(now, forecast, target);
  if (aim) {
    dot(ctx, x(aim), y(aim.accuracy), 5.5 * ratio, ground, live, 2.5 * ratio);
    const edge = plot.bbox.left + plot.bbox.width;
    const text = `${Math.round(aim.per_category)} each: ${words(aim)}`;
    const half = ctx.measureText(text).width / 2;
    // Over the band, or where that leaves the drawing below the line.
    const over = y(aim.high) - 10 * ratio;
    const top = over > plot.bbox.top + 10 * ratio ? over : y(aim.accuracy) + 24 * ratio;
    say(text, Math.min(x(aim), edge - half), top, 'center');
  }
  ctx.restore();
}

/** The point of the forecast, which runs straight between its points, where it reaches the target; without one its end. */
function reached(now, forecast, target) {
  const next = forecast.findIndex(point => target !== null && point.accuracy >= target - 1e-6);
  if (next < 0) return forecast.at(-1);
  const [from, to] = [next ? forecast[next - 1] : { ...now, low: now.accuracy, high: now.accuracy }, forecast[next]];
  const share = (target - from.accuracy) / (to.accuracy - from.accuracy || 1);
  const between = field => from[field] + Math.min(1, Math.max(0, share)) * (to[field] - from[field]);
  return Object.fromEntries(['per_category', 'accuracy', 'low', 'high'].map(field => [field, between(field)]));
}

const percentOf = share => `${Math.round(100 * share)}\u202f%`;

function stroke(ctx, x1, y1, x2, y2) {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}

function dot(ctx, x, y, radius, fill, edge, width) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.lineWidth = width;
  ctx.strokeStyle = edge;
  ctx.stroke();
}
