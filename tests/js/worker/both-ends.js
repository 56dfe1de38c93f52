// Both ends of a Worker's line in one thread, over a MessageChannel: the page's classes on one port, WorkerServer on the
// other. The library in a real Worker is in tests/browser/.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { WorkerConnection } from '../../../src/js/worker/WorkerConnection.js';
import { WorkerLstm } from '../../../src/js/worker/WorkerLstm.js';
import { WorkerServer } from '../../../src/js/worker/WorkerServer.js';

/**
 * @param {import('node:test').TestContext} t
 * @param {(options: any) => Promise<any>} load what loads the library in the Worker
 * @param {object} [options] for load
 */
export async function openBothEnds(t, load, options = {}) {
  const { connection, ...ends } = connect(t, load);
  const lstm = new WorkerLstm(connection, (await connection.call('load', 0, [options])).variant);
  return { lstm, connection, ...ends };
}

/**
 * Before the library is loaded.
 * @param {import('node:test').TestContext} t
 * @param {(options: any) => Promise<any>} load
 */
export function connect(t, load) {
  const { port1, port2 } = new MessageChannel();
  /** What the Worker sent, and whose memory it handed over. @type {any[]} */
  const sent = [];
  /** @type {ArrayBuffer[]} */
  const handedOver = [];
  new WorkerServer(/** @type {any} */ ({
    addEventListener: (/** @type {any} */ type, /** @type {any} */ listener) => port2.addEventListener(type, listener),
    postMessage: (/** @type {any} */ message, /** @type {any} */ transfer) => {
      port2.postMessage(message, transfer);
      sent.push(message);
      handedOver.push(...transfer);
    },
  }), load);
  const isOpen = () => !isEnded;
  let isEnded = false;
  const connection = new WorkerConnection(/** @type {any} */ (port1), () => {
    isEnded = true;
    port1.close();
  });
  for (const port of [port1, port2]) port.start();
  t.after(() => port1.close());
  return { connection, isOpen, port: port1, workerPort: port2, sent, handedOver };
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

/**
 * Collects garbage until something has come of it, for a few seconds.
 * @param {() => boolean} isDone
 */
export async function collectUntil(isDone) {
  for (let i = 0; i < 300 && !isDone(); i++) {
    // What isDone looked at through a WeakRef lives as long as its job.
    await new Promise((resolve) => { setTimeout(resolve, i < 20 ? 0 : 10); });
    collectGarbage();
  }
  return isDone();
}
