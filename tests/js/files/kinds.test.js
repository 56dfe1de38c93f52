// Files of any kind of model: what a kind writes is what it reads, and nothing that a file says of itself is believed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect, load } from 'lstm-wasm';
import { load as loadPredictor } from 'lstm-wasm/predict';
import { integer, readOptions, refuse } from '../../../src/js/core/check.js';
import { readModelFile, writeModelFile } from '../../../src/js/files/model-file.js';
import { valuesOf } from '../../../src/js/network/network-config.js';
import { edited } from './edit.js';
import { readSafetensors } from '../../reference/read.js';

const lstm = await load();
const predictor = await loadPredictor();
const layers = [{ kind: /** @type {const} */ ('lstm'), hiddenSize: 3 }];
const networkOf = (/** @type {any} */ options) => lstm.createNetwork({ layers, ...options });

/** One network, and what a list of names and a number may be. @type {import('../../../src/js/files/model-metadata.js').ModelFormat} */
const labels = {
  kind: 'labels',
  name: 'a labeller',
  read: (description, config) => readOptions('metadata model', description, {
    labels: (value, path) => {
      if (!Array.isArray(value) || value.length !== config.output.classes || !value.every((label) => typeof label === 'string')) {
        refuse(path, `an array of ${config.output.classes} strings, one a class`, value);
      }
      return value;
    },
    window: integer(1, 10),
  }),
  tell: ({ labels: list }) => ({ labels: list }),
};

/** Two networks. @type {import('../../../src/js/files/model-metadata.js').ModelFormat} */
const pair = {
  kind: 'pair',
  name: 'a pair',
  networks: ['encoder', 'decoder'],
  read: (description, { encoder, decoder }) => {
    const { size } = readOptions('metadata model', description, { size: integer(1, 100) });
    if (encoder.layers[0].hiddenSize !== size || decoder.layers[0].hiddenSize !== size) refuse('metadata model: size', 'that of both', size);
    return { size };
  },
  tell: (model) => model,
};

const network = networkOf({ input: { size: 2 }, output: { classes: 2 } });
const count = (/** @type {any} */ config) => valuesOf(network.handle.wasm, config, 'open');
const read = (/** @type {Uint8Array} */ bytes) => readModelFile(bytes, 'open', [labels, pair], count);
const described = { kind: 'labels', labels: ['yes', 'no'], window: 4 };
const saved = writeModelFile({ network }, 'save', described);

describe('a kind of model', () => {
  test('reads from its file what it wrote', () => {
    const file = read(saved);
    assert.equal(file.kind, 'labels');
    assert.deepEqual(file.model, { labels: ['yes', 'no'], window: 4 });
    assert.deepEqual(file.networks.network.tensors, network.parameters());
    file.networks.network.check(network.shapes);
    file.verify();
    const { metadata } = readSafetensors(saved);
    assert.equal(metadata.model, JSON.stringify(described));
    assert.deepEqual(JSON.parse(metadata.config), network.config);
  });

  for (const isQuantized of [false, true]) {
    test(`of two networks${isQuantized ? ' of 8 bits' : ''} has both, each by its name`, () => {
      const made = {
        encoder: networkOf({ input: { size: 2 } }), decoder: networkOf({ input: { tokens: 5 }, output: { classes: 5 }, seed: 2 }),
      };
      const both = isQuantized ? { encoder: made.encoder.quantize(), decoder: made.decoder.quantize() } : made;
      const file = read(writeModelFile(both, 'save', /** @type {any} */ ({ kind: 'pair', size: 3 })));
      assert.deepEqual(Object.keys(file.networks), ['encoder', 'decoder']);
      for (const [name, one] of Object.entries(both)) {
        const { config, tensors, int8Scales, check } = file.networks[name];
        assert.deepEqual(config, one.config);
        assert.deepEqual(tensors, one.parameters());
        assert.equal(int8Scales !== undefined, isQuantized);
        check(one.shapes);
      }
      const { encoder } = file.networks;
      assert.throws(() => encoder.check({ ...both.encoder.shapes, more: [1] }), (/** @type {any} */ { message }) => message === "open: tensor 'encoder.more' is missing");
      file.verify();
    });
  }

  test('whose tensors belong to no network, or are of the other, is refused', () => {
    const bytes = writeModelFile({ encoder: network, decoder: network }, 'save', /** @type {any} */ ({ kind: 'pair', size: 3 }));
    const renamed = (/** @type {string} */ from, /** @type {string} */ to) => edited(bytes, (header) => {
      header[to] = header[from];
      delete header[from];
    });
    assert.throws(() => read(renamed('decoder.head.bias', 'head.bias')), { message: 'open: unknown tensor "head.bias"' });
    const { encoder } = read(renamed('decoder.head.bias', 'encoder.more')).networks;
    assert.throws(() => encoder.check(network.shapes), { message: 'open: unknown tensor "encoder.more"' });
  });
});

describe('what a file says of its model is not believed', () => {
  /** @param {string} model @param {Record<string, string>} [others] */
  const saying = (model, others = {}) => edited(saved, (header) => { Object.assign(header.__metadata__, { model }, others); });

  const wrong = [
    ['{"kind":"labels","labels":["yes","no"],"window":4', 'metadata model must be JSON'],
    ['["labels"]', 'metadata model must be an object with its kind, got an array of 1'],
    ['null', 'metadata model must be an object with its kind, got null'],
    ['{}', 'metadata model must be an object with its kind, got undefined'],
    ['{"kind":7}', 'metadata model must be an object with its kind, got 7'],
    ['{"kind":"network"}', 'metadata model must be absent in the file of a network or a character model'],
    ['{"kind":"characters"}', 'metadata model must be absent in the file of a network or a character model'],
    ['{"kind":"labels","labels":["yes"],"window":4}', 'metadata model: labels must be an array of 2 strings'],
    ['{"kind":"labels","labels":{"length":2},"window":4}', 'metadata model: labels must be an array of 2 strings'],
    [`{"kind":"labels","labels":[${'"a",'.repeat(99999)}"a"],"window":4}`, 'metadata model: labels must be an array of 2 strings'],
    ['{"kind":"labels","labels":["yes","no"],"window":1e9}', 'metadata model: window must be an integer from 1 to 10'],
    ['{"kind":"labels","labels":["yes","no"],"window":4,"more":1}', 'metadata model: unknown option "more"'],
    ['{"kind":"labels","kind":"pair"}', 'metadata model has the name "kind" twice'],
    [`{"kind":"labels","labels":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'metadata model has more than 16 brackets inside each other'],
    ['{"kind":"pair","size":3}', 'config: unknown option "input", expected only encoder, decoder'],
    ['{"kind":"__proto__"}', 'a model of kind "__proto__", which this version of lstm-wasm does not know'],
  ];
  for (const [model, message] of wrong) {
    test(`${model.slice(0, 60)}: ${message.slice(0, 60)}`, () => {
      assert.throws(() => read(saying(model)), (/** @type {any} */ error) =>
        error.name === 'FileFormatError' && error.message.startsWith(`open: ${message}`) || assert.fail(`${error}`));
    });
  }

  test('a model beside an alphabet is refused', () => {
    assert.throws(() => read(saying(JSON.stringify(described), { alphabet: '["a","b"]' })), /metadata model must be absent/);
  });

  test('a kind that is not known is told of, wherever it is opened or looked at', async () => {
    const message = /^\w+: a model of kind "labels", which this version of lstm-wasm does not know \(it knows network, characters.*\): was the file written by a later one\?$/;
    await assert.rejects(lstm.open(saved), { name: 'FileFormatError', message });
    await assert.rejects(predictor.open(saved), { name: 'FileFormatError', message });
    assert.throws(() => inspect(saved), { name: 'FileFormatError', message });
    assert.throws(() => lstm.openCharModel(saved), { name: 'FileFormatError', message });
  });

  test('its network opens alone, whatever kind it is of', () => {
    const opened = lstm.openNetwork(saved);
    assert.deepEqual(opened.parameters(), network.parameters());
    opened.dispose();
  });
});
