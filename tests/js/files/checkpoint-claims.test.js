// What a checkpoint says is held against what else it says, against its tensors and its network, before it is believed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { FileFormatError, load, LstmError } from 'lstm-wasm';
import { dataOf, edited, editedIn, headerOf } from './edit.js';
import { assertRefused } from './refused.js';

const lstm = await load({ variant: 'simd' });
const kept = (/** @type {string} */ name) => new Uint8Array(readFileSync(new URL(`../../files/${name}.safetensors`, import.meta.url)));
const text = 'a cat ate a tea at\n'.repeat(30);

const refused = (/** @type {Uint8Array} */ file, /** @type {RegExp} */ message) => assertRefused(lstm, file, message);

describe('a checkpoint that contradicts itself', () => {
  const files = { plain: kept('checkpoint-adam'), sgd: kept('checkpoint-sgd'), dropout: kept('checkpoint-dropout'),
    best: kept('checkpoint-keep-best'), texts: kept('checkpoint-texts'), tdnn: kept('checkpoint-tdnn') };
  /** @type {Record<string, [keyof typeof files, (checkpoint: any, last: any) => unknown, RegExp]>} */
  const cases = {
    'a generator of zeros': ['plain', (c) => c.random.fill(0), /checkpoint: random must be words that are not all 0/],
    'a generator of dropout of zeros': ['dropout', (_, l) => l.trainer.random.fill(0), /trainer: random must be words that are not all 0/],
    'no generator of dropout': ['dropout', (_, l) => delete l.trainer.random, /trainer: random must be there/],
    'dropout where there was none': ['plain', (_, l) => (l.options.dropout = 0.5), /trainer: random must be there/],
    'dropout of a network that has no h to leave out': ['tdnn', (_, l) => (l.options.weightDrop = 0.5), /weightDrop must be 0 for a network without/],
    'too few streams': ['plain', (_, l) => l.reader.streams.pop(), /reader: streams must be an array of 2, got an array of 1/],
    'too many streams': ['plain', (_, l) => l.reader.streams.push(500), /reader: streams must be an array of 2, got an array of 3/],
    'streams in another order': ['plain', (_, l) => l.reader.streams.reverse(), /reader: streams\[1\] must be above \d+/],
    'a stream before the text': ['plain', (_, l) => (l.reader.streams[0] = -1), /reader: streams\[0\] must be an integer from 0/],
    'a stream behind the text': ['plain', (_, l) => (l.reader.streams[1] = 569), /reader: streams\[1\] must be an integer from 0 to 568/],
    'a large window': ['plain', (_, l) => (l.reader.window = 2 ** 20), /reader: window must be 8, as the options say, got 1048576/],
    'another window in the options': ['plain', (_, l) => (l.options.window = 2 ** 20), /reader: window must be 1048576, as the options say, got 8/],
    'another batch': ['plain', (_, l) => (l.options.batchSize = 2 ** 16), /reader: batchSize must be 65536, as the options say, got 2/],
    'another batch, everywhere': ['plain', (_, l) => {
      l.options.batchSize = l.reader.batchSize = 3;
      l.reader.streams = [1, 200, 400];
    }, /tensor 'state\.0\.h' must be F32 of shape 3 x 2, got 2 x 2/],
    'more streams than the text has room for': ['plain', (_, l) => {
      l.options.batchSize = l.reader.batchSize = 300;
      l.reader.streams = Array.from({ length: 300 }, (_, b) => b);
    }, /reader: length must be at least 901 for 300 streams, got 570/],
    'a text that is shorter': ['plain', (_, l) => (l.text.length = 100), /reader: length must be 100, as the text and its validation say, got 570/],
    'a part to validate with': ['plain', (_, l) => (l.options.validation = 0.5), /reader: length must be 285/],
    'another hash of what is read': ['plain', (_, l) => (l.reader.text = '0'.repeat(14)), /reader: text must be \w{14}, as the whole text/],
    'a hash that is none': ['plain', (_, l) => (l.text.hash = 'x'), /text: hash must be 14 hexadecimal digits, got "x"/],
    'a signal': ['plain', (_, l) => (l.options.signal = { aborted: true }), /options: signal must be absent/],
    'a pace of reports': ['plain', (_, l) => (l.options.reportEvery = 1), /options: reportEvery must be absent/],
    'a text in the options': ['plain', (_, l) => (l.options.validation = { text: 'a cat' }), /options: validation must be a number or 'a text of its own'/],
    'a word for what is no function': ['plain', (_, l) => (l.options.batchSize = 'a function'), /batchSize must be an integer/],
    'another word for what is no function': ['plain', (_, l) => (l.options.seed = 'a text of its own'), /seed must be an integer/],
    'no rate': ['plain', (_, l) => delete l.options.learningRate, /options: learningRate must be there/],
    'no optimizer': ['plain', (_, l) => delete l.options.optimizer, /options: optimizer must be there/],
    'numbers of null': ['plain', (_, l) => (l.trainer.optimizer.numbers = null), /optimizer: numbers must be an object, got null/],
    'no numbers': ['plain', (_, l) => delete l.trainer.optimizer.numbers, /optimizer: numbers must be an object, got undefined/],
    'a number missing': ['plain', (_, l) => delete l.trainer.optimizer.numbers.beta2, /optimizer: numbers\.beta2 must be there/],
    'a number that cannot be': ['plain', (_, l) => (l.trainer.optimizer.numbers.beta1 = 7), /beta1 must be a number from 0 to below 1, got 7/],
    'a number that is another': ['plain', (_, l) => (l.trainer.optimizer.numbers.beta1 = 0.5), /numbers\.beta1 must be 0\.9, as the options say, got 0\.5/],
    'a power above 1': ['plain', (_, l) => (l.trainer.optimizer.numbers.beta1Power = 2), /beta1Power must be a number from 0 to 1, got 2/],
    'a momentum without its moments': ['sgd', (_, l) => (l.options.momentum = l.trainer.optimizer.numbers.momentum = 0.9), /tensor 'optimizer\.0\.weight_ih_l0' is missing/],
    'another optimizer': ['plain', (_, l) => {
      l.options = { ...l.options, optimizer: 'rmsprop', alpha: 0.9, momentum: 0 };
      delete l.options.beta1;
      delete l.options.beta2;
      l.trainer.optimizer = { name: 'rmsprop', numbers: { learningRate: 0.1, alpha: 0.9, momentum: 0, epsilon: 1e-8, weightDecay: 0 } };
    }, /squares of the gradients of 'weight_ih_l0' have -0\.00\d+ at index 0/],
    'more steps than characters': ['plain', (c) => (c.step = 1e15), /checkpoint: step must be at most 320, chars/],
    'more characters read than trained on': ['plain', (_, l) => (l.reader.read = 1e15), /reader: read must be at most 320, chars/],
    'a start ahead': ['plain', (_, l) => (l.state.start.step = 10), /start: step must be at most 0, that of since/],
    'a budget ahead': ['plain', (_, l) => (l.state.since.step = 21), /since: step must be at most 20, step/],
    'a start read ahead': ['plain', (_, l) => (l.state.start.read = 10), /start: read must be at most 0, that of since/],
    'a budget read ahead': ['plain', (_, l) => (l.state.since.read = 1e9), /since: read must be at most 320, what is read/],
    'a trainer ahead': ['plain', (_, l) => (l.trainer.steps = 21), /trainer: steps must be at most 20, step/],
    'a health of steps to come': ['plain', (_, l) => (l.state.health.seen = 221), /health: seen must be at most 220, step/],
    'a loss below 0': ['plain', (_, l) => (l.state.health.smoothed = -1), /smoothed must be a number from 0/],
    'a spike below 0': ['plain', (_, l) => (l.state.health.spike = { step: 1, loss: -1 }), /spike: loss must be a number from 0/],
    'recoveries without measure': ['plain', (_, l) => (l.state.health.recoveries = 1e9), /recoveries must be an integer from 0 to 1000/],
    'seconds below 0': ['plain', (_, l) => (l.state.seconds = -5), /seconds must be a number from 0/],
    'seconds without end': ['plain', (_, l) => (l.state.seconds = 'Infinity'), /seconds must be a number from 0/],
    'a best loss below 0': ['best', (_, l) => (l.state.best.loss = -1), /best: loss must be a number from 0/],
    'best parameters without a loss': ['best', (_, l) => delete l.state.best.loss, /best: loss must be there beside the best parameters/],
    'freshness that is not said': ['plain', (_, l) => delete l.trainer.isFresh, /isFresh must be true or false/],
    'another prototype': ['plain', (_, l) => Object.defineProperty(l.options, '__proto__', { value: {}, enumerable: true }), /unknown option "__proto__"/],
    'names of every object': ['plain', (_, l) => (l.options.constructor = 1), /unknown option "constructor"/],
  };
  for (const [name, [file, change, message]] of Object.entries(cases)) {
    test(name, () => refused(editedIn(files[file], 'checkpoint', (checkpoint) => change(checkpoint, checkpoint.last)), message));
  }

  test('without a run it says little: a generator of zeros', () => {
    refused(editedIn(kept('checkpoint-before-any'), 'checkpoint', (checkpoint) => checkpoint.random.fill(0)), /random must be words/);
  });

  test('of weights of 8 bits, which cannot go on', () => {
    const model = lstm.createCharModel({ text, hiddenSize: 2 });
    const { checkpoint } = headerOf(model.checkpoint()).__metadata__;
    const file = edited(model.quantize().save(), (header) => (header.__metadata__.checkpoint = checkpoint));
    refused(file, /a checkpoint needs float weights, these have 8 bits/);
  });
});

describe('tensors that cannot be', () => {
  /** @param {string} file @param {string} name @param {number} value */
  const withNumber = (file, name, value) => {
    const bytes = kept(file);
    const data = dataOf(bytes);
    new DataView(data.buffer, data.byteOffset).setFloat32(headerOf(bytes)[name].data_offsets[0], value, true);
    return bytes;
  };
  for (const value of [NaN, Infinity, -Infinity]) {
    for (const name of ['optimizer.0.weight_hh_l0', 'optimizer.1.head.bias', 'state.0.h', 'state.0.c', 'best.head.bias', 'head.bias']) {
      test(`${name} of ${value}`, () => {
        refused(withNumber('checkpoint-keep-best', name, value), new RegExp(`${name.replaceAll('.', '\\.')}. has ${value} at index 0`));
      });
    }
  }
  test('squares below 0', () => {
    const squares = /squares of the gradients of 'head\.bias' have -1 at index 0/;
    refused(withNumber('checkpoint-adam', 'optimizer.1.head.bias', -1), squares);
    refused(withNumber('checkpoint-adagrad', 'optimizer.0.head.bias', -1), squares);
    refused(withNumber('checkpoint-rmsprop-momentum', 'optimizer.1.head.bias', -1), squares);
  });
  test('moments below 0 are none of them', () => {
    lstm.openCharModel(withNumber('checkpoint-sgd-momentum', 'optimizer.0.head.bias', -1)).dispose();
    lstm.openCharModel(withNumber('checkpoint-rmsprop-momentum', 'optimizer.0.head.bias', -1)).dispose();
  });
  test('a state that remembers no token', () => {
    for (const token of [0.5, -1, 7]) {
      refused(withNumber('checkpoint-tdnn', 'state.0.c', token), /checkpoint: state\[0\]\.c\[0\] must be an integer from 0 to 6/);
    }
  });
});

test('any value in any place: refused when it is opened, or it goes on; memory is taken for neither', () => {
  const values = [null, -1, 0, 1, 0.5, 65537, 2 ** 20, 1e15, 2 ** 53, 1e300, -1e300, '', 'x', 'Infinity', 'a function', true, false, [], [1], {}, { a: 1 }];
  /** @param {any} value @returns {string[][]} the ways to all that is in it */
  const placesIn = (value) => (typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inside]) => [[key], ...placesIn(inside).map((rest) => [key, ...rest])]) : []);
  const before = lstm.memoryBytes;
  const counts = { refused: 0, went: 0 };
  for (const name of ['checkpoint-keep-best', 'checkpoint-dropout', 'checkpoint-schedule-exponential', 'checkpoint-tdnn', 'checkpoint-recovered']) {
    const bytes = kept(name);
    const places = placesIn(JSON.parse(headerOf(bytes).__metadata__.checkpoint));
    assert.ok(places.length > 60);
    for (const place of places) {
      for (const value of [undefined, ...values]) {
        const file = editedIn(bytes, 'checkpoint', (checkpoint) => {
          const at = place.slice(0, -1).reduce((inside, key) => inside[key], checkpoint);
          at[/** @type {string} */ (place.at(-1))] = value;
        });
        let model;
        try {
          model = lstm.openCharModel(file);
        } catch (error) {
          assert.ok(error instanceof FileFormatError, `${name}: ${place.join('.')} = ${JSON.stringify(value)}: ${error.stack}`);
          counts.refused += 1;
          continue;
        }
        try {
          const { value: report } = model.train(text, { reportEvery: 1 }).next();
          assert.ok(report === undefined || Number.isFinite(report.loss));
          lstm.openCharModel(model.checkpoint()).dispose();
          counts.went += 1;
        } catch (error) {
          // Another text, as far as the checkpoint says.
          assert.ok(error instanceof LstmError, `${name}: ${place.join('.')} = ${JSON.stringify(value)}: ${error.stack}`);
        } finally {
          model.dispose();
        }
      }
    }
  }
  assert.ok(counts.refused > 5000 && counts.went > 300, JSON.stringify(counts));
  assert.ok(lstm.memoryBytes <= before + 2 ** 20, `${lstm.memoryBytes - before} bytes more`);
});
