// What the section "Why an RNN forgets" computes: the message that travels back, the tasks of the race, and what is said of them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { Random } from '../../web/model/why/Random.js';
import { STEPS, lanes, messageFlow } from '../../web/model/why/message-flow.js';
import { raceTasks } from '../../web/model/why/race-tasks.js';
import { createRacer, racers, reachOf } from '../../web/model/why/racers.js';
import { bracketSequence, brackets } from '../../web/model/why/tasks/brackets.js';
import { copyingSequence } from '../../web/model/why/tasks/copying.js';
import { drawBatch, randomNumbers } from '../../web/model/why/tasks/remember.js';
import { levelsOf, verdictOf } from '../../web/model/why/verdict.js';
import { latchText, sentenceOf, verdictText } from '../../web/views/why/words.js';
import { workers } from './node-worker.js';

const { Message } = await import('../../web/model/why/Message.js');
const { Race } = await import('../../web/model/why/Race.js');
const { RaceLine } = await import('../../web/model/why/RaceLine.js');

after(() => { for (const worker of workers) worker.terminate(); });

const RNN = 0;
const LSTM = 2;
const lstm = await load({ variant: 'repeatable' });

describe('the task of the race', () => {
  test('the first number is asked for at the last step, and only there', () => {
    const { inputs, targets, mask } = drawBatch(10, 3, randomNumbers(1));
    assert.deepEqual([inputs.length, targets.length, mask.length], [66, 33, 33]);
    for (let b = 0; b < 3; b++) {
      assert.equal(targets[30 + b], inputs[2 * b]);
      assert.equal(inputs[2 * b + 1], 1);
    }
    assert.deepEqual([...mask], [...new Array(30).fill(0), 1, 1, 1]);
    assert.ok(inputs.every((number, at) => (at % 2 === 0 ? number >= -1 && number < 1 : number === Number(at < 6))));
  });

  test('random numbers: the same for the same seeds, others for others, even over 0 to 1', () => {
    const take = (/** @type {number[]} */ ...seeds) => Array.from({ length: 1000 }, randomNumbers(...seeds));
    assert.deepEqual(take(1, 2), take(1, 2));
    assert.notDeepEqual(take(1, 2), take(2, 1));
    assert.notDeepEqual(take(1), take(2));
    const mean = take(7).reduce((sum, number) => sum + number / 1000, 0);
    assert.ok(Math.abs(mean - 0.5) < 0.05, `${mean}`);
  });

  test('the networks have as many parameters within 3 %, and repeat with the seed', async () => {
    const networks = await Promise.all(racers.map((_, k) => createRacer(lstm, k, { task: 'remember', lag: 60, gates: 'open', seed: 5 })));
    const counts = networks.map(({ parameterCount }) => parameterCount);
    assert.ok(Math.max(...counts) < 1.03 * Math.min(...counts), `${counts}`);
    const again = await createRacer(lstm, LSTM, { task: 'remember', lag: 60, gates: 'open', seed: 5 });
    assert.deepEqual(again.parameters(), networks[LSTM].parameters());
  });

  test('open gates hold for about 1 to `lag` steps; a plain RNN has none', async () => {
    const biases = async (/** @type {number} */ k, /** @type {'open' | 'usual'} */ gates) => {
      const { bias_ih_l0: ih, bias_hh_l0: hh } = (await createRacer(lstm, k, { task: 'remember', lag: 60, gates, seed: 1 })).parameters();
      return ih.map((bias, row) => bias + hh[row]);
    };
    assert.deepEqual(await biases(RNN, 'open'), await biases(RNN, 'usual'));
    for (const [k, hiddenSize] of [[1, 28], [LSTM, 24], [3, 24]]) {
      const gate = (await biases(k, 'open')).subarray(hiddenSize, 2 * hiddenSize);
      assert.ok(gate.every((bias) => bias >= 0 && bias <= Math.log(59)), `${racers[k].name}: ${gate}`);
      assert.ok(Math.max(...gate) > Math.log(30), `${racers[k].name}: ${gate}`);
    }
  });

  test('the gradient of an untrained RNN vanishes, that of an LSTM with open gates does not', async () => {
    const left = async (/** @type {number} */ k, /** @type {'open' | 'usual'} */ gates) => {
      const network = await createRacer(lstm, k, { task: 'remember', lag: 60, gates, seed: 1 });
      const trainer = network.createTrainer({ window: 61, batchSize: 16, carryState: false });
      const { inputs, targets, mask } = drawBatch(60, 16, randomNumbers(1));
      trainer.evaluate(inputs, targets, { mask });
      const reach = reachOf(trainer.gradientFlow());
      assert.equal(reach[0], 1);
      return reach[60];
    };
    assert.ok(await left(RNN, 'open') < 1e-9, `${await left(RNN, 'open')}`);
    assert.ok(await left(LSTM, 'open') > 0.05, `${await left(LSTM, 'open')}`);
    assert.ok(await left(LSTM, 'usual') < 1e-4, `${await left(LSTM, 'usual')}`);
  });
});

describe('the message that travels back', () => {
  test('dies in an RNN at any gate, arrives in an LSTM and a GRU whose gates are open', async () => {
    const [rnn, gru, lstmLeft] = await messageFlow(lstm, 0.98);
    for (const left of [rnn, gru, lstmLeft]) {
      assert.equal(left.length, STEPS + 1);
      assert.equal(left[0], 1);
    }
    assert.ok(rnn[STEPS] < 1e-4 && gru[STEPS] > 0.5 && lstmLeft[STEPS] > 0.5, `${rnn[STEPS]}, ${gru[STEPS]}, ${lstmLeft[STEPS]}`);
    assert.deepEqual((await messageFlow(lstm, 0.6))[RNN], rnn);
  });

  test("what the page prints beside the slider is near what arrives in the LSTM: the gate's power, from 0.8 on", async () => {
    for (let gate = 0.8; gate < 0.995; gate += 0.01) {
      const left = (await messageFlow(lstm, gate))[LSTM][STEPS];
      assert.ok(Math.abs(Math.log(left / gate ** STEPS)) < 1.1 * (1 - gate) * STEPS / 2, `${gate}: ${left}, ${gate ** STEPS}`);
    }
  });

  test('is the library\'s gradient, and that is the derivative of the loss', () => {
    // The norm for h of an RNN of one unit without input: W_hh and the slopes of tanh, multiplied.
    const network = lstm.createNetwork({ input: { size: 1 }, layers: [{ kind: 'rnn', hiddenSize: 1 }], output: { values: 1 }, seed: 3 });
    network.setParameters({ weight_ih_l0: [0.3], weight_hh_l0: [0.9], bias_ih_l0: [0.1], bias_hh_l0: [0] });
    const inputs = Float32Array.from({ length: 6 }, (_, t) => Math.sin(t));
    const trainer = network.createTrainer({ batchSize: 1, window: 6 });
    trainer.evaluate(inputs, new Float32Array(6).fill(1), { mask: Uint8Array.of(0, 0, 0, 0, 0, 1) });
    const left = reachOf(trainer.gradientFlow());
    const h = [0];
    for (const x of inputs) h.push(Math.tanh(0.3 * x + 0.9 * h[h.length - 1] + 0.1));
    let expected = 1;
    for (let back = 1; back < 6; back++) {
      expected *= 0.9 * (1 - h[7 - back] ** 2);
      assert.ok(Math.abs(left[back] / expected - 1) < 1e-4, `${back}: ${left[back]}, ${expected}`);
    }
    network.dispose();
  });

  test('in its Worker: steps, factors, gates, and it stops at the first step', async () => {
    const message = new Message(new RaceLine());
    message.open();
    assert.equal(message.state, 'making');
    while (message.state !== 'ready') await once(message, 'change');
    assert.deepEqual(message.left.map((left) => [...left]), (await messageFlow(lstm, message.gate)).map((left) => [...left]));
    assert.deepEqual(message.factors, lanes.map(() => undefined));
    message.step();
    assert.equal(message.back, 1);
    assert.equal(message.factors[RNN], message.left[RNN][1]);
    message.play();
    assert.equal(message.state, 'playing');
    await once(message, 'step');
    message.pause();
    assert.deepEqual([message.state, message.back], ['ready', 2]);
    while (message.back < STEPS) message.step();
    const product = Array.from({ length: STEPS }, (_, k) => message.factor(LSTM, k + 1) ?? NaN).reduce((all, one) => all * one, 1);
    assert.ok(Math.abs(product - message.left[LSTM][STEPS]) < 1e-9);
    message.step();
    assert.equal(message.back, 0);
    // Of many gates in a row the last one counts.
    for (const gate of [0.5, 0.6, 0.7, 0.8]) message.chooseGate(gate);
    const expected = (await messageFlow(lstm, 0.8))[LSTM][STEPS];
    while (message.left[LSTM][STEPS] !== expected) await once(message, 'change');
  });

  test('what a link asks for is computed when it comes into view; Play before that plays then', async () => {
    const message = new Message(new RaceLine());
    message.show({ gate: 0.8, back: 3 });
    assert.deepEqual([message.state, message.gate, message.back], ['closed', 0.8, 3]);
    message.play();
    assert.equal(message.state, 'making');
    while (message.state !== 'playing') await once(message, 'change');
    message.pause();
    assert.equal(message.back, 3);
    assert.equal(message.left[LSTM][STEPS], (await messageFlow(lstm, 0.8))[LSTM][STEPS]);
    message.show({ gate: 0.9, back: 0 });
    const expected = (await messageFlow(lstm, 0.9))[LSTM][STEPS];
    while (message.left[LSTM][STEPS] !== expected) await once(message, 'change');
    assert.deepEqual([message.state, message.back], ['ready', 0]);
  });
});

describe('the tasks', () => {
  test('the networks of each have as many parameters within 10 %', async () => {
    for (const [name, task] of Object.entries(raceTasks)) {
      const counts = await Promise.all(racers.map(async (_, k) => {
        const network = await createRacer(lstm, k, { task: name, lag: 60, gates: 'open', seed: 1 });
        const { parameterCount } = network;
        network.dispose();
        return parameterCount;
      }));
      assert.ok(Math.max(...counts) <= 1.1 * Math.min(...counts), `${name}: ${counts}`);
      assert.equal(task.sizes.length, racers.length);
    }
  });

  test('brackets close what they open, and only the closing ones are asked for', () => {
    const random = new Random(1);
    for (let k = 0; k < 300; k++) {
      const { length, inputs, targets, counts } = bracketSequence(20, 5, random);
      const text = [...inputs].map((token) => brackets[token]).join('');
      assert.equal(length, 39);
      let depth = 0;
      /** @type {string[]} */
      const open = [];
      [...text].forEach((sign, t) => {
        if ('(['.includes(sign)) open.push(sign);
        else assert.equal(open.pop(), sign === ')' ? '(' : '[');
        depth = Math.max(depth, open.length);
        const next = t + 1 < length ? text[t + 1] : open.at(-1) === '(' ? ')' : ']';
        assert.equal(counts[t], Number(')]'.includes(next)));
        if (counts[t]) assert.equal(targets[t], next === ')' ? 0 : 1);
      });
      assert.ok(depth <= 5 && open.length === 1);
    }
    assert.equal(brackets, '([)]');
  });

  test('copying: the letters, blanks, the sign, and the letters are asked for', () => {
    const { length, inputs, targets, counts } = copyingSequence({ letters: 4, count: 3, blanks: 5 }, new Random(2));
    assert.equal(length, 11);
    assert.deepEqual([...inputs].slice(3), [4, 4, 4, 4, 4, 5, 4, 4]);
    assert.deepEqual([...counts], [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
    assert.deepEqual([...targets].slice(8), [...inputs].slice(0, 3));
  });

  for (const [name, task] of Object.entries(raceTasks)) {
    test(`${name}: a seed repeats it, its guess costs what is said, its gradient is of the last step`, () => {
      const [one, again] = [task.make(20, 3), task.make(20, 3)];
      assert.deepEqual(one.draw(), again.draw());
      assert.notDeepEqual(one.draw(), one.draw());
      const { inputs, targets, options } = one.flow(50, 2);
      assert.equal(options.mask.length, 100);
      assert.deepEqual([...options.mask].map((asked, at) => asked * at).filter(Boolean), [98, 99]);
      assert.equal(inputs.length, 100 * ('size' in task.input ? task.input.size : 1));
      assert.equal(targets.length, 100 * ('values' in task.output ? task.output.values : 1));
      if (task.answers === 'symbols') return;
      const { shown } = task.make(20, 3).test;
      const middle = shown.reduce((sum, number) => sum + number / shown.length, 0);
      const spread = Math.sqrt(shown.reduce((sum, number) => sum + (number - middle) ** 2 / shown.length, 0));
      assert.ok(Math.abs(spread - task.guessing) < 0.25 * task.guessing, `${spread}`);
    });
  }
});

describe('what is said of the answers', () => {
  const { remember, order } = raceTasks;
  const shown = Float32Array.from({ length: 64 }, (_, b) => (2 * b + 1) / 64 - 1);
  const random = randomNumbers(5);
  const noise = (/** @type {number} */ size) => size * (2 * random() - 1);

  test('nothing, levels, following, right', () => {
    const kindOf = (/** @type {(x: number) => number} */ answer) => {
      const { kind, levels } = verdictOf(remember, shown, shown.map(answer));
      return `${kind} ${levels}`;
    };
    assert.equal(kindOf(() => 0), 'none 0');
    assert.equal(kindOf(() => noise(0.03)), 'none 0');
    assert.match(kindOf(() => noise(1)), /^none/);
    assert.equal(kindOf((x) => 0.02 * x), 'none 0');
    assert.equal(kindOf((x) => x), 'right 0');
    assert.equal(kindOf((x) => x + noise(0.09)), 'right 0');
    assert.equal(kindOf((x) => x + noise(0.3)), 'follows 0');
    assert.equal(kindOf((x) => Math.tanh(2 * x) * 0.7), 'follows 0');
    assert.equal(kindOf((x) => Math.sign(x) / 2 + noise(0.05)), 'levels 2');
    assert.equal(kindOf((x) => Math.round(1.49 * x) / 2 + noise(0.02)), 'levels 3');
    assert.equal(kindOf((x) => (Math.floor(2 * x) + 0.5) / 2 + noise(0.02)), 'levels 4');
  });

  test('numbers spread evenly, or all alike, stand on no levels', () => {
    for (const count of [3, 16, 64, 200]) assert.equal(levelsOf(Array.from({ length: count }, (_, k) => k)), count === 3 ? 3 : 0);
    assert.equal(levelsOf(new Array(64).fill(0.3)), 0);
    assert.equal(levelsOf([0.1, 0.2]), 2);
  });

  test('sentences have the numbers, and nothing is NaN', () => {
    const race = /** @type {any} */ ({
      shown, rightAfter: [undefined, undefined, 3840, undefined],
      verdicts: [() => 0.01, (/** @type {number} */ x) => Math.sign(x) / 2, (/** @type {number} */ x) => x, (/** @type {number} */ x) => 0.6 * x]
        .map((answer) => verdictOf(remember, shown, shown.map(answer))),
    });
    assert.deepEqual(race.verdicts.map((/** @type {any} */ _, /** @type {number} */ k) => verdictText(race, k)),
      ['hardly a trace', 'on 2 levels', 'right after 3,840', 'follows it']);
    assert.equal(sentenceOf(race, 0), 'Answers of the RNN: correlation with the right number 0.00, error 0.58.');
    assert.equal(sentenceOf(race, 1), 'Answers of the GRU: correlation with the right number 0.87, on 2 levels, error 0.29.');
    assert.match(latchText(race), /GRU 2 levels/);
    const letters = /** @type {any} */ ({
      shown: new Float32Array(4).fill(1), rightAfter: [],
      verdicts: [[0, 0, 0, 0], [1, 0, 1, 0]].map((answers) => verdictOf(order, [], answers)),
    });
    assert.deepEqual([verdictText(letters, 0), verdictText(letters, 1)], ['none right', '2 of 4 right']);
    assert.equal(sentenceOf(letters, 1), 'GRU: 2 of 4 answers are right.');
  });

  // Lags and seeds at which an RNN comes to answer on a few levels, and one at which it follows the number.
  for (const [lag, seed, rounds, kinds] of /** @type {const} */ ([
    [10, 4, 300, ['levels']], [30, 4, 300, ['levels']], [70, 3, 600, ['levels', 'follows']], [10, 1, 1000, ['right']],
    [60, 1, 300, ['none']], [100, 1, 300, ['none']],
  ])) {
    test(`an RNN over ${lag} steps, seed ${seed}: ${kinds.join(' or ')}`, async () => {
      const network = await createRacer(lstm, RNN, { task: 'remember', lag, gates: 'open', seed });
      const { learningRate, batchSize } = remember.training;
      const trainer = network.createTrainer({ batchSize, learningRate, clipNorm: 1, window: lag + 1 });
      const { draw, test: { batch, size, answers, shown: numbers } } = remember.make(lag, seed);
      for (let round = 0; round < rounds; round++) {
        const { inputs, targets, options } = draw();
        trainer.step(inputs, targets, options);
      }
      const given = answers(network.run(batch.inputs, { batchSize: size }).outputs);
      const verdict = verdictOf(remember, numbers, given);
      network.dispose();
      assert.ok(kinds.includes(/** @type {never} */ (verdict.kind)), JSON.stringify(verdict));
      if (verdict.kind !== 'levels') return;
      // Seen otherwise: between the levels are gaps, larger than what lies in most of them.
      const sorted = [...given].sort((a, b) => a - b);
      const gaps = sorted.slice(1).map((answer, b) => answer - sorted[b]).sort((a, b) => b - a);
      assert.ok(gaps[verdict.levels - 2] > 10 * gaps[Math.floor(gaps.length / 2)], `${gaps}`);
    });
  }
});

describe('the race in its Worker', () => {
  for (const [name, wins] of /** @type {const} */ ([['order', 300], ['counting', 400]])) {
    test(`${name}: the LSTM is right within ${wins} rounds, and says after how many sequences`, async () => {
      const race = new Race(new RaceLine());
      race.change({ task: name });
      assert.equal(race.state, 'closed');
      race.start();
      while (race.rightAfter[LSTM] === undefined && race.round < wins) await once(race, 'progress');
      assert.ok(Number(race.rightAfter[LSTM]) > 0, `${race.errors[LSTM]}`);
      assert.equal(race.verdicts[LSTM].kind === 'right', race.errors[LSTM].at(-1) === 0);
      race.pause();
      while (race.state !== 'ready') await once(race, 'state');
      const { round } = race;
      race.start();
      while (race.round < round + 10) await once(race, 'progress');
      race.reset();
      while (race.state !== 'ready') await once(race, 'state');
      assert.deepEqual([race.round, race.rightAfter[LSTM]], [0, undefined]);
    });
  }

  test('where nobody looks it waits for no timer, which browsers hold up there; where somebody does it keeps to frames', async (t) => {
    const timers = t.mock.method(globalThis, 'setTimeout');
    for (const isWatched of [false, true]) {
      const race = new Race(new RaceLine(), () => isWatched);
      race.start();
      while (race.state !== 'running') await once(race, 'state');
      timers.mock.resetCalls();
      while (race.round < 20) await once(race, 'progress');
      const waits = timers.mock.calls.filter(({ arguments: [, ms] }) => Number(ms) <= 17).length;
      assert.ok(isWatched ? waits >= 18 : waits === 0, `${isWatched}: ${waits}`);
      race.pause();
      while (race.state !== 'ready') await once(race, 'state');
    }
  });

  test('lost: both who use the Worker hear of it, and a start makes a new one', async () => {
    const line = new RaceLine();
    const [race, message] = [new Race(line), new Message(line)];
    race.open();
    message.open();
    while (race.state !== 'ready' || message.state !== 'ready') await Promise.race([once(race, 'state'), once(message, 'change')]);
    line.close('out of luck');
    assert.deepEqual([race.state, message.state], ['lost', 'lost']);
    race.start();
    message.open();
    while (race.round < 10) await once(race, 'progress');
    assert.equal(message.state, 'ready');
    race.pause();
  });
});
