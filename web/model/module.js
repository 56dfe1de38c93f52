import { MODULE } from './assets.js';
import { inflate } from './inflate.js';
import { keep } from './keep.js';

const compile = keep(async () => {
  const response = await fetch(MODULE);
  if (!response.ok) throw new Error(`${MODULE}: ${response.status}`);
  return WebAssembly.compile(await inflate(response));
});

/**
 * The library's module, asked for and compiled once for all Workers of the page.
 *
 * @returns {Promise<WebAssembly.Module | undefined>} undefined where its file cannot be had, or this engine has no SIMD:
 *   each Worker looks for one by itself then, and says what is wrong
 */
export const findModule = () => compile().catch(() => undefined);
