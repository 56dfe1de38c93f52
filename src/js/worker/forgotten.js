/**
 * @typedef {object} Held
 * @property {import('./WorkerConnection.js').WorkerConnection} connection
 * @property {number} target
 * @property {() => void} [deafen] stops listening
 */

/**
 * The safety net: what is forgotten in the page, and was neither disposed nor read to its end, is let go in the Worker when
 * the garbage collector finds it. What is held must not lead to it.
 *
 * @type {FinalizationRegistry<Held>}
 */
export const forgotten = new FinalizationRegistry(({ connection, target, deafen }) => {
  deafen?.();
  connection.release(target).catch(() => {});
});
