import { openWorker } from 'lstm-wasm/worker';

/** The library in a Worker, in a variant that gives the same bits on every machine, so that a link repeats a run. */
export function openRepeatable() {
  return openWorker({ variant: 'simd' }).catch(() => openWorker({ variant: 'scalar' }));
}
