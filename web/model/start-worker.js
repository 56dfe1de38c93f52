import { findModule } from './module.js';

/**
 * A Worker of the page.
 *
 * @param {'library' | 'slow' | 'lab'} name   what it does: see web/worker/main.js and lab.js
 */
export function startWorker(name) {
  const worker = name === 'lab' ? new Worker(new URL('../worker/lab.js', import.meta.url), { type: 'module', name })
    : new Worker(new URL('../worker/main.js', import.meta.url), { type: 'module', name });
  // The package's own protocol has a place for it.
  if (name !== 'library') findModule(name === 'lab' ? 'predict' : 'whole').then((wasm) => worker.postMessage({ wasm }));
  return worker;
}
