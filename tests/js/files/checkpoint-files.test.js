// Checkpoints from outside are hostile: an error of ours or a run that goes on, never anything else.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FileFormatError, load, LstmError } from 'lstm-wasm';
import { dataOf, edited, unsigned } from './edit.js';
import { assertRefused } from './refused.js';

const lstm = await load({ variant: 'simd' });
const text = 'In the beginning the cat sat on the mat, and the rat ran at the hat; '.repeat(40);

describe('damaged and hostile checkpoints', () => {
  const model = lstm.createCharModel({ text, hiddenSize: 6, seed: 1 });
  const options = { batchSize: 4, window: 10, steps: 20, validation: 0.1, keepBest: true, validateEvery: 5 };
  let bytes = new Uint8Array();
  for (const { step } of model.train(text, { ...options, reportEvery: 1 })) if (step === 10) bytes = model.checkpoint();
  // As a program leaves it that changes a file: without a checksum.
  bytes = unsigned(bytes);
  const headerLength = bytes.length - 8 - dataOf(bytes).length;
  const rewritten = (change) => edited(bytes, change);
  const changed = (change) => rewritten((header) => {
    const checkpoint = JSON.parse(header.__metadata__.checkpoint);
    change(checkpoint, checkpoint.last);
    header.__metadata__.checkpoint = JSON.stringify(checkpoint);
  });
  const rename = (from, to) => rewritten((header) => {
    header[to] = header[from];
    delete header[from];
  });

  const files = {
    'no JSON': [rewritten((header) => (header.__metadata__.checkpoint = '{')), /metadata checkpoint must be JSON/],
    'no object': [
      rewritten((header) => (header.__metadata__.checkpoint = '7')),
      /checkpoint: options must be an object, got 7/,
    ],
    'no checkpoint': [rewritten((header) => delete header.__metadata__.checkpoint), /unknown tensor "optimizer\.0\./],
    'a negative step': [changed((checkpoint) => (checkpoint.step = -1)), /checkpoint: step must be an integer from 0/],
    'a generator of three words': [
      changed((checkpoint) => checkpoint.random.pop()),
      /checkpoint: random must be an array of 4, got an array of 3/,
    ],
    'more than there is': [changed((checkpoint) => (checkpoint.more = 1)), /checkpoint: unknown option "more"/],
    'an option nobody knows': [changed((_, last) => (last.options.speed = 1)), /unknown option "speed"/],
    'an optimizer nobody knows': [
      changed((_, last) => (last.options.optimizer = 'toString')),
      /optimizer must be one of 'adam'/,
    ],
    'two optimizers': [
      changed((_, last) => (last.trainer.optimizer.name = 'sgd')),
      /optimizer must be 'adam', as the options say, got "sgd"/,
    ],
    'a batch of another size': [
      changed((_, last) => (last.reader.batchSize = 5)),
      /reader: streams must be an array of 5, got an array of 4/,
    ],
    'a moment missing': [
      rename('optimizer.1.head.bias', 'optimizer.2.head.bias'),
      /tensor 'optimizer\.1\.head\.bias' is missing/,
    ],
    'moments missing': [
      changed((_, last) => (last.trainer.optimizer.name = last.options.optimizer = 'rmsprop')),
      /checkpoint: |unknown option "beta1"|beta1 is an option/,
    ],
    'a state missing': [rename('state.0.c', 'state.1.c'), /tensor 'state\.0\.c' is missing/],
    'a tensor nobody knows': [rename('best.head.bias', 'best.head.bias2'), /tensor 'best\.head\.bias' is missing/],
    'a best without end': [rename('head.bias', 'best.more'), /tensor 'head\.bias' is missing/],
    'a loss that is no number': [
      changed((_, last) => (last.state.health.smoothed = 'Infinity')),
      /smoothed must be a number/,
    ],
    'a spike that is none': [changed((_, last) => (last.state.health.spike = {})), /spike: step must be an integer/],
    'a state that is not a number': [withNaN('state.0.h'), /tensor 'state\.0\.h' has NaN at index 0/],
  };

  function withNaN(name) {
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)));
    const copy = bytes.slice();
    new DataView(copy.buffer).setFloat32(8 + headerLength + header[name].data_offsets[0], NaN, true);
    return copy;
  }

  for (const [name, [file, message]] of Object.entries(files)) {
    test(name, () => assertRefused(lstm, file, message));
  }

  test('what only the text can tell is told when it goes on, and the model is as it was', () => {
    const file = changed((_, last) => (last.reader.streams[1] = last.reader.streams[2] - 1));
    const opened = lstm.openCharModel(file);
    const before = opened.predict('the c');
    const memory = lstm.memoryBytes;
    assert.throws(() => opened.train(text).next(), (error) => {
      assert.ok(error instanceof FileFormatError, error.stack);
      assert.match(error.message, /train: stream 1 cannot be at \d+ of the text/);
      return true;
    });
    assert.deepEqual(opened.predict('the c'), before);
    assert.equal(lstm.memoryBytes, memory);
  });

  test('any one byte changed: an error of ours or a run that goes on, never anything else', () => {
    let state = 3;
    const random = (limit) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % limit;
    const counts = { refused: 0, later: 0, went: 0 };
    for (let i = 0; i < 1200; i++) {
      const damaged = bytes.slice();
      damaged[random(4) === 0 ? random(damaged.length) : random(8 + headerLength)] = random(256);
      let opened;
      try {
        opened = lstm.openCharModel(damaged);
      } catch (error) {
        assert.ok(error instanceof FileFormatError, error.stack);
        counts.refused += 1;
        continue;
      }
      try {
        // A window or batch without measure is asked for in vain: the text is too short.
        const { value } = opened.train(text, { reportEvery: 1, steps: 2 }).next();
        assert.ok(value.step > 0);
        counts.went += 1;
      } catch (error) {
        assert.ok(error instanceof LstmError, error.stack);
        counts.later += 1;
      } finally {
        opened.dispose();
      }
    }
    assert.ok(counts.refused > 300 && counts.went > 30, JSON.stringify(counts));
  });
});
