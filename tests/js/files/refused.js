import assert from 'node:assert/strict';
import { FileFormatError } from 'lstm-wasm';

/**
 * Is this file refused as a character model, by name and without taking memory?
 * @param {import('lstm-wasm').Lstm} lstm
 * @param {Uint8Array} file
 * @param {RegExp} message
 */
export function assertRefused(lstm, file, message) {
  const before = lstm.memoryBytes;
  assert.throws(() => lstm.openCharModel(file), (error) => {
    assert.ok(error instanceof FileFormatError, error.stack);
    assert.match(error.message, message);
    assert.match(error.message, /^openCharModel: /);
    return true;
  });
  assert.equal(lstm.memoryBytes, before);
}
