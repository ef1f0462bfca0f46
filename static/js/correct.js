'use strict';
// “Wrong? Pick the right one”: the photo or text joins a category at once, can move to another, and can be taken out again.

import { request } from './api.js';
import { all, find, refresh, write } from './dom.js';
import { announce } from './page.js';
import { setUpPicks } from './picks.js';
import { isText } from './things.js';

const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Set up the card; returns `reset(asked, answered)` for the next photo (a File) or text; `answered()` resolves to its
 * prediction. Where that is kept, the correction goes to it; otherwise the photo or text is sent once more.
 */
export function setUpCorrection(card, { samplesUrl, sampleUrl, feedbackUrl }) {
  const added = find('#added', card);
  const refused = find('#not-added', card);
  const allPicks = setUpPicks(card);
  let asked = null;
  let answered = null;
  let feedback = ''; // its address, where the answer is kept
  let sample = null; // the API's object, once it has been added

  function show(name) {
    for (const button of all('.pickcat', card)) button.setAttribute('aria-pressed', button.dataset.name === name);
    added.hidden = name === null;
    refused.hidden = true;
  }

  function refuse(message) {
    write(refused, { 'not-added': message });
    refused.hidden = false;
    announce(message);
  }

  const urlOf = id => sampleUrl.replace('/0/', `/${id}/`);

  async function add(category_id) {
    const body = { category_id, source: 'feedback' };
    sample = (await request('POST', samplesUrl, isText ? { ...body, texts: [asked] } : form(body, asked))).added[0];
  }

  /** Tells the answer, if it is kept: the sample, or null. */
  async function tell(name) {
    if (!feedbackUrl) return null;
    feedback = feedbackUrl.replace(NOBODY, (await answered()).id);
    try {
      return await request('POST', feedback, { category: name });
    } catch (error) {
      if (error.code !== 'not_kept') throw error;
      feedback = '';
      return null;
    }
  }

  async function pick({ id, name }) {
    const now = asked;
    const first = sample === null;
    try {
      const told = await tell(name);
      if (told) sample = told;
      else if (sample) sample = await request('PATCH', urlOf(sample.id), { category: name });
      else await add(id);
    } catch (error) {
      refuse(error.body?.rejected?.[0]?.message ?? error.message);
      return;
    }
    refresh('.path ol');
    if (now !== asked) return;
    show(name);
    const was = first && sample.moved_from;
    const said = was ? `It was here already, in ${was}. Now it is in ${name}.` : `Added to ${name}. It counts in the next training.`;
    write(added, { added: said });
    announce(was ? said : `Added to ${name}`);
  }

  async function undo() {
    try {
      await request('DELETE', feedback || urlOf(sample.id));
    } catch (error) {
      refuse(error.message);
      return;
    }
    sample = null;
    refresh('.path ol');
    show(null);
    announce('Taken out again');
    find('.pickcat', card).focus();
  }

  let busy = false;
  const oneAtATime = action => async () => {
    if (busy) return;
    busy = true;
    await action();
    busy = false;
  };
  for (const button of all('.pickcat', card)) button.addEventListener('click', oneAtATime(() => pick(button.dataset)));
  find('#undo', card).addEventListener('click', oneAtATime(undo));

  return (next, whenAnswered) => {
    asked = next;
    answered = whenAnswered;
    feedback = '';
    sample = null;
    allPicks();
    show(null);
  };
}

function form(fields, file) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append('files', file, file.name);
  return body;
}
