// Files: what is saved opens again and predicts the same; files from outside are hostile.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArgumentError, FileFormatError, load } from 'lstm-wasm';
import { dataOf, fileOf, headerOf, rewrittenIn, unsigned } from './edit.js';
import { writeModelFile } from '../../../src/js/files/model-file.js';
import { readSafetensors as readTensors } from '../../reference/read.js';
import { layers } from '../layer-list.js';

const lstm = await load();
const text = 'Grüße, 世界! 😀\r\nsecond line\n'.repeat(30);

function trainedModel() {
  const model = lstm.createCharModel({ text, hiddenSize: 9, layers: 2, seed: 3 });
  for (const report of model.train(text, { batchSize: 4, window: 8, steps: 20 })) assert.ok(report.loss > 0);
  return model;
}
const model = trainedModel();
const bytes = model.save();

/** The file, without a checksum, with its header replaced by what `change` makes of it, and its data by `data`. */
function rewritten(change, data = dataOf(bytes)) {
  const header = headerOf(unsigned(bytes));
  const json = change(header) ?? header;
  return fileOf(typeof json === 'string' ? json : JSON.stringify(json), data);
}

/** Changes the configuration in the metadata. */
function reconfigured(change) {
  return rewritten((header) => {
    const config = JSON.parse(header.__metadata__.config);
    change(config);
    header.__metadata__.config = JSON.stringify(config);
  });
}

describe('round trip', () => {
  test('the model predicts, generates and is saved the same', () => {
    const opened = lstm.openCharModel(bytes);
    assert.deepEqual(opened.alphabet, model.alphabet);
    assert.deepEqual(opened.config, model.config);
    assert.deepEqual(opened.predict('Grüße, 世'), model.predict('Grüße, 世'));
    assert.equal(opened.generate({ seed: 5, length: 100 }), model.generate({ seed: 5, length: 100 }));
    assert.deepEqual(opened.save(), bytes);
    opened.dispose();
  });

  test('from an ArrayBuffer, a Buffer, and bytes that lie at an odd place', () => {
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    for (const source of [bytes.buffer, Buffer.from(bytes), shifted.subarray(3)]) {
      const opened = lstm.openCharModel(source);
      assert.deepEqual(opened.save(), bytes);
      opened.dispose();
    }
  });

  test('names, shapes and layouts are those of torch.nn.LSTM', () => {
    const V = model.alphabet.length;
    const { shapes, metadata, tensors } = readTensors(bytes);
    assert.deepEqual(shapes, {
      weight_ih_l0: [36, V],
      weight_hh_l0: [36, 9],
      bias_ih_l0: [36],
      bias_hh_l0: [36],
      weight_ih_l1: [36, 9],
      weight_hh_l1: [36, 9],
      bias_ih_l1: [36],
      bias_hh_l1: [36],
      'head.weight': [V, 9],
      'head.bias': [V],
    });
    assert.deepEqual(JSON.parse(metadata.alphabet), model.alphabet);
    assert.equal(metadata.format, 'pt');
    const parameters = model.network.parameters();
    for (const name of Object.keys(shapes)) assert.deepEqual(tensors[name], parameters[name], name);
  });

  test('saving changes nothing in the training that goes on', () => {
    const [one, other] = [trainedModel(), trainedModel()];
    other.save();
    for (const each of [one, other]) for (const report of each.train(text, { batchSize: 4, window: 8, steps: 5 })) void report;
    assert.deepEqual(one.save(), other.save());
  });

  test('a network without an alphabet', () => {
    const net = lstm.createNetwork({
      input: { size: 3 },
      layers: [{ kind: 'lstm', hiddenSize: 5, bias: false }, { kind: 'lstm', hiddenSize: 4 }],
      seed: 9,
    });
    const opened = lstm.openNetwork(net.save());
    assert.deepEqual(opened.config, net.config);
    assert.deepEqual(opened.parameters(), net.parameters());
    assert.deepEqual(opened.step([1, 2, 3], opened.initialState()), net.step([1, 2, 3], net.initialState()));
    assert.throws(() => lstm.openCharModel(net.save()), {
      name: 'FileFormatError',
      message: 'openCharModel: no character model: the metadata has no alphabet',
    });
  });
});

describe('damaged and hostile files', () => {
  const files = {
    'nothing at all': [new Uint8Array(0), /not a safetensors file: expected at least 8 bytes, got 0/],
    'a text': [new TextEncoder().encode('Call me Ishmael. Some years ago'), /not a safetensors file: a header of \d+ bytes/],
    'a header without end': [bytes.subarray(0, 100), /truncated: the header ends at byte \d+, the file at 100/],
    'the last byte missing': [bytes.subarray(0, bytes.length - 1), /truncated: tensor "head\.bias" ends at byte/],
    'a byte too many': [Uint8Array.of(...bytes, 0), /1 bytes behind the last tensor, expected none/],
    'a header that is no JSON': [rewritten(() => '{"a": '), /not a safetensors file: the header is no JSON/],
    'a header that is an array': [rewritten(() => '[1, 2]'), /the header is no JSON object/],
    'a header of null': [rewritten(() => 'null'), /the header is no JSON object/],
    'metadata that is no text': [rewritten((h) => void (h.__metadata__.config = 7)), /__metadata__\.config must be a string, got 7/],
    'no metadata': [rewritten((h) => void delete h.__metadata__), /not a file of lstm-wasm: expected '1' as lstm_wasm/],
    'a version of the future': [rewritten((h) => void (h.__metadata__.lstm_wasm = '2')), /expected '1' as lstm_wasm in the metadata, got "2"/],
    'another dtype': [rewritten((h) => void (h['head.bias'].dtype = 'F16')), /tensor "head\.bias" must be of dtype F32 or I8, got "F16"/],
    'a negative shape': [rewritten((h) => void (h['head.bias'].shape = [-1])), /tensor "head\.bias" has no valid shape/],
    'offsets that overlap': [rewritten((h) => void (h['head.bias'].data_offsets = [0, 4 * model.alphabet.length])), /begins at byte 0 of the data, expected|begins at byte \d+ of the data, expected/],
    'offsets that do not fit the shape': [rewritten((h) => void (h['head.bias'].data_offsets[1] += 4)), /of shape \d+ needs \d+ bytes, got/],
    'a tensor missing': [withoutBias(), /tensor 'head\.bias' is missing/],
    'a tensor nobody knows': [rewritten((h) => void ((h.extra = { ...h['head.bias'] }), delete h['head.bias'])), /tensor 'head\.bias' is missing/],
    'shapes transposed': [rewritten((h) => void h.weight_ih_l1.shape.reverse()), /tensor 'weight_ih_l1' must have shape 36 x 9, got 9 x 36/],
    'configuration that is no JSON': [rewritten((h) => void (h.__metadata__.config = '{')), /metadata config must be JSON, got "\{"/],
    'configuration of another size': [reconfigured((c) => (c.layers[0].hiddenSize = 10)), /tensor 'weight_ih_l0' must have shape 40 x 20, got 36 x 20/],
    'configuration that asks for all memory': [reconfigured((c) => (c.layers[1].hiddenSize = 65536)), /the configuration asks for 17184064624 numbers, the file has 2036/],
    'configuration of another kind': [reconfigured((c) => (c.layers[0].kind = 'lstn')), /config: layers\[0\]: kind must be one of 'rnn', .*, got "lstn"/],
    'configuration with more': [reconfigured((c) => (c.more = 1)), /config: unknown option "more"/],
    'alphabet too short': [rewritten((h) => void (h.__metadata__.alphabet = '["a"]')), /an alphabet of 1 characters needs input\.tokens and output\.classes of 1, got/],
    'alphabet that is no list': [rewritten((h) => void (h.__metadata__.alphabet = '"abc"')), /alphabet must be an array of characters, got "abc"/],
    'alphabet of numbers': [rewritten((h) => void (h.__metadata__.alphabet = '[1]')), /alphabet\[0\] must be one character, got 1/],
    'a weight that is not a number': [withNaN(), /tensor "weight_ih_l0" has NaN at index 0/],
    '__proto__ as a tensor': [rewritten((h) => JSON.stringify(h).replace('"head.bias"', '"__proto__"')), /tensor 'head\.bias' is missing/],
  };

  function withoutBias() {
    const [from] = headerOf(bytes)['head.bias'].data_offsets;
    return rewritten((h) => void delete h['head.bias'], dataOf(bytes).subarray(0, from));
  }

  function withNaN() {
    const copy = bytes.slice();
    new DataView(copy.buffer).setFloat32(copy.length - dataOf(copy).length, NaN, true);
    return copy;
  }

  for (const [name, [file, message]] of Object.entries(files)) {
    test(name, () => {
      assert.throws(
        () => lstm.openCharModel(file),
        (error) => {
          assert.ok(error instanceof FileFormatError, `${error.stack}`);
          assert.match(error.message, /^openCharModel: /);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  test('what is no bytes', () => {
    for (const [value, got] of [['model', '"model"'], [undefined, 'undefined'], [[1, 2], 'an array of 2'], [7, '7']]) {
      assert.throws(() => lstm.openCharModel(value), (error) => {
        assert.ok(error instanceof ArgumentError);
        assert.equal(error.message, `openCharModel: bytes must be a Uint8Array or an ArrayBuffer, got ${got}`);
        return true;
      });
    }
  });

  test('any one byte changed: an error of ours or a model, never anything else', () => {
    let state = 1;
    const random = (limit) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % limit;
    let refused = 0;
    const open = unsigned(bytes);
    const headerEnd = open.length - dataOf(open).length;
    for (let i = 0; i < 1500; i++) {
      const damaged = open.slice();
      // Mostly in the header, where the structure is.
      const at = random(4) === 0 ? random(damaged.length) : random(headerEnd);
      damaged[at] = random(256);
      try {
        lstm.openCharModel(damaged).dispose();
      } catch (error) {
        assert.ok(error instanceof FileFormatError, `byte ${at} = ${damaged[at]}: ${error.stack}`);
        refused += 1;
      }
    }
    assert.ok(refused > 500, `${refused} refused`);
  });

  test('none of it took memory for ever', () => {
    const before = lstm.memoryBytes;
    for (let i = 0; i < 300; i++) assert.throws(() => lstm.openCharModel(files['shapes transposed'][0]), FileFormatError);
    assert.equal(lstm.memoryBytes, before);
  });
});

describe('hostile configurations of every kind', () => {
  const networks = Object.entries(layers).map(([name, layer]) => [name, lstm.createNetwork({
    input: { tokens: 4 }, output: { classes: 4 },
    layers: [{ hiddenSize: 3, ...layer }, { hiddenSize: 2, ...layer, bidirectional: true }],
  }).save()]);

  /** A file with another configuration. */
  const withConfig = (file, change) => rewrittenIn(file, 'config', (json) => {
    const config = JSON.parse(json);
    return JSON.stringify(change(config) ?? config);
  });
  const refuses = (file, message) => assert.throws(() => lstm.openNetwork(file), (error) => {
    assert.ok(error instanceof FileFormatError, `${error.stack}`);
    assert.match(error.message, message);
    return true;
  });

  for (const [name, file] of networks) {
    test(name, () => {
      lstm.openNetwork(file).dispose();
      const before = lstm.memoryBytes;
      const large = /the configuration asks for \d+ numbers, the file has \d+/;
      refuses(withConfig(file, (c) => void (c.layers[0].hiddenSize = 65536)), large);
      const widest = (layer) => Array(1024).fill({ ...layer, hiddenSize: 65536 });
      refuses(withConfig(file, (c) => void (c.layers = widest(c.layers[0]))), large);
      refuses(withConfig(file, (c) => void (c.output.classes = 2 ** 20)), large);
      refuses(withConfig(file, (c) => void (c.input.tokens = 2 ** 20)), large);
      refuses(withConfig(file, (c) => void (c.layers[0].hiddenSize += 1)), /tensor '\w+' (is missing|must have shape)/);
      refuses(withConfig(file, (c) => void c.layers.pop()), /tensor/);
      refuses(withConfig(file, (c) => void (c.layers[0].delays = 1e9)), /config: layers\[0\]: delays/);
      refuses(withConfig(file, (c) => void (c.layers[0].clip = 1e-60)), /config: layers\[0\]: clip/);
      refuses(withConfig(file, (c) => void (c.layers[0].projection = -1)), /config: layers\[0\]: projection/);
      if (/lstm/.test(name)) refuses(withConfig(file, (c) => void (c.layers[0].projection = 65536)), large);
      if (/tdnn/.test(name)) {
        refuses(withConfig(file, (c) => void (c.layers[0].delays = 1024)), /'weight_ih_l0' must have shape 3 x 4096/);
        refuses(withConfig(file, (c) => void Object.assign(c.layers[0], { delays: 1024, hiddenSize: 60000 })), large);
      }
      assert.equal(lstm.memoryBytes, before);
    });
  }

  test('options and sizes at random: an error of ours or a network, never anything else', () => {
    const words = ['full', 'diagonal', 'relu', 'tanh', 'x'];
    const values = [true, false, ...words, 0, 1, 2, 3, 4, 5, 1024, 65536, 0.5, -1, null, {}];
    const names = ['bidirectional', 'hiddenSize', ...new Set(Object.values(layers).flatMap((one) => Object.keys(one)))];
    let state = 7;
    const random = (list) => list[(state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % list.length];
    let opened = 0;
    for (let i = 0; i < 3000; i++) {
      const file = withConfig(random(networks)[1], (config) => {
        for (let n = 0; n < 1 + (i % 3); n++) {
          const layer = random(config.layers);
          const name = random(names);
          if (name === 'kind') layer.kind = random(Object.values(layers)).kind;
          else if (random([0, 1, 2]) === 0) delete layer[name];
          else layer[name] = random(values);
        }
      });
      try {
        const net = lstm.openNetwork(file);
        assert.ok(net.run([0, 1, 2, 3]).outputs.every((value) => Number.isFinite(value)));
        net.dispose();
        opened += 1;
      } catch (error) {
        assert.ok(error instanceof FileFormatError, `${error.stack}`);
      }
    }
    assert.ok(opened > 100 && opened < 2500, `${opened} opened`);
  });

  test('a character model cannot be bidirectional', () => {
    const file = withConfig(bytes, (c) => void (c.layers[1].bidirectional = true));
    assert.throws(() => lstm.openCharModel(file), { name: 'FileFormatError' });
    const both = lstm.createNetwork({
      input: { tokens: 2 }, layers: [{ kind: 'gru', hiddenSize: 2, bidirectional: true }], output: { classes: 2 },
    });
    const named = writeModelFile({ network: both }, 'save', { kind: 'characters', alphabet: ['a', 'b'] });
    assert.throws(() => lstm.openCharModel(named), {
      name: 'FileFormatError', message: 'openCharModel: no character model: layers[0] is bidirectional',
    });
  });
});
