// network-config.js: a checked description as the ABI takes it.
import { layerWords } from './cell-options.js';
import { ATTENTIONS } from './memory-options.js';
import { LstmError, OutOfMemoryError } from '../core/errors.js';
import { outputFacts } from './output-options.js';

/** @typedef {import('./network-options.js').NetworkConfig} NetworkConfig */
/** @typedef {import('../core/Wasm.js').Wasm} Wasm */

/**
 * @param {Wasm} wasm
 * @param {string} name
 */
export function kindOf(wasm, name) {
  const kind = wasm.kinds.find((known) => known.name === name);
  if (!kind) throw new LstmError(`the WebAssembly module does not know cells of kind '${name}'`);
  return kind;
}

/**
 * Calls `use` with what lstm_network_create and lstm_config_values take, but for the seed.
 * @param {Wasm} wasm
 * @param {NetworkConfig} config
 * @param {string} where the call, for messages
 * @param {(...config: number[]) => number} use
 */
function withConfig(wasm, { input, layers, output, memory = {} }, where, use) {
  const numbers = layers.flatMap((layer) => layerWords(layer, wasm.kinds.indexOf(kindOf(wasm, layer.kind))));
  const { kind, given, option } = outputFacts(output, 0);
  return wasm.withWords(numbers.length, where, (words) => {
    wasm.ints(words, numbers.length).set(numbers);
    return use(
      'tokens' in input ? 1 : 0,
      'tokens' in input ? input.tokens : input.size,
      ('tokens' in input && input.embedding) || 0,
      words,
      layers.length,
      kind,
      given,
      option,
      memory.attention ? ATTENTIONS.indexOf(memory.attention) + 1 : 0,
      memory.size ?? 0,
      memory.summary ?? 0,
    );
  });
}

/**
 * How many numbers the parameters of such a network have. Nothing of that size is allocated.
 * @param {Wasm} wasm
 * @param {NetworkConfig} config
 * @param {string} where
 */
export function valuesOf(wasm, config, where) {
  return withConfig(wasm, config, where, wasm.exports.lstm_config_values);
}

/**
 * @param {Wasm} wasm
 * @param {NetworkConfig} config
 * @param {string} where
 * @returns {number} the network's address
 * @throws {OutOfMemoryError}
 */
export function createNative(wasm, config, where) {
  const { lstm_network_create } = wasm.exports;
  const pointer = withConfig(wasm, config, where, (...description) => lstm_network_create(...description, config.seed));
  if (pointer === 0) {
    const sizes = config.layers.map(({ hiddenSize }) => hiddenSize).join(', ');
    throw new OutOfMemoryError(
      `${where}: not enough memory for a network of input ${Object.values(config.input)[0]}, hidden sizes ${sizes}`,
    );
  }
  return pointer;
}
