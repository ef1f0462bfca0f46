'use strict';
// Sending photos: one POST a file, four side by side over the whole page. Uppy queues and sends; this module says what
// became of each file, and lets all of them wait together while the connection is lost.
import { Uppy, XHRUpload } from '../vendor/uppy/uppy.min.mjs';
import { SIGNED_OUT, csrfToken } from './api.js';
import { MANY, known } from './known.js';
import { factsOf } from './layout.js';
import { note } from './page.js';

const AT_ONCE = 4;
const FEED = 100;
const WAITS = [2, 4, 8, 15, 30]; // seconds before each further try; the last one as often as it takes
const FACTS = { source: 'upload', group: '', split: '' }; // unless said: Uppy sends “undefined” for what is missing
const SILENT = { debug() {}, warn() {}, error() {} }; // every failure is shown in the page
const PASSING = new Set([0, 408, 429, 502, 503, 504]); // no answer, or one that passes

/** One file on its way. state: waiting, sending, lost (tries again by itself), held (until somebody has signed in), failed
    (can be retried), refused, done, here (it was already), cancelled. share: of its bytes sent. reason: why it is lost,
    held, failed or refused. tries: how often it was sent. */
class Upload {
  constructor(file, column, facts) {
    Object.assign(this, { file, column, facts, state: 'waiting', share: 0, reason: '', sample: null, id: '', tries: 0 });
  }

  get pending() { return ['waiting', 'sending', 'lost', 'held'].includes(this.state); }
}

export class Uploads {
  resumeAt = 0; // when all try again, ms, Infinity: when tryNow() is called; 0: nothing waits
  #url;
  #changed;
  #maxBytes;
  #uppy = new Uppy({ logger: SILENT });
  #byKey = new Map();
  #keys = 0;
  #losses = 0;
  #timer = 0;
  #gate = null;
  #open = null;

  /** changed(upload) is called whenever one changes. */
  constructor(url, maxBytes, changed) {
    this.#url = url;
    this.#changed = changed;
    this.#maxBytes = maxBytes;
    this.#uppy.use(XHRUpload, {
      endpoint: url,
      fieldName: 'files',
      allowedMetaFields: ['category_id', ...Object.keys(FACTS)],
      limit: AT_ONCE,
      responseType: 'json',
      headers: { Accept: 'application/json' },
      retries: 0, // its own waits get longer without end
      onBeforeRequest: (xhr, _, [file]) => this.#ready(xhr, this.#of(file)),
    });
    this.#uppy.on('file-added', file => { this.#of(file).id = file.id; });
    this.#uppy.on('upload-progress', (file, { bytesUploaded, bytesTotal }) => {
      this.#set(this.#of(file), { share: bytesTotal ? bytesUploaded / bytesTotal : 1 });
    });
    this.#uppy.on('upload-success', (file, { body }) => {
      this.#losses = 0;
      this.#set(this.#of(file), { state: 'done', sample: body.added[0] });
    });
    this.#uppy.on('upload-error', (file, error, xhr) => this.#notTaken(this.#of(file), xhr));
    this.#uppy.on('complete', ({ successful, failed }) => this.#forget([...successful, ...failed]));
    addEventListener('online', () => this.tryNow());
  }

  /** Queues files for a column; the uploads, in their order. Those over the limit are refused at once. `facts` may say
      their source and group. */
  add(files, column, facts = {}) {
    const uploads = files.map(file => new Upload(file, column, { ...facts, ...factsOf(file) }));
    const fitting = uploads.filter(upload => upload.file.size <= this.#maxBytes);
    const limit = Math.floor(this.#maxBytes / 1e6);
    const reason = `This file is larger than ${limit} MB. Save the photo smaller and add it again.`;
    for (const upload of uploads.filter(each => each.file.size > this.#maxBytes)) {
      this.#set(upload, { state: 'refused', reason });
    }
    this.#feed(fitting);
    return uploads;
  }

  cancel(upload) {
    this.#set(upload, { state: 'cancelled' });
    if (upload.id) this.#uppy.removeFile(upload.id);
  }

  retry(upload) {
    this.#set(upload, { state: 'waiting', reason: '', share: 0 });
    this.tryNow();
    this.#uppy.retryUpload(upload.id);
  }

  /** Hands files to Uppy a few at a time, so that thousands do not stop the page. */
  async #feed(uploads) {
    for (let start = 0; start < uploads.length; start += FEED) {
      const chunk = uploads.slice(start, start + FEED);
      if (uploads.length >= MANY) await this.#leaveOutKnown(chunk);
      const some = chunk.filter(upload => upload.pending);
      this.#uppy.addFiles(some.map(upload => {
        const key = String(this.#keys += 1); // Uppy makes its id of the path, so the same file may be added again
        this.#byKey.set(key, upload);
        const { name, type } = upload.file;
        return { name, type, data: upload.file, meta: { ...FACTS, ...upload.facts, category_id: upload.column.id, relativePath: key } };
      }));
      this.#uppy.upload();
      await new Promise(resolve => setTimeout(resolve));
    }
  }

  async #leaveOutKnown(uploads) {
    const there = await known(this.#url, uploads.map(upload => upload.file));
    for (const upload of uploads.filter(({ file }) => there.has(file))) this.#set(upload, { state: 'here' });
  }

  /** All wait before their next request: for so many seconds, or until tryNow(). */
  #hold(seconds) {
    if (!this.resumeAt) this.#gate = new Promise(open => { this.#open = open; });
    clearTimeout(this.#timer);
    this.resumeAt = Date.now() + 1000 * seconds;
    if (seconds < Infinity) this.#timer = setTimeout(() => this.tryNow(), 1000 * seconds);
  }

  /** Ends that wait. */
  tryNow() {
    clearTimeout(this.#timer);
    this.resumeAt = 0;
    this.#open?.();
  }

  #of(file) { return this.#byKey.get(file?.meta.relativePath); }

  #set(upload, news) {
    if (!upload || upload.state === 'cancelled') return;
    Object.assign(upload, news);
    this.#changed(upload);
  }

  /** Uppy awaits this before each request: a lost connection holds all of them here. */
  async #ready(xhr, upload) {
    while (this.resumeAt) await this.#gate;
    upload.tries += 1;
    xhr.setRequestHeader('X-CSRFToken', csrfToken()); // not before: who has signed in meanwhile has another
    try {
      await upload.file.slice(0, 1).arrayBuffer();
    } catch { // moved or deleted since it was chosen; sending it would look like a lost connection
      this.#set(upload, { state: 'refused', reason: 'This file can no longer be read. Choose it again.' });
      this.#uppy.removeFile(upload.id);
    }
    // Uppy would send a request that was cancelled while it waited here.
    if (!this.#uppy.getFile(upload.id)) await new Promise(() => {});
    this.#set(upload, { state: 'sending', share: 0, reason: '' });
  }

  #notTaken(upload, xhr) {
    if (!upload) return; // stopped
    const status = xhr?.status ?? 0;
    if (PASSING.has(status)) this.#lost(upload, status);
    else if (status === 401) this.#signedOut(upload);
    else this.#refused(upload, status, xhr.response?.rejected?.[0] ?? xhr.response?.error);
  }

  #lost(upload, status) {
    const at = upload.share ? ` at ${Math.round(100 * upload.share)}\u202f%` : '';
    if (!this.resumeAt) {
      this.#hold(WAITS[Math.min(this.#losses, WAITS.length - 1)]);
      this.#losses += 1;
    }
    this.#sendAgain(upload, { state: 'lost', reason: status ? 'The server is busy.' : `Connection lost${at}.` });
  }

  #signedOut(upload) {
    if (this.resumeAt < Infinity) {
      this.#hold(Infinity);
      note(SIGNED_OUT, 'bad', () => this.tryNow());
    }
    this.#sendAgain(upload, { state: 'held', reason: 'You are signed out.' });
  }

  /** Once all go on, unless it was stopped meanwhile. */
  async #sendAgain(upload, news) {
    this.#set(upload, news);
    await this.#gate;
    if (upload.state === news.state) this.retry(upload);
  }

  #refused(upload, status, refusal) {
    const { name } = upload.column;
    if (refusal?.code === 'duplicate' && upload.tries > 1 && (!name || refusal.message.includes(`“${name}”`))) {
      this.#set(upload, { state: 'done' }); // an earlier try arrived, only its answer was lost
    } else if (status === 403) {
      this.#set(upload, { state: 'refused', reason: 'You may look at this project, but no longer add photos to it.' });
    } else if (status >= 500) {
      this.#set(upload, { state: 'failed', reason: refusal?.message ?? 'Not sent: the server could not take it.' });
    } else {
      this.#set(upload, { state: 'refused', reason: refusal?.message ?? 'The server did not take this file.' });
    }
  }

  /** Uppy keeps only what may be retried. */
  #forget(files) {
    const over = files.filter(file => ['done', 'refused'].includes(this.#of(file)?.state));
    this.#uppy.removeFiles(over.map(file => file.id));
    for (const file of over) this.#byKey.delete(file.meta.relativePath);
  }
}
