'use strict';
// The page of a run: events → state → page, and nothing remembered beside the events.

import { ApiError, request } from './api.js';
import { showCandidates } from './run_candidates.js';
import { all, find, refresh, showFor, write } from './dom.js';
import { showResult } from './run_result.js';
import { announce, counted, fromTemplate, note, percent } from './page.js';
import { seconds, timeLeft } from './numbers.js';
import { NOTHING, hasEnded, reduce, stageNow } from './run_state.js';
import { howFar, line, namer } from './run_words.js';
import { watchRun } from './run_socket.js';
import { thing, things } from './things.js';

const TICK = 250; // milliseconds between two looks at the clock
const PATIENCE = 3000; // before “Waiting” says what for
const AGAIN = 2000; // before the result is asked for again

const page = document.getElementById('run');
const { run, number, project } = page.dataset;
const chance = Number(page.dataset.chance);
const names = namer(JSON.parse(page.dataset.names));
const ahead = Date.parse(page.dataset.now) - Date.now(); // of this clock the server's is
const opened = Date.now();

let state = NOTHING;
let version = null; // the API's object, once the run has succeeded
let nextTry = null; // when the lost connection is tried again; null: when the network is back
let drawing = null;

// ---------------------------------------------------------------- events

const tryNow = watchRun(run, {
  last: () => state.last,
  ended: () => hasEnded(state),
  onEvent(event) {
    const before = state;
    state = reduce(state, event);
    if (state === before) return;
    if (event.kind === 'succeeded') fetchVersion();
    if (hasEnded(state) && page.dataset.underWay) refresh('.path ol');
    drawing ??= setTimeout(draw); // a replay of hundreds is drawn once
  },
  onOpen: () => showLost(false),
  onLost(wait) {
    nextTry = wait === null ? null : Date.now() + wait;
    showLost(true);
  },
  onRefused() {
    showLost(false);
    document.getElementById('refused').hidden = false;
  },
});

async function fetchVersion() {
  try {
    version = await request('GET', page.dataset.versionUrl.replace('/0/', `/${state.version}/`));
    draw();
  } catch (error) {
    if (error.status === 404) note(error.message);
    else setTimeout(fetchVersion, AGAIN);
  }
}

// ---------------------------------------------------------------- the connection

function showLost(lost) {
  const strip = document.getElementById('lost');
  if (lost && strip.hidden) announce('Connection lost. Training goes on without this page.');
  if (!lost && !strip.hidden) announce('Connected again.');
  strip.hidden = !lost;
  tick();
}

function lostWords() {
  if (nextTry === null)
    return 'Training goes on without this page. It is tried again when the network is back; nothing will be missed.';
  const wait = Math.max(1, Math.ceil((nextTry - Date.now()) / 1000));
  return `Training goes on without this page. Trying again in ${wait} s; nothing will be missed.`;
}

find('button', document.getElementById('lost')).addEventListener('click', tryNow);

// ---------------------------------------------------------------- cancel

const cancel = document.getElementById('cancel'); // not there for who may only look
cancel?.addEventListener('click', async () => {
  if (cancel.ariaDisabled === 'true') return; // not `disabled`: the keyboard's focus would be lost
  cancel.ariaDisabled = 'true';
  write(cancel, { cancel: 'Cancelling…' });
  announce('Cancelling');
  try {
    await request('POST', page.dataset.cancelUrl);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 'not_running') return; // it ended just now: its last event is on the way
    cancel.ariaDisabled = 'false';
    write(cancel, { cancel: 'Cancel' });
    note(error.message);
  }
});

// ---------------------------------------------------------------- drawing

const view = () => (hasEnded(state) ? state.status : 'live');

function draw() {
  clearTimeout(drawing);
  drawing = null;
  const focused = document.activeElement;
  showFor(document, view());
  if (focused && !focused.checkVisibility()) find('h1', page).focus();
  page.classList.toggle('ended', hasEnded(state));
  drawHead();
  drawStages();
  drawTakenOver();
  drawHappened();
  const guessing = version?.accuracy.chance ?? chance; // versions of before lack it
  showCandidates({ state, version, names, chance: guessing });
  if (version) showResult({ version, state, names, chance: guessing, fast: Boolean(page.dataset.fast) });
  if (state.message) drawWhy();
  tick();
}

function drawHead() {
  const titles = {
    succeeded: `Version ${number} is ready`,
    failed: 'Training stopped',
    cancelled: 'Training cancelled',
    live: `Training version ${number}`,
  };
  const title = titles[view()];
  const heading = find('h1', page);
  if (heading.textContent !== title) announce(state.message ? `${title}. ${state.message}` : title);
  write(page, { title });
  if (view() !== 'live') write(page, { under: underTitle() });
  document.title = `${inTitle()} · ${project} · NanoWeb`;
}

function underTitle() {
  if (!version) return '';
  const trained = `Trained in ${seconds(version.seconds)} on ${things(version.sample_count)}.`;
  return version.is_current
    ? `${trained} It answers on the test page and the API from now on.`
    : `${trained} Another version answers now.`;
}

function inTitle() {
  const stage = stageNow(state);
  if (version) return `${percent(version.accuracy.value)}, version ${number} is ready`;
  if (hasEnded(state)) return find('h1', page).textContent;
  if (!stage) return 'Waiting to start';
  return stage.total ? `${percent(stage.done / stage.total)} · ${doing(stage)}` : doing(stage);
}

const doing = stage => find(`[data-stage="${stage.code}"]`, page).dataset.doing;

function drawStages() {
  const now = stageNow(state);
  for (const row of all('[data-stage]', page)) {
    const stage = state.stages.find(one => one.code === row.dataset.stage);
    const kind = !stage ? '' : stage === now ? 'now' : 'done';
    row.className = kind;
    if (kind === 'now') row.setAttribute('aria-current', 'step');
    else row.removeAttribute('aria-current');
    write(row, { state: { done: ', done', now: ', under way', '': '' }[kind], note: stageNote(stage, now) });
  }
  drawProgress(now);
}

function stageNote(stage, now) {
  if (!stage) return '';
  if (stage === now) return stage.total === null ? '' : `${stage.done} of ${stage.total}`;
  const took = (stage.to - stage.from) / 1000;
  return took < 0.1 ? '' : seconds(took);
}

let announced = null;

function drawProgress(now) {
  if (!now) return;
  write(page, { doing: doing(now), far: howFar(now, Number(page.dataset.photos)) });
  if (announced !== now.code && !hasEnded(state)) announce(doing(now));
  announced = now.code;
  const bar = find('progress', page);
  bar.max = now.total || 1;
  bar.value = now.done ?? 0;
}

/** The first sentence says why it failed, the others what to do. */
function drawWhy() {
  const [why, ...rest] = state.message.split(/(?<=[.!?]) (?=\p{Lu})/u);
  write(page, { why: why.replace(/\.$/, ''), 'what-to-do': rest.join(' ') });
}

function drawTakenOver() {
  const strip = document.getElementById('taken-over');
  const shown = state.retried && !hasEnded(state);
  if (shown && strip.hidden) announce('The worker was lost; another one takes over');
  strip.hidden = !shown;
  write(strip, {
    'taken-over':
      `The worker was lost; another one takes over (attempt ${state.attempt}). Progress jumps back, for it begins anew; ` +
      `${thing}s that were looked at are kept, so it catches up quickly.`,
  });
}

function drawHappened() {
  const box = document.getElementById('happened');
  const list = find('ol', box);
  box.hidden = !state.lines.length;
  for (const event of state.lines.slice(list.children.length)) {
    const row = fromTemplate('line');
    const at = new Date(event.at);
    find('time', row).dateTime = event.at;
    find('time', row).textContent = at.toLocaleTimeString('en-GB');
    write(row, { said: line(event, names, number) });
    list.append(row);
  }
  write(box, { events: `${counted(state.last, 'event')}, kept with the run` });
}

// ---------------------------------------------------------------- the clock

function tick() {
  if (!document.getElementById('lost').hidden) write(page, { lost: lostWords() });
  if (hasEnded(state)) return;
  const now = Date.now() + ahead;
  const elapsed = state.startedAt === null ? '' : `${seconds(Math.max(0, now - state.startedAt) / 1000)} so far`;
  const stage = stageNow(state);
  const left = leftWords(stage, now);
  write(page, { elapsed, left });
  if (stage && page.dataset.underWay) drawStep(stage, left);
  if (!state.startedAt && state.status === 'queued') {
    write(page, {
      doing: 'Waiting to start',
      far: Date.now() - opened > PATIENCE ? 'It begins by itself as soon as a worker is free.' : '',
    });
  }
}

/** The step of the path: how far, and how long yet. */
function drawStep(stage, left) {
  const far = stage.total === null ? stage.title : `${stage.done} of ${stage.total}`;
  find('.path [aria-current] .path-s').textContent = left ? `${far}, ${left}` : far;
}

function leftWords(stage, now) {
  if (!stage || stage.eta === null) return '';
  return timeLeft(Math.max(0, stage.eta - Math.max(0, now - stage.etaAt) / 1000));
}

setInterval(tick, TICK);
tick();
