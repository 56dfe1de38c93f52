// predict-files.js: where the modules are that only predict.

/**
 * Written out for each variant, so that bundlers see them. In what a bundler made there may be no import.meta.url.
 * @param {import('./Wasm.js').Variant} variant
 * @returns {URL | undefined}
 */
export function urlOf(variant) {
  try {
    switch (variant) {
      case 'relaxed':
        return new URL('../../../dist/predict-relaxed.wasm', import.meta.url);
      case 'simd':
        return new URL('../../../dist/predict-simd.wasm', import.meta.url);
      default:
        return new URL('../../../dist/predict-scalar.wasm', import.meta.url);
    }
  } catch {
    return undefined;
  }
}
