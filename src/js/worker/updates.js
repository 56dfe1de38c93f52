// updates.js: states that a call changes. The Worker has copies of them, and what they become is written into the caller's.

/**
 * @param {unknown[]} args
 * @param {readonly (number | string)[]} path
 * @returns {any} what is there, if anything
 */
export const placeIn = (args, path) => path.reduce((/** @type {any} */ value, name) => value?.[name], args);

/** The call that is going to write into an object last. @type {WeakMap<object, Promise<unknown>>} */
const writers = new WeakMap();

/**
 * Makes a call that changes the state in its arguments, after those that were made with the same state before.
 *
 * @param {unknown[]} args
 * @param {readonly (number | string)[]} path of the state
 * @param {(args: unknown[]) => Promise<{ answer: unknown, updated: unknown }>} call
 * @returns {Promise<any>} what it answers; the state itself where that is the answer
 */
export function updating(args, path, call) {
  const state = placeIn(args, path);
  const isState = typeof state === 'object' && state !== null;
  const former = isState && writers.get(state);
  // What waits is sent as it was when it was asked for.
  const asked = former ? former.then(() => call(kept)) : call(args);
  const kept = former ? withState(args, path, state) : args;
  const written = asked.then((reply) => {
    if (!isState || typeof reply?.updated !== 'object' || reply.updated === null) return reply?.answer;
    write(state, reply.updated);
    return reply.answer === reply.updated ? state : reply.answer;
  });
  if (isState) writers.set(state, written.catch(() => {}));
  return written;
}

/**
 * A copy of the arguments, with the state itself in its place.
 *
 * @param {unknown[]} args
 * @param {readonly (number | string)[]} path
 * @param {object} state
 */
function withState(args, path, state) {
  try {
    const kept = structuredClone(args);
    placeIn(kept, path.slice(0, -1))[path[path.length - 1]] = state;
    return kept;
  } catch {
    return args; // which cannot be sent: the call says so
  }
}

/**
 * @param {any} target
 * @param {any} values
 */
function write(target, values) {
  for (const [name, value] of Object.entries(values)) {
    const own = target[name];
    if (!ArrayBuffer.isView(value)) write(own, value);
    else if (own instanceof Float32Array && own.length === /** @type {Float32Array} */ (value).length) own.set(/** @type {Float32Array} */ (value));
    else target[name] = value;
  }
}
