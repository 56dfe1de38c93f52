import { PRETRAINED } from './assets.js';
import { keep } from './keep.js';
import { LibraryHost } from './LibraryHost.js';

/**
 * The network that reads what is typed, in a Worker of its own, so that training never holds up an answer: the one
 * trained beforehand, or the one that the visitor trains. Knows no DOM; the views listen.
 *
 * Events: `model` when `model` is another one (and `source`, `alphabet` with it), `state` when `state` changes, `problem`
 * with an Error as `detail` after which all goes on as before, `lost` with an Error when the Worker is gone.
 */
export class Reader extends LibraryHost {
  /** Where the model comes from. @type {'pretrained' | 'yours'} */
  source = 'pretrained';
  /** The characters that the model knows. @type {ReadonlySet<string>} */
  alphabet = new Set();
  #fetchPretrained = keep(() => fetchBytes(PRETRAINED));
  /** The latest wish, where another is being fulfilled. @type {{ source: Reader['source'], bytes?: Uint8Array } | undefined} */
  #wish;
  #isBusy = false;

  /** Which build of the module the Worker runs: 'simd', or 'scalar' where the browser has no SIMD. */
  get variant() {
    return this.lstm?.variant;
  }

  /** Where the model comes from once the latest wish is fulfilled. */
  get wanted() {
    return this.#wish?.source ?? this.source;
  }

  /** Starts the Worker with the network trained beforehand; on a lost reader, a new one. @override */
  open() {
    this.#fetchPretrained().catch(() => {}); // whoever uses it is told
    return super.open();
  }

  /** @override @protected */
  begin() {
    return this.use('pretrained');
  }

  /**
   * Reads with another network from now on. If it cannot be opened, the current one stays.
   *
   * @param {Reader['source']} source
   * @param {Uint8Array} [bytes]   of 'yours': a model file
   */
  async use(source, bytes) {
    this.#wish = { source, bytes };
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#wish) {
      const wish = this.#wish;
      this.#wish = undefined;
      await this.#fulfil(wish);
    }
    this.#isBusy = false;
  }

  /** @param {{ source: Reader['source'], bytes?: Uint8Array }} wish */
  async #fulfil({ source, bytes }) {
    const { lstm } = this;
    if (!lstm) return;
    try {
      const file = source === 'pretrained' ? await this.#fetchPretrained() : bytes;
      if (!file) return;
      const model = await lstm.openCharModel(file);
      if (this.lstm !== lstm) return;
      const former = this.model;
      this.model = model;
      this.alphabet = new Set(model.alphabet);
      this.source = source;
      this.emit('model');
      former?.dispose().catch(() => {});
    } catch (error) {
      if (this.lstm === lstm) this.emit('problem', error);
    }
  }
}

/** @param {URL} url */
async function fetchBytes(url) {
  const response = await fetch(url).catch(() => undefined);
  if (!response?.ok) {
    const why = response ? `the server answered ${response.status}` : 'the server did not answer';
    throw new Error(`The network trained beforehand could not be loaded: ${why}. The one that you train can read instead.`);
  }
  return new Uint8Array(await response.arrayBuffer());
}
