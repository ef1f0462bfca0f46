'use strict';
// A new key was just made: reloading the page must not make another one.

history.replaceState(null, '', location.href);
