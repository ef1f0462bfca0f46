'use strict';
// The page of a share link.

import { setUpTester } from './tester.js';
import { setUpTexts } from './texts.js';
import { isText } from './things.js';

const page = document.getElementById('test');
const { version, reliability, pace } = page.dataset;

const setUp = isText ? setUpTexts : setUpTester;
setUp(page, {
  bandsFor: prediction => (String(prediction.version) === version ? JSON.parse(reliability) : []),
  live: { pace: Number(pace), stored: 'Nothing is stored.' },
});
