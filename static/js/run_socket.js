'use strict';
// The events of a run, each once and in order, over a socket that comes back by itself.

import ReconnectingWebSocket from '../vendor/partysocket/ws.js';

const FIRST = 1000; // milliseconds until the first new try, then growing
const GROWTH = 1.5;
const LONGEST = 10000;
const REFUSED = 4404;

/**
 * Watch run `id`. `last()` tells the newest event seen, asked again for every connection; `ended()` whether none will come.
 * Calls onEvent(event), onOpen(), onLost(milliseconds until the next try), onRefused(). Returns the function that tries at once.
 */
export function watchRun(id, { last, ended, onEvent, onOpen, onLost, onRefused }) {
  let socket = null;
  const address = () => `${location.origin.replace(/^http/, 'ws')}/ws/runs/${id}/?after=${last()}`;

  function connect() {
    if (socket) drop(socket);
    socket = new ReconnectingWebSocket(address, [], {
      minReconnectionDelay: FIRST,
      reconnectionDelayGrowFactor: GROWTH,
      maxReconnectionDelay: LONGEST,
      shouldReconnectOnClose: event => event.code !== REFUSED && !ended(),
    });
    socket.onopen = onOpen;
    socket.onmessage = message => onEvent(JSON.parse(message.data));
    socket.onclose = closed;
  }

  function closed(event) {
    if (event.code === REFUSED) onRefused();
    else if (!ended()) onLost(Math.min(LONGEST, FIRST * GROWTH ** Math.max(0, socket.retryCount - 1)));
  }

  function drop(old) {
    old.onopen = old.onmessage = old.onclose = null;
    old.close();
  }

  function online() {
    if (!ended()) connect();
  }

  // A socket may stay open for minutes on a network that is gone; the browser knows sooner.
  function offline() {
    if (ended()) return;
    drop(socket);
    onLost(null);
  }

  connect();
  addEventListener('online', online);
  addEventListener('offline', offline);
  return connect;
}
