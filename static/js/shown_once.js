'use strict';
// A key or a link was just made, in the answer to a form: reloading the page must not make another one. The form may have an
// address of its own, which the page does not.

history.replaceState(null, '', document.querySelector('[data-address]')?.dataset.address ?? location.href);
