import { isModule } from '../given-module.js';
import { loadLibrary } from '../load-library.js';

/** A training step that is asked for. @typedef {{ bytes: Uint8Array, text: string, learningRate: number }} Asked */
/** @typedef {{ value: import('./slow-step.js').SlowStep } | { error: { name: string, message: string } }} Answer */

/** Answers each question with a training step in slow motion. */
export function answerSlowStep() {
  addEventListener('message', ({ data }) => {
    if (!isModule(data)) answer(data);
  });
}

/** @param {Asked} asked */
async function answer({ bytes, ...asked }) {
  try {
    // Most visits never ask for it.
    const [lstm, { slowStep }] = await Promise.all([loadLibrary(), import('./slow-step.js')]);
    tell({ value: slowStep(lstm, bytes, asked) });
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    tell({ error: { name, message } });
  }
}

/** @param {Answer} answer */
const tell = (answer) => postMessage(answer);
