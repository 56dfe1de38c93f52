// alive.js: what reads an argument may run code of the caller's, a getter or a Proxy, which may dispose what it is an argument of.
import { DisposedError } from '../core/errors.js';

/**
 * Behind the last argument that is read, and before anything is written.
 * @param {{ readonly hasEnded: boolean }} life
 * @param {string} call
 * @throws {DisposedError}
 */
export function assertAlive(life, call) {
  if (life.hasEnded) throw new DisposedError(`${call}: what reading its arguments ran has disposed what they are for`);
}
