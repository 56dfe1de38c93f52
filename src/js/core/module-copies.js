// module-copies.js: the modules of the whole library once more, as JavaScript, for where their files cannot be had: a
// bundler or a server has not put them there, or another origin refuses. Loaded only then.
import { inflate } from './inflate.js';

/**
 * Written out for each variant, so that bundlers see them.
 * @param {import('./Wasm.js').Variant} variant
 * @returns {Promise<{ default: string }>}
 */
export function importCopy(variant) {
  switch (variant) {
    case 'relaxed':
      return import('../../../dist/copies/lstm-relaxed.js');
    case 'simd':
      return import('../../../dist/copies/lstm-simd.js');
    default:
      return import('../../../dist/copies/lstm-scalar.js');
  }
}

/**
 * @param {import('./Wasm.js').Variant} variant
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function copyOf(variant) {
  return inflate((await importCopy(variant)).default);
}
