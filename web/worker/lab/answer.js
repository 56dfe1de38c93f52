/**
 * The lab as a Worker: says that it is ready, and answers calls by their ids. A call that takes long is worked on in
 * slices, in turn with others.
 */
import { load } from 'lstm-wasm/predict';
import { givenModule, isModule, variant } from '../given-module.js';
import { calls } from './calls.js';
import { Lab } from './Lab.js';

/**
 * Messages to the lab.
 * @typedef {{ id: number, call: string, of: string, asked: any } | { id: number, stop: true }} Question
 */

/**
 * Messages from the lab: one when it is ready or cannot be, then one for each call.
 * @typedef {{ ready: true, variant: string } | { failed: string } | { id: number, value: any }
 *   | { id: number, error: { name: string, message: string } }} Answer
 */

/** Others wait no longer: ms. */
const SLICE = 8;

/** Calls that are being worked on in slices, by their ids. @type {Map<number, Generator<unknown, unknown>>} */
const underWay = new Map();

/** Loads the library, and listens from then on. */
export async function answerAsLab() {
  try {
    const predictor = await load({ variant, wasm: await givenModule });
    const lab = new Lab(predictor);
    addEventListener('message', ({ data }) => {
      if (!isModule(data)) answer(lab, data);
    });
    tell({ ready: true, variant: predictor.variant });
  } catch (error) {
    tell({ failed: /** @type {Error} */ (error).message });
  }
}

/** @param {Lab} lab @param {Question} question */
async function answer(lab, question) {
  const { id } = question;
  if ('stop' in question) {
    underWay.get(id)?.return(undefined);
    return;
  }
  try {
    const { call, of, asked } = question;
    const value = await (call === 'open' ? lab.open(of, asked) : finish(id, await work(lab, call, of, asked)));
    tell({ id, value }, buffersOf(value));
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    const isClosed = name === 'DisposedError'; // while a slice waited for its turn
    tell({ id, error: { name, message: isClosed ? 'Another network was opened in the place of this one meanwhile.' : message } });
  }
}

/** @param {Lab} lab @param {string} call @param {string} of @param {any} asked */
async function work(lab, call, of, asked) {
  if (!Object.hasOwn(calls, call)) throw new Error(`The lab knows no call “${call}”.`);
  await lab.opened;
  const network = lab.get(of);
  if (asked?.tampering) await network.prepare();
  return calls[call](network, asked ?? {});
}

/** @param {number} id @param {unknown} given an answer, or a generator of it */
async function finish(id, given) {
  if (!isGenerator(given)) return given;
  underWay.set(id, given);
  try {
    for (;;) {
      const end = performance.now() + SLICE;
      while (performance.now() < end) {
        const { done, value } = given.next();
        if (done) return value;
      }
      await new Promise((resolve) => setTimeout(resolve));
    }
  } finally {
    underWay.delete(id);
  }
}

/** @param {any} value @returns {value is Generator<unknown, unknown>} */
const isGenerator = (value) => typeof value?.next === 'function';

/** All buffers within an answer. @param {unknown} value @param {Set<ArrayBuffer>} [found] */
function buffersOf(value, found = new Set()) {
  if (ArrayBuffer.isView(value)) found.add(/** @type {ArrayBuffer} */ (value.buffer));
  else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) buffersOf(part, found);
  return [...found];
}

/** @param {Answer} answer @param {ArrayBuffer[]} [transfer] */
function tell(answer, transfer = []) {
  postMessage(answer, { transfer });
}
