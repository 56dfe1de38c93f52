// The module says what it is: which variant, of which version of the library.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from 'lstm-wasm';
import { VERSION } from '../../../src/js/core/version.js';

const bytesOf = (variant) => readFileSync(new URL(import.meta.resolve(`lstm-wasm/lstm-${variant}.wasm`)));
const relaxedIsSound = (await load()).variant === 'relaxed';

/** A copy in which `text` is another one of the same length. */
function rewritten(bytes, text, other) {
  const copy = Buffer.from(bytes);
  const at = copy.indexOf(text, 0, 'latin1');
  assert.ok(at > 0 && text.length === other.length);
  copy.write(other, at, 'latin1');
  return copy;
}

test('the version is one in the package, in JavaScript and in the module', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  assert.equal(VERSION, version);
  const [, inC] = readFileSync(new URL('../../../src/exports/version.h', import.meta.url), 'utf8').match(/LSTM_VERSION "(.*)"/);
  assert.equal(inC, version);
});

for (const given of ['scalar', 'simd', 'relaxed']) {
  test(`variant is what the given module says: ${given}`, async () => {
    const bytes = bytesOf(given);
    if (given !== 'relaxed' || WebAssembly.validate(bytes)) {
      for (const wasm of [bytes, new WebAssembly.Module(bytes)]) assert.equal((await load({ variant: given, wasm })).variant, given);
    }
    const refusal = { code: WebAssembly.validate(bytes) ? 'ERR_ARGUMENT' : 'ERR_UNSUPPORTED' };
    const isTaken = given !== 'relaxed' || relaxedIsSound;
    if (isTaken) assert.equal((await load({ wasm: bytes })).variant, given);
    else await assert.rejects(load({ wasm: bytes }), refusal);
    if (given !== 'relaxed') assert.equal((await load({ variant: 'repeatable', wasm: bytes })).variant, given);
  });
}

test('where a variant is asked for, the module of another is refused', async () => {
  for (const [variant, given, expected] of [
    ['simd', 'scalar', "'simd'"], ['scalar', 'simd', "'scalar'"],
    ...(WebAssembly.validate(bytesOf('relaxed')) ? [
      ['relaxed', 'simd', "'relaxed'"], ['simd', 'relaxed', "'simd'"], ['repeatable', 'relaxed', "'simd' or 'scalar'"],
    ] : []),
  ]) {
    await assert.rejects(load({ variant, wasm: bytesOf(given) }), {
      name: 'ArgumentError', message: `load: the module must be of variant ${expected}, got one of '${given}'`,
    });
  }
});

test('a module of another version is refused, and says of which', async () => {
  const bytes = bytesOf('scalar');
  const other = `9${VERSION.slice(1)}`;
  await assert.rejects(load({ wasm: rewritten(bytes, `${VERSION}\0`, `${other}\0`) }), {
    name: 'LstmError',
    message: `load: the WebAssembly module must be that of lstm-wasm ${VERSION}, as the JavaScript is, got that of lstm-wasm ${other}`,
  });
  // The first release had no lstm_version.
  await assert.rejects(load({ wasm: rewritten(bytes, 'lstm_version', 'lstm_versiom') }),
    { name: 'LstmError', message: /must be that of lstm-wasm .*, got that of an older version, which does not say which$/ });
});

test('what is no module of this library is refused before any of it runs', async () => {
  const head = [0, 97, 115, 109, 1, 0, 0, 0];
  const type = [1, 4, 1, 96, 0, 0];
  for (const sections of [
    [],
    [...type, 2, 7, 1, 1, 97, 1, 98, 0, 0], // imports a.b
    [...type, 3, 2, 1, 0, 8, 1, 0, 10, 5, 1, 3, 0, 0, 11], // its start traps
  ]) {
    await assert.rejects(load({ wasm: new Uint8Array([...head, ...sections]) }),
      { name: 'LstmError', message: 'load: the WebAssembly module is not one of lstm-wasm' });
  }
  // Ours by its exports, with an import that nobody has.
  const names = ['lstm_network_create', 'lstm_version'].flatMap((name) => [name.length, ...Buffer.from(name), 0, 0]);
  const exports = [3, ...names, 6, ...Buffer.from('memory'), 2, 0];
  const linked = new Uint8Array([...head, ...type, 2, 7, 1, 1, 97, 1, 98, 0, 0, 5, 3, 1, 0, 1, 7, exports.length, ...exports]);
  await assert.rejects(load({ wasm: linked }),
    (error) => error.name === 'LstmError' && /cannot be instantiated: /.test(error.message) && error.cause instanceof Error);
});
