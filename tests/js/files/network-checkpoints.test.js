// Damaged and hostile checkpoints of networks: refused when they are opened, with the place named, or they go on.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FileFormatError, load, LstmError } from 'lstm-wasm';
import { editedIn, headerOf } from './edit.js';

const lstm = await load({ variant: 'repeatable' });
const inputs = Array.from({ length: 9 }, (_, i) => Array.from({ length: 2 + (i % 4) }, (_, t) => [Math.sin(i + t)]));
const targets = inputs.map((sequence) => sequence.map(([x]) => (x > 0 ? 1 : 0)));
const data = { inputs, targets };

const checkpoint = (() => {
  const network = lstm.createNetwork({ input: { size: 1 }, layers: [{ kind: 'lstm', hiddenSize: 2 }], output: { classes: 2 } });
  const options = { epochs: 8, batchSize: 3, window: 3, validation: 0.25, validateEvery: 1, keepBest: true, dropout: 0.1, reportEvery: 1 };
  for (const { step } of network.train(data, options)) if (step === 5) return network.checkpoint();
  throw new Error('no fifth step');
})();

/** @param {Uint8Array<ArrayBuffer>} file @param {RegExp} message */
const refused = (file, message) =>
  assert.throws(() => lstm.openNetwork(file), (error) => error instanceof FileFormatError && message.test(error.message));

describe('a checkpoint of a network that contradicts itself', () => {
  /** @type {Record<string, [change: (checkpoint: any, last: any) => unknown, message: RegExp]>} */
  const cases = {
    'no kind of reader': [(_, l) => (l.reader.kind = 'x'), /checkpoint: last: reader: kind must be 'sequences'/],
    'a place for each of a batch': [(_, l) => l.reader.places.pop(), /reader: places must be an array of 3/],
    'a sequence that is none': [(_, l) => (l.reader.sequences[1] = 7), /reader: sequences\[1\] must be an integer from 0 to 6, got 7/],
    'a place between steps': [(_, l) => (l.reader.places[1] = 0.5), /reader: places\[1\] must be an integer/],
    'fewer sequences than the batch': [(_, l) => (l.reader.count = 2), /reader: count must be at least 3, the batchSize, got 2/],
    'more sequences than data': [(_, l) => (l.reader.count = 10), /reader: count must be at most 9, as there are sequences, got 10/],
    'fewer begun than the batch': [(_, l) => (l.reader.drawn = 1), /reader: drawn must be at least 3/],
    'another window': [(_, l) => (l.reader.window = 4), /reader: window must be 3, as the options say, got 4/],
    'more read than trained on': [(_, l) => (l.reader.read = 1e15), /reader: read must be at most \d+, read, got/],
    'more steps than read': [(c) => (c.step = 1e15), /checkpoint: step must be at most \d+, read, got/],
    'names of characters': [(c) => { c.chars = c.read; delete c.read; }, /unknown option "data"/],
    'a hash that is none': [(_, l) => (l.data.hash = 'x'), /data: hash must be 14 hexadecimal digits/],
    'dropout without its generator': [(_, l) => delete l.trainer.random, /trainer: random must be there/],
  };
  for (const [name, [change, message]] of Object.entries(cases)) {
    test(name, () => refused(editedIn(checkpoint, 'checkpoint', (given) => change(given, given.last)), message));
  }

  test('a place where no window begins is refused where training goes on, and nothing has changed', () => {
    const network = lstm.openNetwork(editedIn(checkpoint, 'checkpoint', ({ last }) => (last.reader.places[0] = 1)));
    const before = JSON.stringify(network.parameters());
    assert.throws(() => [...network.train(data)], /train: place 0 of the batch cannot be at step 1 of sequence \d/);
    assert.equal(JSON.stringify(network.parameters()), before);
  });
});

test('any value in any place: refused when it is opened, or it goes on; memory is taken for neither', () => {
  const values = [undefined, null, -1, 0, 1, 0.5, 65537, 2 ** 20, 1e15, 2 ** 53, 1e300, '', 'x', 'Infinity', 'data of its own', true, [], [1], {}];
  /** @param {any} value @returns {string[][]} the ways to all that is in it */
  const placesIn = (value) => (typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inside]) => [[key], ...placesIn(inside).map((rest) => [key, ...rest])]) : []);
  const before = lstm.memoryBytes;
  const counts = { refused: 0, went: 0 };
  const places = placesIn(JSON.parse(headerOf(checkpoint).__metadata__.checkpoint));
  assert.ok(places.length > 60);
  for (const place of places) {
    for (const value of values) {
      const file = editedIn(checkpoint, 'checkpoint', (given) => {
        const at = place.slice(0, -1).reduce((inside, key) => inside[key], given);
        at[/** @type {string} */ (place.at(-1))] = value;
      });
      let network;
      try {
        network = lstm.openNetwork(file);
      } catch (error) {
        assert.ok(error instanceof FileFormatError, `${place.join('.')} = ${JSON.stringify(value)}: ${error.stack}`);
        counts.refused += 1;
        continue;
      }
      try {
        const { value: report } = network.train(data, { reportEvery: 1 }).next();
        assert.ok(report === undefined || Number.isFinite(report.loss));
        lstm.openNetwork(network.checkpoint()).dispose();
        counts.went += 1;
      } catch (error) {
        // Other data, as far as the checkpoint says.
        assert.ok(error instanceof LstmError, `${place.join('.')} = ${JSON.stringify(value)}: ${error.stack}`);
      } finally {
        network.dispose();
      }
    }
  }
  assert.ok(counts.refused > 800 && counts.went > 60, JSON.stringify(counts));
  assert.ok(lstm.memoryBytes <= before + 2 ** 20, `${lstm.memoryBytes - before} bytes more`);
});
