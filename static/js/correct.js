'use strict';
// “Wrong? Pick the right one”: the photo or text joins a category at once, can move to another, and can be taken out again.

import { request } from './api.js';
import { all, find, refresh, write } from './dom.js';
import { announce, note } from './page.js';
import { setUpPicks } from './picks.js';
import { isText, shortened } from './things.js';

const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Set up the card; returns `reset(asked, answered)` for the next photo (a File) or text; `answered()` resolves to its
 * prediction. Where that is kept, the correction goes to it; otherwise the photo or text is sent once more.
 */
export function setUpCorrection(card, { samplesUrl, sampleUrl, feedbackUrl }) {
  const added = find('#added', card);
  const refused = find('#not-added', card);
  const allPicks = setUpPicks(card);
  // What is shown: asked, answered, feedback (its address, where the answer is kept), sample (the API's object, once it
  // has been added), busy. An action keeps the one that it began with: what comes late counts for nothing shown by then.
  let now = {};

  function show(name) {
    for (const button of all('.pickcat', card)) button.setAttribute('aria-pressed', button.dataset.name === name);
    added.hidden = name === null;
    refused.hidden = true;
  }

  function refuse(mine, { body, message: said }) {
    const message = body?.rejected?.[0]?.message ?? said;
    if (mine !== now) {
      note(`${isText ? shortened(mine.asked) : mine.asked.name}: ${message}`);
      return;
    }
    write(refused, { 'not-added': message });
    refused.hidden = false;
    announce(message);
  }

  const urlOf = id => sampleUrl.replace('/0/', `/${id}/`);

  async function add({ asked }, category_id) {
    const body = { category_id, source: 'feedback' };
    return (await request('POST', samplesUrl, isText ? { ...body, texts: [asked] } : form(body, asked))).added[0];
  }

  /** Tells the answer, if it is kept: the sample, or null. */
  async function tell(mine, name) {
    if (!feedbackUrl) return null;
    mine.feedback = feedbackUrl.replace(NOBODY, (await mine.answered()).id);
    try {
      return await request('POST', mine.feedback, { category: name });
    } catch (error) {
      if (error.code !== 'not_kept') throw error;
      mine.feedback = '';
      return null;
    }
  }

  async function pick(mine, { id, name }) {
    const first = mine.sample === null;
    const told = await tell(mine, name);
    if (told) mine.sample = told;
    else if (first) mine.sample = await add(mine, id);
    else mine.sample = await request('PATCH', urlOf(mine.sample.id), { category: name });
    refresh('.path ol');
    if (mine !== now) return;
    show(name);
    const was = first && mine.sample.moved_from;
    const said = was ? `It was here already, in ${was}. Now it is in ${name}.` : `Added to ${name}. It counts in the next training.`;
    write(added, { added: said });
    announce(was ? said : `Added to ${name}`);
  }

  async function undo(mine) {
    await request('DELETE', mine.feedback || urlOf(mine.sample.id));
    mine.sample = null;
    refresh('.path ol');
    if (mine !== now) return;
    show(null);
    announce('Taken out again');
    find('.pickcat', card).focus();
  }

  /** Not `disabled`: the one that was pressed keeps the focus. */
  function showBusy() {
    for (const button of all('.pickcat, #undo', card)) button.ariaDisabled = String(now.busy);
  }

  const oneAtATime = action => async () => {
    const mine = now;
    if (mine.busy) return;
    mine.busy = true;
    showBusy();
    await action(mine).catch(error => refuse(mine, error));
    mine.busy = false;
    showBusy();
  };
  for (const button of all('.pickcat', card)) {
    button.addEventListener('click', oneAtATime(mine => pick(mine, button.dataset)));
  }
  find('#undo', card).addEventListener('click', oneAtATime(undo));

  return (asked, answered) => {
    now = { asked, answered, feedback: '', sample: null, busy: false };
    allPicks();
    showBusy();
    show(null);
  };
}

function form(fields, file) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append('files', file, file.name);
  return body;
}
