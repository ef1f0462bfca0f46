'use strict';
// What a run's page shows, made of its events alone: the same events give the same page, live, replayed or after a break.
// No clock, no document: `reduce` is pure.

export const ENDS = ['succeeded', 'failed', 'cancelled'];

export const NOTHING = Object.freeze({
  last: 0, // the id of the newest event
  status: 'unknown', // then queued, running, and one of ENDS
  attempt: 1,
  startedAt: null, // milliseconds since 1970, by the server's clock, like every time here
  endedAt: null,
  stages: [], // those begun: {code, title, from, to, done, total, eta, etaAt}
  candidates: [], // in the order of their arrival
  lines: [], // the events that “What happened” lists
  retried: false,
  message: '', // why it failed
  version: null, // the id of what it made
});

/** The state after `event`. An event seen before changes nothing. */
export function reduce(state, event) {
  if (event.id <= state.last) return state;
  const at = Date.parse(event.at);
  const change = CHANGES[event.kind]?.(state, event, at) ?? {};
  const lines = event.kind === 'progress' ? state.lines : [...state.lines, event];
  return { ...state, ...change, lines, last: event.id };
}

const CHANGES = {
  queued: () => ({ status: 'queued' }),
  started: (state, event, at) => ({ status: 'running', startedAt: at }),
  // Another worker begins anew: stages and figures of the lost one no longer count.
  retrying: (state, event, at) => ({
    status: 'running',
    attempt: event.attempt,
    retried: true,
    startedAt: state.startedAt ?? at,
    stages: [],
    candidates: [],
  }),
  stage: (state, event, at) => ({ stages: [...closed(state.stages, at), begun(event, at)] }),
  progress: (state, event, at) => ({
    stages: state.stages.map(stage => (stage.code === event.stage ? progressed(stage, event, at) : stage)),
  }),
  candidate: (state, event) => ({ candidates: [...state.candidates.filter(other => !same(other, event)), event] }),
  succeeded: (state, event, at) => ({ ...ended(state, 'succeeded', at), version: event.version }),
  failed: (state, event, at) => ({ ...ended(state, 'failed', at), message: event.message }),
  cancelled: (state, event, at) => ended(state, 'cancelled', at),
};

const begun = (event, at) => ({
  code: event.stage,
  title: event.title,
  from: at,
  to: null,
  done: null,
  total: null,
  eta: null,
  etaAt: null,
});

const closed = (stages, at) => stages.map(stage => ({ ...stage, to: stage.to ?? at }));

function progressed(stage, event, at) {
  return { ...stage, done: event.done, total: event.total, eta: event.eta_s ?? null, etaAt: at };
}

function ended(state, status, at) {
  return { status, endedAt: at, stages: status === 'succeeded' ? closed(state.stages, at) : state.stages };
}

const same = (one, other) => ['backbone', 'cut', 'head'].every(name => one[name] === other[name]);

export const hasEnded = state => ENDS.includes(state.status);

/** The stage under way, or undefined. */
export const stageNow = state => state.stages.findLast(stage => stage.to === null);

/** Several answer together: their names are joined. */
export const isTogether = ({ backbone, cut, head }) => [backbone, cut, head].some(names => names.includes(' + '));

/** Best first; of equals the earlier one. */
export const bestFirst = candidates => [...candidates].sort((a, b) => b.accuracy - a.accuracy);

/** Each tried by itself, best first. */
export const singles = candidates => bestFirst(candidates.filter(one => !isTogether(one)));

/** The candidate that a version answers with. */
export function chosenOf(candidates, { members }) {
  const joined = name => [...new Set(members.map(member => member[name]))].join(' + ');
  const wanted = { backbone: joined('backbone'), cut: joined('cut'), head: joined('head') };
  return candidates.find(one => same(one, wanted)) ?? null;
}

/** What a table shows at once, `foremost`: what was `chosen`, or all together, and each backbone's best; and `others`. */
export function ranked(candidates, chosen) {
  const first = chosen ?? candidates.find(isTogether);
  const foremost = first ? [first] : [];
  for (const one of singles(candidates)) {
    if (!foremost.some(shown => shown.backbone === one.backbone && !isTogether(shown))) foremost.push(one);
  }
  return { foremost, others: bestFirst(candidates).filter(one => !foremost.includes(one)) };
}
