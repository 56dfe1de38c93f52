// A process of Node waits at its end for V8's compiler threads, and one of them may wait for room in the heap, which only this
// thread can make, and no longer does: one in 80 runs of `score` on a busy machine never ended (nodejs/node#54918, Node 20).

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Makes room for what is still compiled, as the last act. */
export function letCompilersEnd() {
  try {
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
  } catch {
    // Another engine than V8, which ends in its own way.
  }
}

/** Ends the process at once. @param {number} [code] by default that which was set */
export function exit(code) {
  letCompilersEnd();
  process.exit(code);
}
