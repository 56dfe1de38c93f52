// char-config.js: what a character model was made with, as createCharModel takes it.
import { withForgetBias } from '../../network/cell-options.js';

/**
 * @param {import('../../network/network-options.js').NetworkConfig} network
 * @param {string} [unknown] the rule for unknown characters, where they are no error
 * @returns {import('./char-options.js').CharModelConfig}
 */
export function charConfigOf({ input, layers, output, seed }, unknown) {
  const { embedding, tied } = /** @type {{ embedding?: number, tied?: boolean }} */ ({ ...input, ...output });
  const others = { ...(embedding && { embedding }), ...(tied && { tied }), ...(unknown && { unknown }), seed };
  const [first, ...rest] = layers.map((layer) => JSON.stringify(layer));
  if (rest.some((other) => other !== first)) return { layers: layers.map(withForgetBias), ...others };
  return { ...withForgetBias(layers[0]), layers: layers.length, ...others };
}
