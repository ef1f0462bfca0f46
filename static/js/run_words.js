'use strict';
// What a run's page says: events, stages and figures in plain words. No document here.

import { counted, figure } from './page.js';
import { accuracyText, hundredths, listed, milliseconds, seconds } from './numbers.js';
import { bestFirst, isTogether } from './run_state.js';

const DOING = {
  read: 'Reading the photos',
  features: 'Looking at each photo',
  compare: 'Comparing pretrained models',
  fit: 'Learning from all photos',
  examine: 'Looking into its mistakes',
};

const ALL = { 2: 'Both', 3: 'All three', 4: 'All four' };

export const doing = stage => DOING[stage.code] ?? stage.title;

/** How far a stage is, in a sentence; empty for one that does not count. */
export function howFar({ code, done, total }) {
  if (total === null) return '';
  if (code === 'features')
    return `${figure(done)} of ${counted(total, 'photo')} looked at. This is done once for each photo.`;
  if (code === 'compare') return `${figure(done)} of ${figure(total)} tried, each on photos it had not seen`;
  return `${figure(done)} of ${figure(total)}`;
}

/** The names that events and versions use, in words. `backbones` is {slug: {title, short, cuts}}. */
export function namer(backbones) {
  const slugs = new RegExp(Object.keys(backbones).join('|'), 'g');
  const title = slug => backbones[slug]?.title ?? slug;
  const short = slug => backbones[slug]?.short ?? slug;
  const cut = (slug, name) => backbones[slug]?.cuts[name] ?? name;
  return {
    title,
    short,
    cut,
    parts: candidate => candidate.backbone.split(' + '),
    spelled: text => text.replace(slugs, short),
    /** Of a candidate: its name, and the line below it. */
    candidate(candidate, order) {
      if (!isTogether(candidate)) return [title(candidate.backbone), cut(candidate.backbone, candidate.cut)];
      const parts = order.filter(slug => candidate.backbone.split(' + ').includes(slug));
      const cuts = [...new Set(parts.map(slug => cut(slug, candidate.cut)))];
      return [`Together: ${parts.map(short).join(' + ')}`, `${listed(cuts)} of each, confidences averaged`];
    },
  };
}

/** The single backbones, best first: the order in which a combination names them. */
export const strongestFirst = candidates =>
  bestFirst(candidates.filter(one => !isTogether(one))).map(one => one.backbone);

/** An event as a line of “What happened”. */
export function line(event, names, number) {
  switch (event.kind) {
    case 'queued':
      return 'Waiting for a free worker';
    case 'started':
      return 'Started';
    case 'stage':
      return event.title;
    case 'candidate': {
      const who = event.backbone.split(' + ').map(names.short).join(' + ');
      return `${who}: ${accuracyText(event.accuracy, event.low, event.high)}, ${seconds(event.seconds)}`;
    }
    case 'log':
      return names.spelled(event.message);
    case 'retrying':
      return `Attempt ${event.attempt}: ${event.message}`;
    case 'succeeded':
      return `Version ${number} is ready`;
    case 'failed':
      return `Stopped: ${event.message}`;
    case 'cancelled':
      return 'Cancelled';
    default:
      return event.kind;
  }
}

/** “Shown 100 photos …”, as parts for `sentence`. */
export function inPlainNumbers({ accuracy, sample_count: all }, chance) {
  const { value, low, high, method } = accuracy;
  const photos = Number.parseInt(method, 10) || all; // a method begins with the number that it measured on
  return [
    'Shown 100 photos it has never seen, it would get about ',
    [`${hundredths(value)} right`],
    `. With ${counted(photos, 'photo')} to measure on, the true figure may be anywhere from ${hundredths(low)} to ` +
      `${hundredths(high)}. Guessing gets ${hundredths(chance)}.`,
  ];
}

/** How the version that answers was chosen, as parts for `sentence`. */
export function howChosen(version, candidates, names) {
  const singles = bestFirst(candidates.filter(one => !isTogether(one)));
  const members = strongestFirst(candidates).filter(slug => version.members.some(member => member.backbone === slug));
  const found = candidates.find(one => sameNames(names.parts(one), members));
  const chosen = found && stated(found, version);
  const cost =
    ` It learned ${counted(version.parameters, 'number')}; the ${figure(version.frozen_parameters)} below them stay ` +
    `frozen. One answer takes about ${milliseconds(version.ms_per_sample)}.`;
  const gain = chosen && isTogether(chosen) ? gained(chosen, singles[0], version) : null;
  return [
    ...who(members, singles, names),
    ...against(gain, singles[0], version, names),
    ...left(singles, members, gain, names),
    cost,
  ];
}

/** A method speaks of samples and backbones; this page of photos and pretrained models. */
export const plainMethod = method =>
  method
    .replaceAll('sample', 'photo')
    .replaceAll('backbone', 'pretrained model')
    .replace('every one held out', 'each held back in turn')
    .replace('whole groups held out', 'those that belong together held back in turn')
    .replace(', less 0.0 points for having chosen on them', '')
    .replace('for having chosen on them', 'because the same photos chose the models');

/** Whether a figure comes from photos set apart for testing, not from held-back ones. */
export const ofTestPhotos = ({ method }) => / test samples\b/.test(method);

/** The candidate with the figures that the version states: lowered for having been chosen, where that was measured. */
export function stated(chosen, { accuracy }) {
  if (ofTestPhotos(accuracy)) return chosen;
  return { ...chosen, accuracy: accuracy.value, low: accuracy.low, high: accuracy.high };
}

/** By how many points the stated figure was lowered for having been chosen on the same photos; 0 where it was not. */
export const lowered = ({ method }) => Number(/less ([\d.]+) points/.exec(method)?.[1] ?? 0);

const sameNames = (some, others) => some.length === others.length && some.every(name => others.includes(name));

function who(members, singles, names) {
  if (members.length > 1) {
    const all = `${ALL[members.length] ?? `All ${members.length}`} answer together: `;
    const start = members.length === singles.length ? all : 'These answer together: ';
    return [start, [listed(members.map(names.title))], ', their confidences averaged.'];
  }
  const only = singles.length === 1 ? ', the only pretrained model at hand, answers.' : ' answers alone.';
  return [[names.title(members[0])], only];
}

/** In points, like with like: the combination's figure before it was lowered, since single ones never are. */
function gained(chosen, best, { accuracy }) {
  const points = lowered(accuracy);
  if (points) return Math.round(100 * (chosen.accuracy - best.accuracy) + points);
  return hundredths(chosen.accuracy) - hundredths(best.accuracy); // as the table shows them
}

/** The combination beside the best single one: `gain` points better, as measured on held-back photos. */
function against(gain, best, { accuracy }, names) {
  if (gain === null) return [];
  const name = names.short(best.backbone);
  const points = lowered(accuracy);
  const lower = points
    ? ` The figure of all together is then lowered by ${points} points, because the same photos chose it.`
    : '';
  if (gain > 0)
    return [` On held-back photos that is ${counted(gain, 'point')} better than the best single one, ${name}.${lower}`];
  if (gain === 0) return [` On held-back photos that is no better than the best single one, ${name}.${lower}`];
  return [` On held-back photos ${name} alone got ${counted(-gain, 'point')} more, which may be luck.${lower}`];
}

/** Who was left out, and why the others stay where that is not plain to see. */
function left(singles, members, gain, names) {
  const out = singles.map(one => one.backbone).filter(slug => !members.includes(slug));
  const stay = gain !== null && gain <= 0;
  if (!out.length || !members.length)
    return stay ? [' Leaving one out did not clearly improve the confidences.'] : [];
  const who = `${listed(out.map(names.short))} ${out.length === 1 ? 'is' : 'are'} left out`;
  const why = `on held-back photos the confidences are clearly better without ${out.length === 1 ? 'it' : 'them'}`;
  return [` ${who}: ${why}.${stay ? ' Leaving out another did not clearly improve them.' : ''}`];
}
