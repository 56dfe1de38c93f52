/**
 * A Worker of the page's one script.
 *
 * @param {'library' | 'lab' | 'race'} name   what it does: see web/worker/main.js
 */
export function startWorker(name) {
  return new Worker(new URL('../worker/main.js', import.meta.url), { type: 'module', name });
}
