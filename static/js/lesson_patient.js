'use strict';
// The lesson computes for one reader at a time: who comes while others are before asks again by itself.

import { ApiError, request } from './api.js';

const AGAIN = 2000; // milliseconds
const TRIES = 6;

/** The answer to a GET. Throws ApiError where it is no matter of waiting, or takes too long. */
export async function patient(url) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await request('GET', url);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 503 || tries === TRIES) throw error;
      await new Promise(done => { setTimeout(done, AGAIN); });
    }
  }
}
