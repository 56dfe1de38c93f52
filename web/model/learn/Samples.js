import { Emitter } from '../Emitter.js';

/** Pieces that the network writes while it learns: characters, milliseconds, and pieces a block. */
const PIECE = 30;
const FIRST_PIECE = 90;
const PIECE_EVERY = 250;
const BLOCK = 300;

/** The network goes on from so much of what it wrote: characters. */
const CONTEXT = 100;

/** The newest blocks stay, and of those before, each that comes after so much more learning than the one before it. */
const NEWEST = 8;
const STRIDE = 1.4;

/** @typedef {import('./Session.js').Session} Session */

/**
 * @typedef {object} Block
 * @property {number} chars   seen when the block was begun
 * @property {number} [loss]  then
 * @property {number} temperature
 * @property {string} text
 */

/**
 * What the network writes while it learns: blocks of text, which grow and turn from noise into words.
 *
 * Events: `blocks` when their list has changed, `text` when the last one has grown.
 */
export class Samples extends Emitter {
  /** The oldest first. @type {Block[]} */
  blocks = [];
  #session;
  #isFull = true;
  #isWriting = false;
  #isAsked = false;
  #last = 0;
  /** The network whose problem was told. @type {object | undefined} */
  #failed;

  /** @param {Session} session */
  constructor(session) {
    super();
    this.#session = session;
    session.addEventListener('model', (event) => {
      if (!(/** @type {CustomEvent} */ (event).detail.isRestored)) this.replace([]);
      if (!this.blocks.length) this.#grow();
    });
    session.addEventListener('report', () => {
      if (performance.now() - this.#last > PIECE_EVERY) this.#grow();
    });
    let { temperature } = session.settings;
    session.addEventListener('settings', () => {
      if (session.settings.temperature === temperature) return;
      temperature = session.settings.temperature;
      this.#isFull = true;
      this.#isAsked = true;
      this.#grow();
    });
  }

  /** @param {Block[]} blocks   of a run that was kept */
  replace(blocks) {
    this.blocks = blocks;
    this.#isFull = true;
    this.emit('blocks');
  }

  /** Writes a piece more; a network that rests writes a whole block. */
  async #grow() {
    const { model, last, settings: { temperature }, state } = this.#session;
    if (!model || this.#isWriting) return;
    this.#isWriting = true;
    this.#isAsked = false;
    this.#last = performance.now();
    const isNew = this.#isFull;
    const prime = isNew ? undefined : [...this.blocks[this.blocks.length - 1].text].slice(-CONTEXT).join('');
    const length = !isNew ? PIECE : state === 'training' ? FIRST_PIECE : BLOCK;
    const text = await model.generate({ ...(prime && { prime }), length, temperature })
      .catch((error) => this.#tell(model, error));
    this.#isWriting = false;
    if (this.#session.model === model && text) {
      if (isNew) this.#add({ chars: last?.chars ?? 0, loss: last?.loss, temperature, text });
      else this.#append(text);
    }
    if (this.#isAsked) this.#grow();
  }

  /**
   * What a network cannot write, as after a training that has diverged, is told once.
   *
   * @param {import('lstm-wasm/worker').WorkerCharModel} model
   * @param {Error} error
   */
  #tell(model, error) {
    const isGone = error.name === 'DisposedError' || error.name === 'LstmError'; // with its Worker: the session tells of that
    if (!isGone && this.#session.model === model && this.#failed !== model) {
      this.#failed = model;
      this.#session.emit('problem', error);
    }
    return '';
  }

  /** @param {Block} block   in place of one that a network wrote which had learnt as much */
  #add(block) {
    this.#isFull = block.text.length >= BLOCK;
    const former = this.blocks.filter(({ chars }) => chars !== block.chars);
    let before = -Infinity;
    const old = former.slice(0, 1 - NEWEST).filter(({ chars }) => {
      if (chars < STRIDE * before) return false;
      before = chars;
      return true;
    });
    this.blocks = [...old, ...former.slice(1 - NEWEST), block];
    this.emit('blocks');
  }

  /** @param {string} text */
  #append(text) {
    const block = this.blocks[this.blocks.length - 1];
    block.text += text;
    this.#isFull = block.text.length >= BLOCK;
    this.emit('text');
  }
}
