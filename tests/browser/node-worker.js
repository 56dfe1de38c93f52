// A browser's Worker, as far as the library uses one, on top of Node's: so that what the page computes in a Worker can be
// tested without a browser. Sets globalThis.Worker.
import { Worker as NodeWorker } from 'node:worker_threads';

/** What a Worker's script finds there. Messages of a channel take turns with others, as they do in a browser. */
const surroundings = (/** @type {string} */ url, /** @type {string} */ name) => `
  import { parentPort } from 'node:worker_threads';
  globalThis.name = ${JSON.stringify(name)};
  globalThis.addEventListener = (type, listener) => { if (type === 'message') parentPort.on('message', (data) => listener({ data })); };
  globalThis.postMessage = (message, transfer) => parentPort.postMessage(message, transfer);
  globalThis.MessageChannel = class {
    port1 = { onmessage() {}, close() { this.onmessage = () => {}; } };
    port2 = { postMessage: () => { setImmediate(() => this.port1.onmessage()); } };
  };
  await import(${JSON.stringify(url)});`;

/** All that were started, to be ended by whoever tests. @type {Set<NodeWorker>} */
export const workers = new Set();

class Worker extends EventTarget {
  #worker;

  /** @param {URL} url @param {{ name?: string }} [options] */
  constructor(url, { name = '' } = {}) {
    super();
    const script = new URL(`data:text/javascript,${encodeURIComponent(surroundings(url.href, name))}`);
    this.#worker = new NodeWorker(script);
    workers.add(this.#worker);
    this.#worker.on('message', (data) => this.dispatchEvent(new MessageEvent('message', { data })));
    this.#worker.on('error', ({ message }) => this.dispatchEvent(Object.assign(new Event('error'), { message })));
  }

  /** @param {unknown} message @param {any[]} transfer */
  postMessage(message, transfer) {
    this.#worker.postMessage(message, transfer);
  }

  terminate() {
    workers.delete(this.#worker);
    this.#worker.terminate();
  }
}

/** @type {any} */ (globalThis).Worker = Worker;
