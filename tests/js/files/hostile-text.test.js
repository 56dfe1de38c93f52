// What is written in a file is read in one way only, and what a message quotes of it is harmless on a terminal.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FileFormatError, load } from 'lstm-wasm';
import { dataOf, edited, editedIn, fileOf, headerOf, rewritten, rewrittenIn, unsigned } from './edit.js';

const lstm = await load({ variant: 'simd' });
const text = 'a cat ate a tea at\n'.repeat(10);
const model = lstm.createCharModel({ text, hiddenSize: 3, seed: 1 });
for (const report of model.train(text, { batchSize: 2, window: 4, steps: 2 })) void report;
const bytes = unsigned(model.checkpoint());
const json = JSON.stringify(headerOf(bytes));

/** @param {Uint8Array} file @param {RegExp} [message] */
function refused(file, message = /./) {
  let got = '';
  assert.throws(() => lstm.openCharModel(file), (error) => {
    assert.ok(error instanceof FileFormatError, error.stack);
    assert.match(error.message, message);
    got = error.message;
    return true;
  });
  return got;
}

describe('a name that stands twice', () => {
  const twice = (/** @type {string} */ name) => new RegExp(`has the name ${name} twice in one object$`);
  const files = {
    'a tensor': [rewritten(bytes, (text) => text.replace('{', '{"head.bias":{"dtype":"F32","shape":[6],"data_offsets":[0,24]},')),
      /^openCharModel: the header has the name "head\.bias" twice in one object$/],
    'the metadata': [rewritten(bytes, (text) => text.replace('{', '{"__metadata__":{"format":"pt"},')), twice('"__metadata__"')],
    'written with an escape': [rewritten(bytes, (text) => text.replace('{', '{"head\\u002ebias":{},')), twice('"head\\.bias"')],
    'in the metadata': [rewritten(bytes, (text) => text.replace('"format":', '"config":"{}","format":')), twice('"config"')],
    'in a tensor': [rewritten(bytes, (text) => text.replace('"dtype":"F32"', '"dtype":"I8","dtype":"F32"')), twice('"dtype"')],
    'in the configuration': [rewrittenIn(bytes, 'config', (text) => text.replace('{', '{"seed":9,')),
      /metadata config has the name "seed" twice/],
    'in a layer': [rewrittenIn(bytes, 'config', (text) => text.replace('{"kind"', '{"hiddenSize":3,"kind"')),
      /metadata config has the name "hiddenSize" twice/],
    'in the checkpoint': [rewrittenIn(bytes, 'checkpoint', (text) => text.replace('{', '{"step":1,')),
      /metadata checkpoint has the name "step" twice/],
    'deep in the checkpoint': [
      rewrittenIn(bytes, 'checkpoint', (text) => text.replace('"beta1":', '"beta1":0.1,"beta1":')),
      /metadata checkpoint has the name "beta1" twice/],
    '__proto__': [rewrittenIn(bytes, 'config', (text) => text.replace('{', '{"__proto__":1,"__proto__":2,')),
      twice('"__proto__"')],
  };
  for (const [name, [file, message]] of Object.entries(files)) test(name, () => void refused(file, message));

  test('the same name in two objects, and in a text, is none', () => {
    lstm.openCharModel(fileOf(json.replace('"format":', '"note":"{\\"a\\":1,\\"a\\":2} \\\\\\"","format":'), dataOf(bytes))).dispose();
  });
});

describe('before the first bracket', () => {
  for (const [name, before] of Object.entries({ 'a byte order mark': '\ufeff', 'a space': ' ', 'a line end': '\n' })) {
    test(name, () => {
      refused(fileOf(before + json, dataOf(bytes)), /not a safetensors file: the header is no JSON object, it begins with "/);
    });
  }
  test('spaces behind are filled up', () => {
    lstm.openCharModel(fileOf(`${json}   `, dataOf(bytes))).dispose();
  });
});

describe('brackets without measure', () => {
  for (const [name, many] of Object.entries({
    'inside each other': ['['.repeat(1e6), /has more than 16 brackets inside each other/],
    'inside each other, and closed': [`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`, /has more than 16 brackets/],
    'beside each other': [`[${'[],'.repeat(3 * 2 ** 16)}1]`, /has more than (65536|196610) objects and arrays/],
    'with more in them than any alphabet has': [`[${'1,'.repeat(2 ** 21 + 2 ** 16 + 1)}1]`, /has more than (2162688|525312) values/],
    'with more names than any model has': [`{${Array.from({ length: 300_000 }, (_, i) => `"${i}":1,`).join('')}"a":1}`,
      /has more than (65536|263168) names/],
  })) {
    test(name, () => {
      refused(rewrittenIn(bytes, 'config', () => many[0]), many[1]);
      refused(rewritten(bytes, (text) => text.replace('{', `{"x":${many[0]},`)), many[1]);
    });
  }
});

describe('a header without measure', () => {
  const most = 2 ** 25;

  test('of more tensors than any model has', () => {
    const entries = Array.from({ length: 80_000 }, (_, i) => `"t${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`);
    refused(rewritten(bytes, (text) => text.replace('{', `{${entries.join()},`)), /the header has more than 196610 objects and arrays/);
  });

  test('of a file of PyTorch too, and longer than any', async () => {
    const header = (/** @type {string} */ more) => fileOf(`{"rnn.weight_ih_l0":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}${more}}`, new Uint8Array());
    const names = Array.from({ length: 300_000 }, (_, i) => `,"${i}":1`).join('');
    await assert.rejects(lstm.open(header(names)), { name: 'FileFormatError', message: 'open: the header has more than 263168 names' });
    await assert.rejects(lstm.open(header(' '.repeat(most))), { name: 'FileFormatError', message: /a header of 33554501 bytes, expected 2 to 33554432/ });
    refused(header(' '.repeat(most)), /a header of 33554501 bytes/);
  });

  test('what would be refused is not written', () => {
    const small = lstm.createTokenModel({ tokens: ['x'.repeat(most), 'b'], hiddenSize: 1 });
    assert.throws(() => small.save(), { name: 'ArgumentError', message: /^save: a file has at most 65536 tensors, and a header of 33554432 bytes/ });
    small.dispose();
  });
});

describe('what a message quotes', () => {
  const escapes = '\u001b[2J\u001b]0;x\u0007\u0000\u007f\u0085\u009b31m\u202e\u2066\u200f\u2028\ufeff\ud800';
  const harmless = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u;
  const renamed = (/** @type {string} */ from) => edited(bytes, (header) => {
    header[`${escapes}${from}`] = header[from];
    delete header[from];
  });
  const files = {
    'the name of a tensor': renamed('head.bias'),
    'the name of a moment': renamed('optimizer.0.head.bias'),
    'a tensor of another type': edited(bytes, (header) => (header[escapes] = { dtype: escapes })),
    'a tensor without bytes': edited(bytes, (header) => (header[escapes] = { dtype: 'F32', shape: [1], data_offsets: [0, 0] })),
    'no tensor': edited(bytes, (header) => (header[escapes] = escapes)),
    'a name in the metadata': edited(bytes, (header) => (header.__metadata__[escapes] = 7)),
    'the version': edited(bytes, (header) => (header.__metadata__.lstm_wasm = escapes)),
    'the quantization': edited(bytes, (header) => (header.__metadata__.quantization = escapes)),
    'no configuration': edited(bytes, (header) => (header.__metadata__.config = escapes)),
    'a name in the configuration': editedIn(bytes, 'config', (config) => (config[escapes] = 1)),
    'a name twice': rewrittenIn(bytes, 'config', (text) => text.replace('{', `{${`${JSON.stringify(escapes)}:2,`.repeat(2)}`)),
    'the input': editedIn(bytes, 'config', (config) => (config.input = { [escapes]: 1 })),
    'the input and more': editedIn(bytes, 'config', (config) => (config.input = { tokens: 6, [escapes]: 1 })),
    'a kind': editedIn(bytes, 'config', (config) => (config.layers[0].kind = escapes)),
    'an option of a layer': editedIn(bytes, 'config', (config) => (config.layers[0][escapes] = escapes)),
    'a forget bias': editedIn(bytes, 'config', (config) => (config.layers[0].forgetBias = escapes)),
    'a forget bias where there is none': editedIn(bytes, 'config', (config) => (config.layers[0] = { kind: 'lstm', hiddenSize: 3, bias: false, forgetBias: escapes })),
    'a character': editedIn(bytes, 'alphabet', (alphabet) => (alphabet[0] = escapes)),
    'the alphabet': edited(bytes, (header) => (header.__metadata__.alphabet = escapes)),
    'a character twice': editedIn(bytes, 'alphabet', (alphabet) => (alphabet[0] = alphabet[1] = '\u009b')),
    'the checkpoint': edited(bytes, (header) => (header.__metadata__.checkpoint = escapes)),
    'a name in the checkpoint': editedIn(bytes, 'checkpoint', (checkpoint) => (checkpoint[escapes] = 1)),
    'an option': editedIn(bytes, 'checkpoint', ({ last }) => (last.options[escapes] = 1)),
    'an optimizer': editedIn(bytes, 'checkpoint', ({ last }) => (last.options.optimizer = escapes)),
    'the optimizer of the trainer': editedIn(bytes, 'checkpoint', ({ last }) => (last.trainer.optimizer.name = escapes)),
    'a schedule': editedIn(bytes, 'checkpoint', ({ last }) => (last.options.schedule = { type: escapes })),
    'more of a schedule': editedIn(bytes, 'checkpoint', ({ last }) => (last.options.schedule[escapes] = 1)),
    'the hash of the text': editedIn(bytes, 'checkpoint', ({ last }) => (last.text.hash = escapes)),
    'the hash that was read': editedIn(bytes, 'checkpoint', ({ last }) => (last.reader.text = escapes)),
    'no header at all': fileOf(`${escapes.slice(0, -1)}{}`, dataOf(bytes)),
  };
  for (const [name, file] of Object.entries(files)) {
    test(name, () => {
      const message = refused(file);
      assert.match(message, harmless, JSON.stringify(message));
      assert.ok(message.length < 1200, `${message.length} characters`);
    });
  }
});
