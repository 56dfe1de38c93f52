// The API does what its documentation says: cells, networks, trainers, character models, memory.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';

const lstm = await load();
const text = 'In the beginning was the word, and the word was new. '.repeat(60);

describe('load', () => {
  for (const variant of ['scalar', 'simd']) {
    test(`${variant} can be forced, and given as bytes or as a module`, async () => {
      const bytes = await readFile(new URL(import.meta.resolve(`lstm-wasm/lstm-${variant}.wasm`)));
      for (const wasm of [undefined, bytes, await WebAssembly.compile(bytes)]) {
        const library = await load({ variant, wasm });
        assert.equal(library.variant, variant);
        assert.equal(library.createCell({ inputSize: 2, hiddenSize: 2 }).step([1, 2], { h: new Float32Array(2), c: new Float32Array(2) }).h.length, 2);
      }
    });
  }

  test('auto takes the fastest that validates', async () => {
    const relaxed = WebAssembly.validate(await readFile(new URL(import.meta.resolve('lstm-wasm/lstm-relaxed.wasm'))));
    assert.equal(lstm.variant, relaxed ? 'relaxed' : 'simd');
  });

  test('repeatable takes simd, and scalar only where the engine has no SIMD', async (t) => {
    assert.equal((await load({ variant: 'repeatable' })).variant, 'simd');
    t.mock.method(WebAssembly, 'validate', () => false);
    assert.equal((await load({ variant: 'repeatable' })).variant, 'scalar');
  });

  test('repeatable says why simd cannot be loaded, and does not take scalar in its place', async () => {
    const wasm = new Uint8Array(8);
    await assert.rejects(load({ variant: 'repeatable', wasm }), { code: 'ERR_UNSUPPORTED', message: /'simd' module/ });
  });

  test('each instance has a memory of its own', async () => {
    const other = await load();
    const before = other.memoryBytes;
    const net = lstm.createNetwork({ input: { tokens: 50 }, layers: [{ kind: 'lstm', hiddenSize: 2000 }] });
    assert.ok(lstm.memoryBytes > 60e6);
    assert.equal(other.memoryBytes, before);
    net.dispose();
  });
});

describe('cell', () => {
  const cell = lstm.createCell({ kind: 'lstm', inputSize: 3, hiddenSize: 4, seed: 1 });

  test('the equations hold between gates, state and output', () => {
    const state = cell.initialState();
    cell.step([0.5, -1, 2], state);
    const c_prev = state.c.slice();
    assert.equal(cell.step([1, 0, -0.5], state), state);
    const { input, forget, candidate, output } = cell.gates();
    for (let j = 0; j < 4; j++) {
      assert.ok(Math.abs(state.c[j] - (forget[j] * c_prev[j] + input[j] * candidate[j])) < 1e-6);
      assert.ok(Math.abs(state.h[j] - output[j] * Math.tanh(state.c[j])) < 1e-6);
    }
  });

  test('parameters by the names of torch.nn.LSTMCell', () => {
    assert.deepEqual(cell.shapes, { weight_ih: [16, 3], weight_hh: [16, 4], bias_ih: [16], bias_hh: [16] });
    const weight_hh = Float32Array.from({ length: 64 }, (_, i) => i / 64);
    cell.setParameters({ weight_hh });
    assert.deepEqual(cell.parameters().weight_hh, weight_hh);
  });

  test('what it gives is the caller\'s: later steps leave it alone', () => {
    const state = cell.initialState();
    cell.step([1, 1, 1], state);
    const gates = cell.gates();
    const copy = structuredClone(gates);
    cell.step([-3, 2, 1], state);
    assert.deepEqual(gates, copy);
  });
});

describe('network', () => {
  test('the forget gate starts open, the rest within 1/sqrt(H)', () => {
    const net = lstm.createNetwork({ input: { tokens: 7 }, layers: [{ kind: 'lstm', hiddenSize: 16 }], output: { classes: 7 } });
    const { bias_ih_l0, bias_hh_l0, ...others } = net.parameters();
    for (let j = 0; j < 16; j++) assert.equal(bias_ih_l0[16 + j] + bias_hh_l0[16 + j], 1);
    for (const [name, values] of Object.entries(others)) {
      assert.ok(values.every((value) => Math.abs(value) <= 0.25), name);
      assert.ok(values.some((value) => Math.abs(value) > 0.2), name);
    }
    assert.equal(net.parameterCount, 64 * (7 + 16 + 2) + 7 * 17);
  });

  test('setParameters and parameters agree, for tokens too', () => {
    const net = lstm.createNetwork({ input: { tokens: 3 }, layers: [{ kind: 'lstm', hiddenSize: 2 }] });
    const weight_ih_l0 = Float32Array.from({ length: 24 }, (_, i) => i);
    net.setParameters({ weight_ih_l0 });
    assert.deepEqual(net.parameters().weight_ih_l0, weight_ih_l0);
  });

  test('generate: the same seed the same tokens, chunks do not show, the state goes on', () => {
    const net = lstm.createNetwork({ input: { tokens: 9 }, layers: [{ kind: 'lstm', hiddenSize: 5 }], output: { classes: 9 } });
    const whole = net.generate({ state: net.initialState(), token: 0, length: 9000, seed: 4 });
    assert.deepEqual(net.generate({ state: net.initialState(), token: 0, length: 9000, seed: 4 }), whole);
    assert.notDeepEqual(net.generate({ state: net.initialState(), token: 0, length: 9000, seed: 5 }), whole);
    const state = net.initialState();
    const greedy = net.generate({ state: net.initialState(), token: 0, length: 20, temperature: 0 });
    const first = net.generate({ state, token: 0, length: 8, temperature: 0 });
    const second = net.generate({ state, token: first[7], length: 12, temperature: 0 });
    assert.deepEqual([...first, ...second], [...greedy]);
  });

  test('a seed given to generate leaves the network\'s own generator alone', () => {
    const options = { input: { tokens: 9 }, layers: [{ kind: 'lstm', hiddenSize: 5 }], output: { classes: 9 }, seed: 2 };
    const [one, other] = [lstm.createNetwork(options), lstm.createNetwork(options)];
    one.generate({ state: one.initialState(), token: 0, length: 10, seed: 77 });
    const draw = (net) => net.generate({ state: net.initialState(), token: 0, length: 50 });
    assert.deepEqual(draw(one), draw(other));
    assert.notDeepEqual(draw(one), draw(one));
  });
});

describe('trainer', () => {
  const net = lstm.createNetwork({ input: { tokens: 6 }, layers: [{ kind: 'lstm', hiddenSize: 10 }], output: { classes: 6 }, seed: 1 });
  const trainer = net.createTrainer({ batchSize: 3, window: 5, learningRate: 0.01, carryState: true });
  const inputs = Array.from({ length: 15 }, (_, i) => i % 6);
  const targets = inputs.map((token) => (token + 1) % 6);

  test('evaluate and gradients change nothing; step does', () => {
    const before = [net.parameters(), trainer.state()];
    const { loss } = trainer.evaluate(inputs, targets);
    assert.equal(trainer.gradients(inputs, targets).loss, loss);
    assert.deepEqual([net.parameters(), trainer.state()], before);
    assert.equal(trainer.step(inputs, targets).loss, loss);
    assert.notDeepEqual(net.parameters(), before[0]);
    assert.notDeepEqual(trainer.state(), before[1]);
    assert.equal(trainer.steps, 1);
  });

  test('it learns', () => {
    for (let i = 0; i < 200; i++) trainer.step(inputs, targets);
    assert.ok(trainer.evaluate(inputs, targets).loss < 0.05);
  });

  test('the state can be read, set and reset', () => {
    const state = trainer.state();
    assert.equal(state[0].h.length, 30);
    const { loss } = trainer.evaluate(inputs, targets);
    trainer.resetState();
    assert.deepEqual(trainer.state()[0], { h: new Float32Array(30), c: new Float32Array(30) });
    trainer.setState(state);
    assert.equal(trainer.evaluate(inputs, targets).loss, loss);
  });
});

describe('character model', () => {
  const options = { batchSize: 8, window: 16, learningRate: 0.01 };

  test('learns, predicts, and completes a word', () => {
    const model = lstm.createCharModel({ text, hiddenSize: 48, seed: 1 });
    const before = model.evaluate(text).loss;
    let last;
    for (last of model.train(text, { ...options, steps: 300, validation: 0.1 }));
    assert.equal(last.done, true);
    assert.ok(last.valLoss < 0.3 && last.valLoss < before / 5, `${before} -> ${last.valLoss}`);
    const [best, ...rest] = model.predict('In the beginni');
    assert.equal(best.char, 'n');
    assert.ok(Math.abs(rest.reduce((sum, { probability }) => sum + probability, best.probability) - 1) < 1e-5);
    assert.equal(model.predict('In the beginni', { top: 3 }).length, 3);
    assert.equal(model.generate({ prime: 'In the beg', length: 6, temperature: 0 }), 'inning');
    const { loss, bitsPerCharacter, perplexity, characters } = model.evaluate(text);
    assert.equal(characters, text.length - 1);
    assert.ok(Math.abs(bitsPerCharacter - loss / Math.log(2)) < 1e-9 && Math.abs(perplexity - Math.exp(loss)) < 1e-9);
  });

  test('evaluate is the mean of what predict says, also across chunks', () => {
    const model = lstm.createCharModel({ text, hiddenSize: 6, seed: 1 });
    const short = text.slice(0, 40);
    let sum = 0;
    for (let i = 1; i < short.length; i++) {
      sum -= Math.log(model.predict(short.slice(0, i)).find(({ char }) => char === short[i]).probability);
    }
    assert.ok(Math.abs(model.evaluate(short).loss - sum / 39) < 1e-5);
    const long = text.repeat(4).slice(0, 12000);
    const state = model.network.initialState();
    let exact = 0;
    for (let i = 0; i + 1 < long.length; i++) {
      exact -= Math.log(model.network.step(model.alphabet.indexOf(long[i]), state)[model.alphabet.indexOf(long[i + 1])]);
    }
    assert.ok(Math.abs(model.evaluate(long).loss - exact / (long.length - 1)) < 1e-5);
  });

  test('training in pieces is the same as in one go', () => {
    const [pieces, whole] = [0, 1].map(() => lstm.createCharModel({ text, hiddenSize: 12, seed: 1 }));
    const steady = { ...options, schedule: { type: 'constant' }, dropout: 0 };
    const piecewise = [...pieces.train(text, { ...steady, steps: 13 }), ...pieces.train(text, { ...steady, steps: 27 })];
    const [last] = [...whole.train(text, { ...steady, steps: 40 })].slice(-1);
    assert.deepEqual(pieces.save(), whole.save());
    const { step, chars, epoch } = piecewise[piecewise.length - 1];
    assert.deepEqual({ step, chars, epoch }, { step: last.step, chars: last.chars, epoch: last.epoch });
    assert.deepEqual([step, chars], [40, 40 * 8 * 16]);
  });

  test('another batch and window keep the optimiser\'s moments', () => {
    const model = lstm.createCharModel({ text, hiddenSize: 12, seed: 1 });
    const moves = (network, train) => {
      const before = network.network.parameters().weight_hh_l0;
      for (const report of network.train(text, { learningRate: 0.01, ...train, steps: 1 })) void report;
      const after = network.network.parameters().weight_hh_l0;
      return Array.from(before, (value, i) => Math.abs(value - after[i])).sort((a, b) => a - b)[before.length >> 1];
    };
    // Without moments Adam's step moves every weight by the whole rate.
    assert.ok(Math.abs(moves(model, { batchSize: 8, window: 16 }) - 0.01) < 1e-4);
    for (const report of model.train(text, { ...options, steps: 30 })) void report;
    assert.ok(moves(model, { batchSize: 4, window: 8 }) < 0.009);
    assert.ok(Math.abs(moves(lstm.openCharModel(model.save()), { batchSize: 4, window: 8 }) - 0.01) < 1e-4);
  });

  test('epochs, steps and an abort signal stop it', () => {
    const model = lstm.createCharModel({ text, hiddenSize: 4, seed: 1 });
    const windows = Math.floor(Math.floor((text.length - 1) / 8) / 16);
    assert.equal([...model.train(text, { ...options, epochs: 2 })].pop().step, 2 * windows);
    assert.ok(Math.abs([...model.train(text, { ...options, epochs: 1 })].pop().epoch - 3) < 1e-9);
    const controller = new AbortController();
    const reports = [];
    assert.throws(() => {
      for (const report of model.train(text, { ...options, reportEvery: 1, signal: controller.signal })) {
        reports.push(report);
        if (reports.length === 5) controller.abort();
      }
    }, { name: 'AbortError' });
    assert.equal(reports.length, 5);
    assert.throws(() => model.train(text, { ...options, signal: AbortSignal.abort() }), { name: 'AbortError' });
    assert.equal(model.steps, reports[4].step);
  });

  test('reports and validation come when asked for, and validation changes nothing', () => {
    const [plain, validated] = [0, 1].map(() => lstm.createCharModel({ text, hiddenSize: 6, seed: 1 }));
    const reports = [...validated.train(text, { ...options, steps: 30, reportEvery: 7, validateEvery: 10, validation: 0.1 })];
    assert.deepEqual(reports.map(({ step }) => step), [7, 10, 14, 20, 21, 28, 30]);
    assert.deepEqual(reports.filter((report) => 'valLoss' in report).map(({ step }) => step), [10, 20, 30]);
    const trained = [...text].slice(0, text.length - Math.floor(text.length * 0.1)).join('');
    for (const report of plain.train(trained, { ...options, steps: 30 })) void report;
    assert.deepEqual(plain.save(), validated.save());
  });

  test('text is Unicode: surrogate pairs stay whole, CRLF and the byte order mark stay', () => {
    const strange = '\uFEFFa😀\r\nb\u{1F468}\u200D\u{1F469}z'.repeat(20);
    const model = lstm.createCharModel({ text: strange, hiddenSize: 16, seed: 1 });
    assert.deepEqual(new Set(model.alphabet), new Set(strange));
    for (const report of model.train(strange, { batchSize: 2, window: 10, steps: 300, learningRate: 0.02 })) void report;
    assert.equal(model.generate({ prime: '\uFEFFa', length: 10, temperature: 0 }), [...strange].slice(2, 12).join(''));
    assert.deepEqual(lstm.openCharModel(model.save()).alphabet, model.alphabet);
  });
});

describe('memory', () => {
  test('a thousand objects made and disposed take no more than one', () => {
    const make = () => {
      const model = lstm.createCharModel({ text, hiddenSize: 32 });
      for (const report of model.train(text, { batchSize: 4, window: 8, steps: 1 })) void report;
      model.dispose();
    };
    make();
    const before = lstm.memoryBytes;
    for (let i = 0; i < 1000; i++) make();
    assert.equal(lstm.memoryBytes, before);
  });

  for (const [batchSize, window, most] of [[32, 50, 130e6], [64, 100, 300e6]]) {
    test(`training 2x512 at (${batchSize}, ${window}) takes at most ${most / 1e6} MB`, async () => {
      const library = await load();
      const layers = [0, 1].map(() => ({ kind: 'lstm', hiddenSize: 512 }));
      const net = library.createNetwork({ input: { tokens: 65 }, layers, output: { classes: 65 } });
      const trainer = net.createTrainer({ batchSize, window });
      const tokens = new Int32Array(batchSize * window);
      assert.ok(trainer.step(tokens, tokens).loss > 0);
      assert.ok(library.memoryBytes <= most, `${library.memoryBytes} bytes`);
    });
  }

  test('stepping and training take none', () => {
    const net = lstm.createNetwork({ input: { tokens: 6 }, layers: [{ kind: 'lstm', hiddenSize: 10 }], output: { classes: 6 } });
    const trainer = net.createTrainer({ batchSize: 2, window: 2 });
    const before = lstm.memoryBytes;
    const state = net.initialState();
    for (let i = 0; i < 5000; i++) {
      net.step(i % 6, state);
      trainer.step([0, 1, 2, 3], [1, 2, 3, 4]);
    }
    assert.equal(lstm.memoryBytes, before);
  });

  test('what is forgotten is freed by the garbage collector', () => {
    const script = `
      import { load } from 'lstm-wasm';
      const lstm = await load();
      const options = { input: { tokens: 10 }, layers: [{ kind: 'lstm', hiddenSize: 256 }], output: { classes: 10 } };
      for (let i = 0; i < 400; i++) {
        lstm.createNetwork(options).createTrainer({ batchSize: 2, window: 4 });
        lstm.createCell({ inputSize: 3, hiddenSize: 256 });
        if (i % 10 === 9) { gc(); await new Promise((resolve) => setTimeout(resolve, 1)); }
      }
      console.log(lstm.memoryBytes);`;
    const args = ['--expose-gc', '--input-type=module', '-e', script];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: new URL('../../..', import.meta.url) });
    // Without the safety net it would be 400 x 6 MB.
    assert.ok(Number(stdout) > 0 && Number(stdout) < 300e6, `${stdout} ${stderr}`);
  });

  test('where memory ends there is an error, what exists goes on, and memory comes back', () => {
    const script = `
      import { load } from 'lstm-wasm';
      const lstm = await load();
      const make = (hiddenSize) => lstm.createNetwork({ input: { tokens: 10 }, layers: [{ kind: 'lstm', hiddenSize }], output: { classes: 10 } });
      const small = make(64);
      const before = small.step(1, small.initialState()).join();
      const kept = [];
      const errors = new Set();
      for (let i = 0; i < 100; i++) {
        try { kept.push(make(512)); } catch (error) { errors.add(error.name + ': ' + error.message); }
        try { small.createTrainer({ batchSize: 512, window: 512 }); } catch (error) { errors.add(error.name + ': ' + error.message); }
      }
      const same = small.step(1, small.initialState()).join() === before;
      kept.forEach((net) => net.dispose());
      make(512).step(1, make(512).initialState());
      console.log(JSON.stringify({ same, kept: kept.length, errors: [...errors] }));`;
    const args = ['--wasm-max-mem-pages=512', '--input-type=module', '-e', script];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: new URL('../../..', import.meta.url) });
    assert.notEqual(stdout, '', stderr);
    const { same, kept, errors } = JSON.parse(stdout);
    assert.equal(same, true);
    assert.ok(kept > 1 && kept < 20, `${kept}`);
    assert.deepEqual(errors.sort(), [
      'OutOfMemoryError: createNetwork: not enough memory for a network of input 10, hidden sizes 512',
      'OutOfMemoryError: createTrainer: not enough memory for batchSize 512 and window 512',
    ]);
  });
});
