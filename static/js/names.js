'use strict';

/** Two names with the same key are one to the server, nearly: name_key in projects/models.py. */
export const nameKey = name => name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
