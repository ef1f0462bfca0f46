'use strict';
// What a run's page says: events, stages and figures in plain words. Of the document it knows only whether it is about photos or texts.

import { counted, figure } from './page.js';
import { accuracyText, hundredths, listed, milliseconds, seconds } from './numbers.js';
import { chosenOf, isTogether, singles } from './run_state.js';
import { isText, thing, things } from './things.js';

const NARROW = 0.2; // range of an accuracy that is known well
const ALL = { 2: 'Both', 3: 'All three', 4: 'All four' };

/** How far a stage is, in a sentence; empty for one that does not count. `photos`: how many it learns from in all. */
export function howFar({ code, done, total }, photos = 0) {
  if (total === null) return '';
  if (code === 'features') {
    const ready = photos - total;
    const others = ready > 0 ? ` The other ${figure(ready)} ${ready === 1 ? 'is' : 'are'} ready.` : '';
    return `${figure(done)} of ${things(total)} looked at.${others} This is done once for each ${thing}.`;
  }
  if (code === 'compare') return `${figure(done)} of ${figure(total)} tried, each on ${thing}s it had not seen`;
  return `${figure(done)} of ${figure(total)}`;
}

/**
 * The names that events and versions use, in words. `backbones` is {slug: {title, short, cuts}}, `heads` {slug: word},
 * `ms` {slug: milliseconds a photo, or null}.
 */
export function namer({ backbones, heads, ms = {} }) {
  const slugs = new RegExp(Object.keys(backbones).join('|'), 'g');
  const title = slug => backbones[slug]?.title ?? slug;
  const short = slug => backbones[slug]?.short ?? slug;
  const cut = (slug, name) => backbones[slug]?.cuts[name] ?? name;
  const cuts = ({ backbone, cut: names }) => listed(split(names).map(name => cut(backbone, name)));
  const head = names => listed(split(names).map(name => heads[name] ?? name));
  return {
    title,
    short,
    head,
    spelled: text => text.replace(slugs, short),
    /** Of a candidate: its name, and the line below it. `order` has the backbones as a combination shall name them. */
    candidate(candidate, order) {
      const parts = split(candidate.backbone);
      if (parts.length > 1) {
        const sorted = order.filter(slug => parts.includes(slug));
        return [`Together: ${sorted.map(short).join(' + ')}`, 'confidences averaged, weighted by what helps'];
      }
      const averaged = isTogether(candidate) ? ', confidences averaged' : '';
      return [title(candidate.backbone), `${cuts(candidate)}${averaged}`];
    },
    /** Of a candidate: the milliseconds that an answer takes, null where a part of it was not measured. */
    took({ backbone }) {
      const times = split(backbone).map(slug => ms[slug] ?? null);
      return times.includes(null) ? null : times.reduce((sum, time) => sum + time, 0);
    },
    /** Of a candidate, in one line. */
    line(candidate) {
      const parts = split(candidate.backbone);
      if (parts.length > 1) return `Together, ${parts.map(short).join(' + ')}`;
      return `${title(candidate.backbone)}, ${cuts(candidate)}, ${head(candidate.head)}`;
    },
  };
}

const split = names => names.split(' + ');

/** The backbones, best first: the order in which a combination names them. */
export const strongestFirst = candidates => [...new Set(singles(candidates).map(one => one.backbone))];

/** An event as a line of “What happened”. */
export function line(event, names, number) {
  switch (event.kind) {
    case 'queued':
      return 'Waiting for a free worker';
    case 'started':
      return 'Started';
    case 'stage':
      return event.title;
    case 'candidate':
      return `${names.line(event)}: ${accuracyText(event.accuracy, event.low, event.high)}, ${seconds(event.seconds)}`;
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
  const { value, low, high, samples = all } = accuracy;
  const guessing = `Guessing gets ${hundredths(chance)}.`;
  if (low <= chance) {
    const [why, gets] = unsure(accuracy, samples, chance);
    return [[why], ` Of 100 new ${thing}s it ${gets} between ${hundredths(low)} and ${hundredths(high)} right. ${guessing}`];
  }
  return [
    `Shown 100 ${thing}s it has never seen, it would get about `,
    [`${hundredths(value)} right`],
    `. With ${things(samples)} to measure on, the true figure may be anywhere from ${hundredths(low)} to ` +
      `${hundredths(high)}. ${guessing}`,
  ];
}

/** Why guessing cannot be told from it, and what it does with new photos. As training/report_headline.py. */
function unsure({ low, high, method }, samples, chance) {
  if (high < chance) return ['It is not better than guessing.', 'gets'];
  if (high - low <= NARROW) return ['It is not clearly better than guessing.', 'gets'];
  if (method.includes('too few groups')) return [`These ${thing}s come from too few groups to tell.`, 'may get anything'];
  return [`${things(samples)} ${samples === 1 ? 'is' : 'are'} too few to tell.`, 'may get anything'];
}

/** How the version that answers was chosen, as parts for `sentence`. `fast`: the owner prefers speed. */
export function howChosen(version, candidates, names, fast) {
  const tried = strongestFirst(candidates);
  const members = tried.filter(slug => version.members.some(member => member.backbone === slug));
  const chosen = chosenOf(candidates, version);
  const best = singles(candidates)[0];
  const gain = chosen && isTogether(chosen) ? hundredths(chosen.accuracy) - hundredths(best.accuracy) : null;
  const out = fast ? [] : tried.filter(slug => !members.includes(slug));
  return [
    ...who(members, tried, names, fast),
    ...(members.length === 1 && gain <= 0 ? [] : against(gain, best, version, names)), // it would read as a contradiction
    ...left(out, gain, names),
    cost(version),
  ];
}

function who(members, tried, names, fast) {
  if (members.length > 1) {
    const all = `${ALL[members.length] ?? `All ${members.length}`} answer together: `;
    const start = members.length === tried.length ? all : 'These answer together: ';
    return [start, [listed(members.map(names.short))], ', their confidences averaged, weighted by what helps.'];
  }
  const name = [names.title(members[0])];
  if (fast) return [name, ' answers alone: the best single model, because you chose speed.'];
  return [name, tried.length === 1 ? ', the only one at hand, answers.' : ' answers alone.'];
}

/** The combination beside the best single one: `gain` points better, as the table shows them. */
function against(gain, best, { accuracy }, names) {
  if (gain === null) return [];
  const where = ofTestPhotos(accuracy) ? `the test ${thing}s` : `held-back ${thing}s`;
  const name = names.short(best.backbone);
  if (gain > 0) return [` On ${where} that is ${counted(gain, 'point')} better than the best single one, ${name}.`];
  if (gain === 0) return [` On ${where} that is no better than the best single one, ${name}.`];
  return [` On ${where} ${name} alone got ${counted(-gain, 'point')} more, which may be luck.`];
}

/** Who was left out, and why the others stay where that is not plain to see. */
function left(out, gain, names) {
  const stay = gain !== null && gain <= 0;
  if (!out.length) return stay ? [' Leaving one out did not clearly improve the confidences.'] : [];
  const who = capital(`${listed(out.map(names.short))} ${out.length === 1 ? 'is' : 'are'} left out`);
  const why = `on held-back ${thing}s the confidences are no better with ${out.length === 1 ? 'it' : 'them'}`;
  return [` ${who}: ${why}.${stay ? ' Leaving out another did not clearly improve them.' : ''}`];
}

function cost({ parameters, frozen_parameters: frozen, ms_per_sample: ms }) {
  const below = frozen ? `; the ${figure(frozen)} below them stay frozen` : '';
  return ` It learned ${counted(parameters, 'number')}${below}. One answer${isText ? ' to a sentence' : ''} takes about ${milliseconds(ms)}.`;
}

const capital = text => text[0].toUpperCase() + text.slice(1);

/** A method speaks of samples and backbones; this page of photos and pretrained models. */
export const plainMethod = ({ method }) =>
  method
    .split('; ')[0]
    .replaceAll('sample', thing)
    .replace('every one held out', 'each held back in turn')
    .replace('whole groups held out', 'each held back in turn, with those that belong to it')
    .replace(', less 0.0 points for having chosen on them', '')
    .replace('for having chosen on them', `because the same ${thing}s chose the models`);

/** What the range means; where a method says in its second half that there is too little to tell, that. */
export function plainRange({ method, groups }) {
  const [, name = ''] = method.split('; ');
  if (!name.startsWith('Wilson')) return name;
  const there = groups === 1 ? 'there is' : 'there are';
  const wider = groups
    ? `, wider because ${thing}s that belong together count as one: ${there} ${counted(groups, 'group')} of them`
    : '';
  return `the truth lies in it 95 times in 100${wider}`;
}

/** Whether a figure comes from photos set apart for testing, not from held-back ones. */
export const ofTestPhotos = ({ test }) => Boolean(test);

/** By how many points a stated figure was lowered for having been chosen on the same photos; null: not at all. */
export const points = ({ lowered }) => (lowered == null ? null : Math.round(1000 * lowered) / 10);
