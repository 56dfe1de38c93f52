// turn.js: lets the event loop do something else in between.

/** Those that wait for a turn, the first come first. @type {(() => void)[]} */
const waiting = [];

/** @type {MessageChannel | undefined} */
let channel;

const next = () => waiting.shift()?.();

/**
 * Resolves when the event loop has been round once: messages, events and frames had their turn. Timers would do the same,
 * but browsers hold them back to 4 ms, and to a second in a page that nobody sees.
 * @returns {Promise<void>}
 */
export function turn() {
  return new Promise((resolve) => {
    // Node has this, where a channel that is open would keep the process.
    if (typeof setImmediate === 'function') return setImmediate(resolve);
    if (typeof MessageChannel !== 'function') return setTimeout(resolve);
    if (!channel) {
      channel = new MessageChannel();
      channel.port1.onmessage = next;
    }
    waiting.push(resolve);
    channel.port2.postMessage(undefined);
  });
}
