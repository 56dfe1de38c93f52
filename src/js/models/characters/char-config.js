// char-config.js: what a character model was made with, as createCharModel takes it.
import { stackConfigOf } from '../../network/stack-options.js';

/**
 * @param {import('../../network/network-options.js').NetworkConfig} network
 * @param {string} [unknown] the rule for unknown characters, where they are no error
 * @returns {import('./char-options.js').CharModelConfig}
 */
export function charConfigOf({ input, layers, output, seed }, unknown) {
  const { embedding, tied } = /** @type {{ embedding?: number, tied?: boolean }} */ ({ ...input, ...output });
  const others = { ...(embedding && { embedding }), ...(tied && { tied }), ...(unknown && { unknown }), seed };
  return { ...stackConfigOf(layers), ...others };
}
