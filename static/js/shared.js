'use strict';
// The page of a share link.

import { setUpTester } from './tester.js';

const page = document.getElementById('test');
const { version, reliability, pace } = page.dataset;

setUpTester(page, {
  bandsFor: prediction => (String(prediction.version) === version ? JSON.parse(reliability) : []),
  live: { pace: Number(pace), stored: 'Nothing is stored.' },
});
