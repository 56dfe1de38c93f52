// open-network-file.js: the network of a file, and what is made of it.

/**
 * @template {import('../network/Network.js').Network} T
 * @template Opened
 * @param {import('../files/model-file.js').NetworkFile} file
 * @param {import('../core/Wasm.js').Wasm} wasm
 * @param {new (...description: ConstructorParameters<typeof import('../network/Network.js').Network>) => T} Kind
 * @param {string} where the call, for messages
 * @param {(network: T) => Opened} use what is opened of the network, which is given back where that throws
 * @returns {Opened}
 * @throws {import('../core/errors.js').FileFormatError | import('../core/errors.js').OutOfMemoryError}
 */
export function openNetworkFile({ config, tensors, int8Scales, check, verify }, wasm, Kind, where, use) {
  const network = new Kind(wasm, config, where);
  try {
    check(network.shapes);
    network.setParameters(tensors);
    if (int8Scales) network.roundToInt8(where, int8Scales);
    const opened = use(network);
    verify();
    return opened;
  } catch (error) {
    network.dispose();
    throw error;
  }
}
