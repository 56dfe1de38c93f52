import { BRACKET_NETWORKS } from './brackets.js';

/** @typedef {import('./types.js').Source} Source */
/** @typedef {import('./types.js').Kind} Kind */
/** @typedef {import('./types.js').Subject} Subject */
/** @typedef {import('./Player.js').Lab} Lab */

/** The cells that learnt to match brackets. */
export const BRACKET_KINDS = /** @type {readonly Kind[]} */ (Object.keys(BRACKET_NETWORKS));

/** The networks that can be read with: each is loaded and opened in the lab once, when it is first asked for. */
export class Shelf {
  #lab;
  #load;
  /** @type {Map<string, Subject>} */
  #open = new Map();
  /** @type {Uint8Array | undefined} */
  #yours;

  /**
   * @param {Lab} lab
   * @param {(id: string) => Promise<Uint8Array>} load   the model file of 'moby', 'brackets-lstm' and so on
   */
  constructor(lab, load) {
    this.#lab = lab;
    this.#load = load;
  }

  get hasYours() {
    return this.#yours !== undefined;
  }

  /** The network that the visitor trains, from now on. @param {Uint8Array | undefined} bytes   undefined: none is kept */
  keepYours(bytes) {
    this.#yours = bytes;
    this.#open.delete('yours');
  }

  /** The model file of a network. @param {string} id @returns {Promise<Uint8Array>} */
  async file(id) {
    return id === 'yours' && this.#yours || this.#load(id);
  }

  /** A new Worker of the lab has nothing open. */
  clear() {
    this.#open.clear();
  }

  /**
   * The network of an id, once the lab can be asked.
   *
   * @param {string} id
   */
  async take(id) {
    await isRunning(this.#lab);
    const open = this.#open.get(id);
    if (open) return open;
    const yours = this.#yours;
    const subject = await this.#lab.open(id, await this.file(id));
    if (id !== 'yours' || yours === this.#yours) this.#open.set(id, subject); // there may be a newer one by now
    return subject;
  }
}

/**
 * Which network is meant: a kind that a source does not have is looked at in the bracket network of that kind.
 *
 * @param {{ source?: Source, kind?: Kind }} wish
 * @param {{ source: Source, kind: Kind }} now
 */
export function resolve(wish, now) {
  const asked = wish.source ?? now.source;
  const former = asked === now.source ? now.kind : undefined;
  const own = asked === 'moby' ? 'lstm' : former; // of 'yours' it shows when it is opened
  const isMoved = asked !== 'brackets' && wish.kind !== undefined && own !== undefined && wish.kind !== own;
  const source = isMoved ? 'brackets' : asked;
  const kind = wish.kind ?? former ?? 'lstm';
  if (source === 'brackets' && !BRACKET_KINDS.includes(kind)) {
    throw new RangeError(`kind: expected one of ${BRACKET_KINDS.join(', ')}, got ${kind}`);
  }
  return { source, id: source === 'brackets' ? `brackets-${kind}` : source, isMoved };
}

/** @param {Lab} lab */
async function isRunning(lab) {
  while (lab.state === 'starting') {
    await new Promise((done) => { lab.addEventListener('state', done, { once: true }); });
  }
  if (lab.state === 'lost') throw new Error('The network that reads is not running.');
}
