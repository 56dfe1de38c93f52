/**
 * Runs a snippet: a Worker, so that the page goes on and an endless loop can be stopped. It is sent the code and answers
 * with what the code prints, its error, and its end.
 *
 * @typedef {{ type: 'print', text: string, isError: boolean } | { type: 'clear' } | { type: 'failed', text: string }
 *   | { type: 'done' }} Answer
 */
import { inspect } from './inspect.js';

/** A loop that prints must not flood the page. */
const MOST_PRINTS = 1000;
let prints = 0;

/** @param {Answer} answer */
const send = (answer) => postMessage(answer);

/** @param {boolean} isError */
const printer = (isError) => (/** @type {unknown[]} */ ...values) => {
  if (++prints > MOST_PRINTS) return;
  const text = prints === MOST_PRINTS ? '… and no more is shown' : values.map((value) => inspect(value)).join(' ');
  send({ type: 'print', text, isError });
};
Object.assign(console, {
  log: printer(false), info: printer(false), debug: printer(false), table: printer(false), warn: printer(true), error: printer(true),
  clear: () => {
    prints = 0;
    send({ type: 'clear' });
  },
});

/** @param {unknown} error */
const fail = (error) => send({ type: 'failed', text: inspect(error) });
addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  fail(/** @type {PromiseRejectionEvent} */ (event).reason);
});
addEventListener('error', (event) => {
  event.preventDefault();
  fail(/** @type {ErrorEvent} */ (event).error ?? /** @type {ErrorEvent} */ (event).message);
});

addEventListener('message', async (event) => {
  const { code } = /** @type {MessageEvent<{ code: string }>} */ (event).data;
  const address = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  try {
    await import(/* @vite-ignore */ address);
    send({ type: 'done' });
  } catch (error) {
    fail(error);
  }
}, { once: true });
