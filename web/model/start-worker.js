import { findModule } from './module.js';

/**
 * A Worker of the page's one script.
 *
 * @param {'library' | 'lab'} name   what it does: see web/worker/main.js
 */
export function startWorker(name) {
  const worker = new Worker(new URL('../worker/main.js', import.meta.url), { type: 'module', name });
  // The package's own protocol has a place for it.
  if (name !== 'library') findModule().then((wasm) => worker.postMessage({ wasm }));
  return worker;
}
