// open-network-file.js: the network of a file.

/**
 * @template {import('../network/Network.js').Network} T
 * @param {import('../files/model-file.js').NetworkFile} file
 * @param {import('../core/Wasm.js').Wasm} wasm
 * @param {new (...description: ConstructorParameters<typeof import('../network/Network.js').Network>) => T} Kind
 * @param {string} where the call, for messages
 * @returns {T}
 * @throws {import('../core/errors.js').FileFormatError | import('../core/errors.js').OutOfMemoryError}
 */
export function openNetworkFile({ config, tensors, int8Scales, check }, wasm, Kind, where) {
  const network = new Kind(wasm, config, where);
  try {
    check(network.shapes);
    network.setParameters(tensors);
    if (int8Scales) network.roundToInt8(where, int8Scales);
  } catch (error) {
    network.dispose();
    throw error;
  }
  return network;
}
