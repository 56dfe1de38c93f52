import v8 from 'node:v8';
import { load } from 'lstm-wasm';

// Node 20 has relaxed SIMD behind this flag; Node 22 and later have it without.
if (Number(process.versions.node.split('.')[0]) < 22) v8.setFlagsFromString('--experimental-wasm-relaxed-simd');

/** @type {('scalar' | 'simd' | 'relaxed')[]} */
export const variants = ['scalar', 'simd', 'relaxed'];

/** One library instance a variant. Every variant must load where the tests run. */
export const libraries = Object.fromEntries(await Promise.all(
  variants.map(async (variant) => [variant, await load({ variant })])));
