'use strict';
// The REST API from a page: session cookie, CSRF token, and errors in the words of the server.

/** Of the cookie, which is always the one that counts: signing in again, in whatever tab, makes another. Empty where there
    is none, on the pages of share links. */
export const csrfToken = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? '';

export const SIGNED_OUT = 'You are signed out. Sign in again in another tab, then go on here.';

/** What the server refused: `message` is for the user, `body` the whole answer, `status` 0 when none came. */
export class ApiError extends Error {
  constructor(status, body, unsaid = 'The server did not understand. Reload the page.') {
    const said = body?.error?.message ?? (status ? unsaid : 'No connection. Try again.');
    super(status === 401 ? SIGNED_OUT : said);
    this.status = status;
    this.code = body?.error?.code ?? '';
    this.body = body;
  }
}

/** Whether asking again helps nothing: signed out, not allowed any more, or gone. */
export const isFinal = ({ status }) => [401, 403, 404].includes(status);

/** The answer's JSON (null for 204). `body` is sent as JSON, FormData as it is; `options` are fetch's. Throws ApiError. */
export async function request(method, url, body, options = {}) {
  const form = body instanceof FormData;
  const headers = { Accept: 'application/json', 'X-CSRFToken': csrfToken() };
  if (body !== undefined && !form) headers['Content-Type'] = 'application/json';
  let response;
  try {
    const sent = form ? body : JSON.stringify(body);
    response = await fetch(url, { method, headers, credentials: 'same-origin', body: sent, ...options });
  } catch {
    throw new ApiError(0, null);
  }
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, answer);
  return answer;
}
