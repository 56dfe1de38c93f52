// open-model.js: the model of a file.
import { FileFormatError } from '../core/errors.js';
import { readModelFile, readNetworkFile } from '../files/model-file.js';
import { valuesOf } from '../network/network-config.js';

/** @typedef {import('../core/Wasm.js').Wasm} Wasm */
/** @typedef {import('../files/model-file.js').ModelFile} ModelFile */

/**
 * @template {import('../network/Network.js').Network} N
 * @typedef {new (...description: ConstructorParameters<typeof import('../network/Network.js').Network>) => N} NetworkClass
 */

/**
 * Makes a model of what its file has.
 * @typedef {(networks: any, model: any, checkpoint: import('../files/model-file.js').CheckpointPart | undefined,
 *   where: string) => any} Make `networks`: `{ network }`, or several by the names that the kind's format says, owned by the
 *   model from now on, or given back where it throws; `model`: what the format's `read` gave; `where`: the call, for messages
 */

/**
 * @param {unknown} bytes
 * @param {string} where the call, for messages
 * @param {Wasm} wasm
 * @param {NetworkClass<any>} Network
 * @param {readonly import('../files/model-metadata.js').ModelFormat[]} formats the kinds that are known
 * @param {Record<string, Make>} kinds what makes each of them
 * @param {string} [only] the kind that it has to be of
 * @returns {any}
 * @throws {FileFormatError | import('../core/errors.js').OutOfMemoryError}
 */
export function openModel(bytes, where, wasm, Network, formats, kinds, only) {
  const file = readModelFile(bytes, where, formats, counter(wasm, where));
  if (only !== undefined && file.kind !== only) throw otherKind(where, formats, only, file.kind);
  return openNetworks(file, where, wasm, Network, (networks) => kinds[file.kind](networks, file.model, file.checkpoint, where));
}

/**
 * The network of a file, whatever kind of model it is of.
 * @template {import('../network/Network.js').Network} N
 * @param {unknown} bytes
 * @param {string} where the call, for messages
 * @param {Wasm} wasm
 * @param {NetworkClass<N>} Network
 * @param {Make} make of the network and its checkpoint, where the file is of a network alone
 * @returns {N}
 * @throws {FileFormatError | import('../core/errors.js').OutOfMemoryError}
 */
export function openNetwork(bytes, where, wasm, Network, make) {
  const file = readNetworkFile(bytes, where, counter(wasm, where));
  return openNetworks(file, where, wasm, Network, (networks) => make(networks, file.model, file.checkpoint, where));
}

/** @param {Wasm} wasm @param {string} where @returns {import('../files/model-file.js').Count} */
const counter = (wasm, where) => (config) => valuesOf(wasm, config, where);

/**
 * @param {string} where
 * @param {readonly import('../files/model-metadata.js').ModelFormat[]} formats
 * @param {string} only
 * @param {string} kind
 */
function otherKind(where, formats, only, kind) {
  const nameOf = (/** @type {string} */ name) => formats.find((format) => format.kind === name)?.name ?? name;
  const reason = kind === 'network' ? 'the metadata has no alphabet' : `the file is of ${nameOf(kind)}: open() takes any`;
  return new FileFormatError(`${where}: no ${nameOf(only).replace(/^an? /, '')}: ${reason}`);
}

/**
 * @template {import('../network/Network.js').Network} N
 * @template Opened
 * @param {ModelFile} file
 * @param {string} where the call, for messages
 * @param {Wasm} wasm
 * @param {NetworkClass<N>} Network
 * @param {(networks: Record<string, N>) => Opened} use what is opened of the networks, which are given back where that throws
 * @returns {Opened}
 */
function openNetworks({ networks: files, verify }, where, wasm, Network, use) {
  /** @type {Record<string, N>} */
  const networks = {};
  try {
    for (const [name, { config, tensors, int8Scales, check }] of Object.entries(files)) {
      const network = (networks[name] = new Network(wasm, config, where));
      check(network.shapes);
      network.setParameters(tensors);
      if (int8Scales) network.roundToInt8(where, int8Scales);
    }
    const opened = use(networks);
    verify();
    return opened;
  } catch (error) {
    for (const network of Object.values(networks)) network.dispose();
    throw error;
  }
}
