'use strict';
// The OpenAPI document, drawn by Swagger UI, whose script has run before this one.
import { csrfToken } from './api.js';

const place = document.getElementById('docs');
const dark = matchMedia('(prefers-color-scheme: dark)');

function dress() {
  const theme = document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light');
  document.documentElement.classList.toggle('dark-mode', theme === 'dark');
}

/** “Try it out” goes with the session of who is signed in, unless a key was given under “Authorize”. */
function withToken(request) {
  request.headers['X-CSRFToken'] = csrfToken();
  return request;
}

dark.addEventListener('change', dress);
dress();
globalThis.SwaggerUIBundle({
  url: place.dataset.schemaUrl,
  domNode: place,
  deepLinking: true,
  validatorUrl: null, // it would ask a foreign server
  defaultModelsExpandDepth: 0,
  requestInterceptor: withToken,
});
