'use strict';
// Moments in the reader's own time: a page comes with them in the server's.

import { all } from './dom.js';

const written = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** “5 Dec 2026, 01:52”. */
export const moment = at => written.format(new Date(at));

for (const element of all('time[data-moment]')) element.textContent = moment(element.dateTime);
