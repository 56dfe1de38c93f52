// module-files.js: where the modules of the whole library are.

/**
 * Written out for each variant, so that bundlers see them. In what a bundler made there may be no import.meta.url.
 * @param {import('./Wasm.js').Variant} variant
 * @returns {URL | undefined}
 */
export function urlOf(variant) {
  try {
    switch (variant) {
      case 'relaxed':
        return new URL('../../../dist/lstm-relaxed.wasm', import.meta.url);
      case 'simd':
        return new URL('../../../dist/lstm-simd.wasm', import.meta.url);
      default:
        return new URL('../../../dist/lstm-scalar.wasm', import.meta.url);
    }
  } catch {
    return undefined;
  }
}
