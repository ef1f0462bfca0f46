'use strict';
// The live camera: one frame under way at a time, the next as soon as its answer is there. Nothing is stored.

const LONGEST = 320; // pixels of the longer side of a frame that is sent
const QUALITY = 0.8;
const ENOUGH = 5; // answers a second
const FEWEST = 3; // answers before it is judged: the first one opens the networks
const WINDOW = 10; // answers that the shown rate is made of
const PAUSE = 1000; // milliseconds after a failure

export const available = () => Boolean(navigator.mediaDevices?.getUserMedia);

const WHY = {
  NotAllowedError:
    'The browser did not let this page use the camera. Allow it beside the address, then open it again.',
  NotFoundError: 'No camera was found.',
  NotReadableError: 'Another program is using the camera. Close it there, then open it again.',
};

/** A stream of what the camera sees; the rear one of a phone. */
export const opened = () => navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });

/** Gives the camera free again. */
export function end(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

const canvas = document.createElement('canvas');

/** What `video` shows now, as a JPEG of at most `longest` pixels. */
export function frame(video, longest, quality) {
  const { videoWidth: width, videoHeight: height } = video;
  const scale = Math.min(1, longest / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', quality));
}

/** Why it could not be opened, in words. */
export const whyNot = error => WHY[error.name] ?? `The camera could not be opened: ${error.message}`;

/**
 * Answers for what `video` sees until stop() is called. `ask(blob, fast)` resolves to a prediction; a rejection is told to
 * onTrouble, which says whether to try on. onAnswer(prediction, rate) and onFast() tell what happens, onGone() that the
 * camera was pulled out or taken away. Between an answer and the next frame it waits `pace` milliseconds.
 */
export class LiveCamera {
  constructor(video, { ask, canBeFast, pace, onAnswer, onFast, onGone, onTrouble }) {
    Object.assign(this, { video, ask, canBeFast, pace, onAnswer, onFast, onGone, onTrouble });
    this.stream = null;
    this.turn = 0;
    this.fast = false;
    this.times = [];
  }

  /** Whether it runs: not where stop() or another start() came meanwhile. Rejects with what getUserMedia says. */
  async start() {
    this.stop();
    const { turn } = this;
    try {
      const stream = await opened();
      if (turn === this.turn) await this.play(stream);
      else end(stream); // else the camera would stay on, and nothing could stop it
    } catch (error) {
      if (turn === this.turn) throw error;
    }
    if (turn !== this.turn) return false;
    this.run();
    return true;
  }

  play(stream) {
    this.stream = stream;
    for (const track of stream.getTracks()) track.onended = () => this.stream === stream && this.onGone();
    this.video.srcObject = stream;
    return this.video.play();
  }

  stop() {
    this.turn += 1;
    end(this.stream);
    this.stream = null;
    this.video.srcObject = null;
  }

  async run() {
    const stream = this.stream;
    while (this.stream === stream && stream) {
      if (document.hidden) {
        await visible();
        this.times = [];
        continue;
      }
      try {
        const prediction = await this.ask(await this.frame(LONGEST, QUALITY), this.fast);
        if (this.stream !== stream) return;
        this.answered(prediction);
        if (this.pace) await passed(this.pace);
      } catch (error) {
        if (this.stream !== stream || !this.onTrouble(error)) return;
        this.times = [];
        await passed(PAUSE);
      }
    }
  }

  answered(prediction) {
    this.times.push(performance.now());
    if (this.canBeFast && !this.fast && this.tooSlow()) {
      this.fast = true;
      this.times = [];
      this.onFast();
    }
    this.times = this.times.slice(-WINDOW);
    this.onAnswer(prediction, this.times.length > 2 ? perSecond(this.times) : null);
  }

  /** Did the last answers take more than a second that should have held ENOUGH of them? */
  tooSlow() {
    const last = this.times.slice(-ENOUGH - 1);
    return last.length >= FEWEST && last.at(-1) - last[0] > 1000;
  }

  /** What the camera sees now, as a JPEG of at most `longest` pixels. */
  frame(longest, quality) { return frame(this.video, longest, quality); }
}

const passed = ms => new Promise(resolve => setTimeout(resolve, ms));

const perSecond = times => ((times.length - 1) * 1000) / (times.at(-1) - times[0]);

function visible() {
  return new Promise(resolve => {
    document.addEventListener('visibilitychange', function seen() {
      if (document.hidden) return;
      document.removeEventListener('visibilitychange', seen);
      resolve();
    });
  });
}
