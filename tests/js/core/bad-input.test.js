// Every input can be wrong. It gets an error that names the argument, what was expected and what was got; nothing
// changes, and the object stays usable.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArgumentError, DisposedError, DivergedError, LstmError, OutOfMemoryError, load } from 'lstm-wasm';

const lstm = await load();
const text = 'the quick brown fox jumps over the lazy dog. '.repeat(20);

/**
 * @param {() => unknown} call
 * @param {RegExp} message
 * @param {new (message: string) => LstmError} [Class]
 */
function refuses(call, message, Class = ArgumentError) {
  assert.throws(call, (error) => {
    assert.ok(error instanceof Class, `expected ${Class.name}, got ${error}`);
    assert.ok(error instanceof LstmError);
    assert.equal(error.name, Class.name);
    assert.match(error.message, message);
    return true;
  });
}

const tokenNetwork = { input: { tokens: 5 }, layers: [{ kind: 'lstm', hiddenSize: 6 }], output: { classes: 5 } };
const vectorNetwork = { input: { size: 3 }, layers: [{ kind: 'lstm', hiddenSize: 6 }], output: { values: 2 } };

describe('load', () => {
  const cases = [
    [{ variant: 'fast' }, /load: variant must be one of 'auto', 'repeatable', 'relaxed', 'simd', 'scalar', got "fast"/],
    [{ Variant: 'simd' }, /load: unknown option "Variant", expected only variant, wasm, integrity, signal/],
    [{ wasm: [0] }, /load: wasm must be a WebAssembly.Module, an ArrayBuffer, a typed array, .* or a promise of one, got an array of 1/],
    [{ wasm: 'lstm.wasm' }, /load: wasm must be an address that can be read, got "lstm.wasm": ENOENT: no such file/],
    [null, /load: options must be an object, got null/],
  ];
  for (const [options, message] of cases) {
    test(String(message), async () => {
      await assert.rejects(load(options), (error) => error instanceof ArgumentError && message.test(error.message));
    });
  }

  test('bytes that are no module', async () => {
    await assert.rejects(load({ wasm: new Uint8Array([1, 2, 3, 4]) }), (error) => {
      assert.ok(error instanceof LstmError);
      assert.match(error.message, /^load: cannot load the '\w+' module from the bytes given as `wasm`: /);
      return true;
    });
  });

  test('a module of somebody else', async () => {
    const empty = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    await assert.rejects(load({ wasm: empty }), /load: the WebAssembly module is not one of lstm-wasm/);
  });
});

describe('sizes', () => {
  const wrong = [0, -1, 1.5, NaN, Infinity, 2 ** 40, '8', null, undefined, [4], 8n];
  for (const size of wrong) {
    test(`hiddenSize ${typeof size === 'bigint' ? `${size}n` : JSON.stringify(size)} (${typeof size})`, () => {
      const layers = [{ kind: 'lstm', hiddenSize: size }];
      refuses(
        () => lstm.createNetwork({ ...tokenNetwork, layers }),
        /^createNetwork: layers\[0\]: hiddenSize must be an integer from 1 to 65536, got /,
      );
      refuses(
        () => lstm.createCell({ inputSize: 3, hiddenSize: size }),
        /^createCell: hiddenSize must be an integer from 1 to 65536, got /,
      );
      if (size !== undefined) {
        refuses(() => lstm.createCharModel({ text, hiddenSize: size }), /^createCharModel: hiddenSize must be an integer/);
        const expected = Array.isArray(size) ? /^createCharModel: layers\[0\]: options must be an object/
          : /^createCharModel: layers must be an integer/;
        refuses(() => lstm.createCharModel({ text, layers: size }), expected);
      }
    });
  }

  const descriptions = [
    [{ ...tokenNetwork, input: { tokens: 0 } }, /input\.tokens must be an integer from 1 to 1048576, got 0/],
    [{ ...tokenNetwork, input: {} }, /input must be \{ tokens: n \} or \{ size: n \}, got an object/],
    [{ ...tokenNetwork, input: { tokens: 3, size: 3 } }, /input must be .* got "\{ tokens, size \}"/],
    [{ ...tokenNetwork, layers: [] }, /layers must be an array of 1 to 1024 layers, got an array of 0/],
    [{ ...tokenNetwork, layers: 2 }, /layers must be an array of 1 to 1024 layers, got 2/],
    [{ ...tokenNetwork, layers: [{ hiddenSize: 3 }] }, /layers\[0\]: kind must be one of 'rnn', 'lstm', .*, got undefined/],
    [{ ...tokenNetwork, layers: [{ kind: 'lstn', hiddenSize: 3 }] }, /layers\[0\]: kind must be one of 'rnn', 'lstm', .*, got "lstn"/],
    [{ ...tokenNetwork, layers: [{ kind: 'lstm', hidden: 3 }] }, /layers\[0\]: unknown option "hidden"/],
    [{ ...tokenNetwork, output: { classes: -2 } }, /output\.classes must be an integer from 1 to 1048576, got -2/],
    [{ ...tokenNetwork, seed: 0.5 }, /seed must be an integer from 0 to 4294967295, got 0.5/],
    [{ ...tokenNetwork, sead: 1 }, /unknown option "sead", expected only input, layers, output, seed/],
  ];
  for (const [options, message] of descriptions) {
    test(`createNetwork: ${message}`, () => refuses(() => lstm.createNetwork(options), message));
  }

  test('a polluted prototype is no option', () => {
    refuses(() => lstm.createNetwork(JSON.parse('{"__proto__": {"input": 1}}')), /unknown option "__proto__"/);
  });

  test('too large for memory: an error, and everything else goes on', () => {
    const net = lstm.createNetwork(tokenNetwork);
    const before = net.step(1, net.initialState());
    refuses(
      () => lstm.createNetwork({ ...tokenNetwork, layers: [{ kind: 'lstm', hiddenSize: 65536 }] }),
      /createNetwork: not enough memory for a network of input 5, hidden sizes 65536/,
      OutOfMemoryError,
    );
    refuses(
      () => net.createTrainer({ batchSize: 65536, window: 2 ** 20 }),
      /createTrainer: not enough memory for batchSize 65536 and window 1048576/,
      OutOfMemoryError,
    );
    assert.deepEqual(net.step(1, net.initialState()), before);
    net.dispose();
  });
});

describe('steps', () => {
  const net = lstm.createNetwork(vectorNetwork);
  const tokens = lstm.createNetwork(tokenNetwork);
  const good = [0.1, 0.2, 0.3];

  const inputs = [
    [[1, 2], /step: input must be an array of 3 numbers, got an array of 2/],
    [[1, NaN, 3], /step: input\[1\] must be a finite number, got NaN/],
    [[1, 2, Infinity], /step: input\[2\] must be a finite number, got Infinity/],
    [[1, 2, 1e300], /step: input\[2\] must be a number that fits a 32-bit float, got 1e\+300/],
    [['1', 2, 3], /step: input\[0\] must be a finite number, got "1"/],
    ['abc', /step: input must be an array of 3 numbers, got "abc"/],
    [7, /step: input must be an array of 3 numbers, got 7/],
    [undefined, /step: input must be an array of 3 numbers, got undefined/],
  ];
  for (const [input, message] of inputs) {
    test(String(message), () => {
      const state = net.initialState();
      refuses(() => net.step(input, state), message);
      assert.deepEqual(state, net.initialState());
    });
  }

  for (const token of [-1, 5, 1.5, NaN, '1', undefined, [1]]) {
    test(`token ${JSON.stringify(token)}`, () => {
      refuses(() => tokens.step(token, tokens.initialState()), /step: input must be an integer from 0 to 4, got /);
    });
  }

  const states = [
    [undefined, /step: state must be an array of 1 layers' states, got undefined/],
    [[], /step: state must be an array of 1 layers' states, got an array of 0/],
    [[{ h: new Float32Array(6) }], /step: state\[0\]\.c must be an array of 6 numbers, got undefined/],
    [[{ h: new Float32Array(5), c: new Float32Array(6) }], /step: state\[0\]\.h must be an array of 6 numbers, got Float32Array of 5/],
    [[{ h: [0, 0, 0, null, 0, 0], c: new Float32Array(6) }], /step: state\[0\]\.h\[3\] must be a finite number, got null/],
    [[{ h: [0, 0, 0, 0, 0, 1e39], c: new Float32Array(6) }], /step: state\[0\]\.h\[5\] must be a number that fits a 32-bit float, got 1e\+39/],
    [[{ h: { 0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 6: 0 }, c: new Float32Array(6) }], /step: state\[0\]\.h must be an array of 6 numbers, got an object/],
    [[{ h: '000000', c: new Float32Array(6) }], /step: state\[0\]\.h must be an array of 6 numbers, got "000000"/],
    [[Object.freeze({ h: [0, 0, 0, 0, 0, 0], c: new Float32Array(6) })], /state\[0\] must be an object that is not frozen, got an object/],
    [[{ h: new Float32Array(6).fill(NaN), c: new Float32Array(6) }], /step: state\[0\]\.h\[0\] must be a finite number, got NaN/],
    [[null], /step: state\[0\]\.h must be an array of 6 numbers, got undefined/],
  ];
  for (const [state, message] of states) test(String(message), () => refuses(() => net.step(good, state), message));

  test('generate', () => {
    const state = tokens.initialState();
    refuses(() => tokens.generate({ state, token: 5, length: 3 }), /generate: token must be an integer from 0 to 4, got 5/);
    refuses(() => tokens.generate({ state, token: 1, length: 0 }), /generate: length must be an integer from 1/);
    refuses(() => tokens.generate({ state, token: 1, length: 3, temperature: -1 }), /generate: temperature must be a number from 0/);
    refuses(() => tokens.generate({ state, token: 1, length: 3, seed: -1 }), /generate: seed must be an integer/);
    refuses(() => net.generate({ state: net.initialState(), token: 1 }), /generate: needs a network with token input/);
    assert.deepEqual(state, tokens.initialState());
  });

  test('parameters: all or none', () => {
    const before = net.parameters();
    const right = new Float32Array(2);
    refuses(() => net.setParameters({ 'head.bias': right, nobody: right }), /setParameters: unknown parameter "nobody", expected only weight_ih_l0/);
    refuses(() => net.setParameters({ 'head.bias': right, 'head.weight': right }), /setParameters: head\.weight must be an array of 12 numbers \(2 x 6\), got Float32Array of 2/);
    refuses(() => net.setParameters({ 'head.bias': [1, NaN] }), /setParameters: head\.bias\[1\] must be a finite number, got NaN/);
    refuses(() => net.setParameters(null), /setParameters: values must be an object/);
    assert.deepEqual(net.parameters(), before);
  });

  test('cells', () => {
    const cell = lstm.createCell({ inputSize: 3, hiddenSize: 4 });
    refuses(() => cell.step(good, null), /step: state must be an object of \{ h, c \}, got null/);
    refuses(() => cell.step([1], cell.initialState()), /step: input must be an array of 3 numbers/);
    refuses(() => cell.setParameters({ weight: [] }), /unknown parameter/);
    refuses(() => lstm.createCell({ inputSize: 3 }), /createCell: hiddenSize must be .* got undefined/);
    refuses(() => lstm.createCell(), /createCell: options must be an object, got undefined/);
  });
});

describe('training', () => {
  const net = lstm.createNetwork(tokenNetwork);
  const options = [
    [{ batchSize: 0 }, /createTrainer: batchSize must be an integer from 1 to 65536, got 0/],
    [{ window: 2.5 }, /createTrainer: window must be an integer from 1 to 1048576, got 2.5/],
    [{ learningRate: 0 }, /createTrainer: learningRate must be a number above 0, got 0/],
    [{ learningRate: NaN }, /createTrainer: learningRate must be a number above 0, got NaN/],
    [{ learningRate: Infinity }, /createTrainer: learningRate must be a number above 0, got Infinity/],
    [{ beta1: 1 }, /createTrainer: beta1 must be a number from 0 to below 1, got 1/],
    [{ clipNorm: -1 }, /createTrainer: clipNorm must be a number above 0, got -1/],
    [{ optimizer: 'sgdd' }, /createTrainer: optimizer must be one of 'adam', 'adamw', 'sgd', 'adagrad', 'rmsprop', got "sgdd"/],
    [{ optimiser: 'adam' }, /createTrainer: unknown option "optimiser", expected only optimizer/],
  ];
  for (const [given, message] of options) test(String(message), () => refuses(() => net.createTrainer(given), message));

  test('windows', () => {
    const trainer = net.createTrainer({ batchSize: 2, window: 3 });
    const right = [0, 1, 2, 3, 4, 0];
    trainer.step(right, right);
    const before = [net.parameters(), trainer.state(), trainer.steps];
    refuses(() => trainer.step([0], right), /step: inputs must be an array of 6 \(window 3 x batchSize 2\), got an array of 1/);
    refuses(() => trainer.step(right, [0, 1, 2, 3, 4, 5]), /step: targets\[5\] must be an integer from 0 to 4, got 5/);
    refuses(() => trainer.step(right, undefined), /step: targets must be an array of 6 .*, got undefined/);
    refuses(() => trainer.gradients([0, 0, 0, 0, 0, -1], right), /gradients: inputs\[5\] must be an integer/);
    refuses(() => trainer.setState([]), /setState: state must be an array of 1 layers' states/);
    refuses(() => (trainer.learningRate = -1), /Trainer\.learningRate must be a number from 0, got -1/);
    assert.deepEqual([net.parameters(), trainer.state(), trainer.steps], before);
    trainer.step(right, right);
  });

  test('numbers that run away: an error, nothing updated, usable after', () => {
    const values = lstm.createNetwork(vectorNetwork);
    const trainer = values.createTrainer({ batchSize: 1, window: 2 });
    values.setParameters({ 'head.bias': [3e38, 3e38] });
    const before = values.parameters();
    refuses(
      // Twice as far away as a float reaches.
      () => trainer.step(new Float32Array(6), new Float32Array(4).fill(-3e38)),
      /Trainer\.step: the loss or its gradient is not finite at step 1; nothing was updated.*learningRate \(now 0\.002\)/,
      DivergedError,
    );
    assert.deepEqual(values.parameters(), before);
    assert.equal(trainer.steps, 0);
    assert.ok(Number.isFinite(trainer.step(new Float32Array(6), new Float32Array(4)).loss));
  });
});

describe('character models', () => {
  const model = lstm.createCharModel({ text, hiddenSize: 8 });

  const creations = [
    [{}, /createCharModel: expected either text or alphabet, got neither/],
    [{ text, alphabet: 'abc' }, /createCharModel: expected either text or alphabet, got both/],
    [{ text: '' }, /createCharModel: text must be a string that is not empty, got ""/],
    [{ text: 7 }, /createCharModel: text must be a string that is not empty, got 7/],
    [{ alphabet: 'aba' }, /createCharModel: alphabet\[2\]: "a" is there twice/],
    [{ alphabet: ['a', 'bc'] }, /createCharModel: alphabet\[1\] must be one character, got "bc"/],
    [{ text, hidden: 4 }, /createCharModel: unknown option "hidden"/],
  ];
  for (const [options, message] of creations) {
    test(String(message), () => refuses(() => lstm.createCharModel(options), message));
  }

  test('more characters than a network can have tokens', () => {
    // Without surrogates, which are no characters.
    const alphabet = Array.from({ length: 2 ** 20 + 1 }, (_, i) => String.fromCodePoint(i < 0xd800 ? i : i + 0x800));
    refuses(
      () => lstm.createCharModel({ alphabet, hiddenSize: 1 }),
      /^createCharModel: alphabet must be an array of at most 1048576 characters, got an array of 1048577$/,
    );
    refuses(
      () => lstm.createCharModel({ text: alphabet.join(''), hiddenSize: 1 }),
      /^createCharModel: text must have at most 1048576 different characters, got 1048577$/,
    );
  });

  const trainings = [
    ['', {}, /train: text must be a string that is not empty, got ""/],
    [text.slice(0, 50), { batchSize: 16, window: 32 }, /train: text must have at least 513 characters to train on \(batchSize 16 x window 32 \+ 1\), got 50/],
    [text.slice(0, 1), {}, /train: text must have at least 2 characters to train on \(batchSize 1 x window 1 \+ 1\), got 1/],
    [text, { validation: { text: `${text}Ω` } },
      /train: validation\.text must only have characters of the model's alphabet \(\d+\), got "Ω" \(U\+03A9\) as character 900/],
    [text, { seconds: 0 }, /train: seconds must be a number above 0, got 0/],
    [text, { epochs: 1, steps: 3 }, /train: expected at most one of seconds, epochs, steps/],
    [text, { validation: 1 }, /train: validation must be a number from 0 to below 1, got 1/],
    [text, { batchSize: 2, window: 4, validation: 0.001 }, /train: validation must leave at least 2 characters to measure on, got 0 of 900/],
    [text, { signal: 'stop' }, /train: signal must be an AbortSignal, got "stop"/],
    [text, { batch: 3 }, /train: unknown option "batch"/],
  ];
  for (const [given, options, message] of trainings) {
    test(String(message), () => refuses(() => model.train(given, options), message));
  }

  test('characters never seen', () => {
    refuses(() => model.predict('the €'), /predict: text must only have characters .* got "€" \(U\+20AC\) as character 4/);
    refuses(() => model.generate({ prime: 'Ä' }), /generate: prime must only have characters .* got "Ä"/);
    refuses(() => model.evaluate('a😀'), /evaluate: text .* got "😀" \(U\+1F600\) as character 1/);
    refuses(() => model.predict(''), /predict: text must be a string that is not empty, got ""/);
    refuses(() => model.generate({ prime: '' }), /generate: prime must be a string that is not empty/);
    refuses(() => model.evaluate('a'), /evaluate: text must have at least 2 characters that the model reads, got 1/);
    refuses(() => model.predict('the', { top: 0 }), /predict: top must be an integer from 1/);
    refuses(() => model.generate({ temprature: 1 }), /generate: unknown option "temprature"/);
  });
});

describe('after dispose', () => {
  test('cell', () => {
    const cell = lstm.createCell({ inputSize: 3, hiddenSize: 4 });
    const state = cell.initialState();
    cell.dispose();
    cell.dispose();
    assert.equal(cell.disposed, true);
    refuses(() => cell.step([1, 2, 3], state), /Cell\.step: this Cell was disposed/, DisposedError);
    refuses(() => cell.gates(), /Cell\.gates: this Cell was disposed/, DisposedError);
  });

  test('network, and with it its trainers', () => {
    const net = lstm.createNetwork(tokenNetwork);
    const trainer = net.createTrainer({ batchSize: 1, window: 1 });
    net.dispose();
    refuses(() => net.step(0, []), /Network\.step: this Network was disposed/, DisposedError);
    refuses(() => net.createTrainer(), /Network\.createTrainer: this Network was disposed/, DisposedError);
    refuses(() => trainer.step([0], [0]), /Trainer\.step: the Network of this Trainer was disposed/, DisposedError);
    assert.equal(trainer.disposed, true);
  });

  test('trainer alone', () => {
    const net = lstm.createNetwork(tokenNetwork);
    const trainer = net.createTrainer({ batchSize: 1, window: 1 });
    trainer[Symbol.dispose]();
    refuses(() => trainer.step([0], [0]), /Trainer\.step: this Trainer was disposed/, DisposedError);
    assert.equal(net.step(0, net.initialState()).length, 5);
    net.dispose();
  });

  test('character model, also in the middle of training', () => {
    const model = lstm.createCharModel({ text, hiddenSize: 8 });
    const training = model.train(text, { batchSize: 2, window: 4, reportEvery: 1 });
    training.next();
    model.dispose();
    refuses(() => training.next(), /CharModel\.train: this CharModel was disposed/, DisposedError);
    for (const call of ['predict', 'evaluate', 'train', 'generate', 'trace', 'save']) {
      refuses(() => model[call](text), new RegExp(`CharModel\\.${call}: this CharModel was disposed`), DisposedError);
    }
  });
});
