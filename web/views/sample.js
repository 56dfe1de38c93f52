import { byId, latestWins } from '../dom.js';
import { count } from '../format.js';
import { sift } from './predict.js';

/** Pieces that the network writes while it learns: characters, milliseconds, and pieces a block. */
const PIECE = 30;
const FIRST_PIECE = 90;
const PIECE_EVERY = 250;
const BLOCK = 300;
const MOST_BLOCKS = 30;

/** The network goes on from so much of what it wrote: characters. */
const CONTEXT = 100;

/**
 * What the network writes: a text that grows while it learns, newest first, and on demand a continuation of the typed text.
 *
 * @param {import('../model/Session.js').Session} session
 */
export function showSample(session) {
  const list = byId('sample');
  const temperature = /** @type {HTMLInputElement} */ (byId('temperature'));
  const write = /** @type {HTMLButtonElement} */ (byId('write'));
  /** @type {Block | undefined} */
  let block;
  let caption = '';

  temperature.addEventListener('input', () => {
    byId('temperature-value').textContent = Number(temperature.value).toFixed(1);
    block = undefined;
  });

  /** @param {string} typed   the start of the block */
  function newBlock(typed) {
    const next = new Block(caption, typed);
    list.prepend(next.element);
    while (list.childElementCount > MOST_BLOCKS) list.lastElementChild?.remove();
    return next;
  }

  const grow = latestWins(async () => {
    const { model } = session;
    if (!model) return;
    if (!block || block.length >= BLOCK) block = newBlock('');
    const growing = block;
    const prime = growing.tail || sift('', new Set(model.alphabet)).known;
    const length = growing.length === 0 ? FIRST_PIECE : PIECE;
    const text = await model.generate({ prime, length, temperature: Number(temperature.value) }).catch(() => '');
    if (session.model === model) growing.append(text);
  });

  write.addEventListener('click', async () => {
    const { model } = session;
    if (!model) return;
    const { known } = sift(/** @type {HTMLTextAreaElement} */ (byId('typed')).value, new Set(model.alphabet));
    const text = await model.generate({ prime: known, length: BLOCK, temperature: Number(temperature.value) }).catch(() => '');
    if (session.model !== model) return;
    block = undefined;
    newBlock(known).append(text);
  });

  session.addEventListener('model', () => {
    list.replaceChildren();
    block = undefined;
    caption = session.trained ? 'Opened model' : 'Untrained';
    write.disabled = false;
    grow();
  });
  session.addEventListener('state', () => {
    write.disabled = !session.model;
  });
  let last = 0;
  session.addEventListener('report', (event) => {
    const { chars, loss } = /** @type {CustomEvent} */ (event).detail;
    caption = `After ${count(chars)} characters, loss ${loss.toFixed(2)}`;
    if (performance.now() - last < PIECE_EVERY) return;
    last = performance.now();
    grow();
  });
}

/** A caption and the text below it. */
class Block {
  element = document.createElement('div');
  #text = document.createElement('p');
  #chars = /** @type {string[]} */ ([]);

  /**
   * @param {string} caption
   * @param {string} typed
   */
  constructor(caption, typed) {
    const heading = document.createElement('p');
    heading.className = 'caption';
    heading.textContent = caption;
    this.element.append(heading, this.#text);
    if (typed) {
      const start = document.createElement('strong');
      start.textContent = typed;
      this.#text.append(start);
    }
  }

  get length() {
    return this.#chars.length;
  }

  /** Its end, to go on from. */
  get tail() {
    return this.#chars.slice(-CONTEXT).join('');
  }

  /** @param {string} text */
  append(text) {
    this.#chars.push(...text);
    this.#text.append(text);
  }
}
