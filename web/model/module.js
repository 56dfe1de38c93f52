import { MODULES } from './assets.js';
import { inflate } from './inflate.js';
import { keep } from './keep.js';

/** @param {URL} address */
const compiler = (address) => keep(async () => {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return WebAssembly.compile(await inflate(response));
});

const compilers = { whole: compiler(MODULES.whole), predict: compiler(MODULES.predict) };

/**
 * A module of the library, asked for and compiled once for all Workers of the page.
 *
 * @param {keyof typeof compilers} [which]   `predict`: what does not train
 * @returns {Promise<WebAssembly.Module | undefined>} undefined where its file cannot be had, or this engine has no SIMD:
 *   each Worker looks for one by itself then, and says what is wrong
 */
export const findModule = (which = 'whole') => compilers[which]().catch(() => undefined);
