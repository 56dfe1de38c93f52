// Exercises and the tour with the real networks, without the page: each is solved as its text asks, is not solved by what
// is beside it, and says something true of both.
import './node-worker.js';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { workers } from './node-worker.js';
import { parseFragment } from '../../web/model/address.js';
import { readCell, untampered } from '../../web/model/cell/address.js';
import { BRACKET_NETWORKS } from '../../web/model/cell/brackets.js';
import { Player } from '../../web/model/cell/Player.js';
import { Coach } from '../../web/model/exercises/Coach.js';
import { CAPITALS, exercises } from '../../web/model/exercises/exercises.js';
import { tour } from '../../web/model/exercises/tour.js';
import { LabHost } from '../../web/model/LabHost.js';
import { STEPS } from '../../web/model/why/message-flow.js';

const network = (/** @type {string} */ name) => fileURLToPath(new URL(`../../web/networks/${name}`, import.meta.url));
globalThis.fetch = async (url) => new Response(await readFile(new URL(String(url)))); // of the book, which is a file here

const lab = new LabHost();
lab.start();
const player = new Player(lab, (id) => readFile(network(id === 'moby' ? 'pretrained.safetensors' : `${id}.safetensors`)));
const coach = new Coach(player, lab);
after(() => workers.forEach((worker) => worker.terminate()));

const { lstm } = BRACKET_NETWORKS;
const end = lstm.text.length - 1;
const hold = (/** @type {string} */ gate, /** @type {number} */ value, from = 1, /** @type {number | 'all'} */ unit = 'all') =>
  ({ holds: [{ gate, value, unit, from }] });

/**
 * Sets the stage as the address does.
 * @param {typeof exercises} series
 * @param {string} id
 */
async function begin(series, id) {
  coach.leave();
  const index = series.findIndex((task) => task.id === id);
  const { view } = readCell(parseFragment(`#${series[index].stage}`).query);
  const { part, ...choice } = view;
  const parts = ['forget', 'learn', 'remember', 'use'];
  if (view.text !== undefined) {
    await player.choose({ source: 'moby', kind: 'lstm', part: Math.max(0, parts.indexOf(part ?? '')), ...choice, tampering: view.tampering ?? untampered() });
  }
  coach.begin(series, index);
  await judged();
}

/** What was asked of the lab is answered, and the coach has judged. */
async function judged() {
  await player.choose({});
  await coach.check();
  while (coach.isJudging) await new Promise((done) => { setTimeout(done, 10); });
}

/** @param {Promise<unknown> | void} act */
async function after_(act) {
  await act;
  await judged();
  return coach.verdict;
}

/** @param {RegExp} words */
const isNotYet = (words) => {
  assert.equal(coach.verdict?.isDone, false, coach.verdict?.words ?? 'nothing was said');
  assert.match(coach.verdict.words, words);
};
/** @param {RegExp} words */
const isRight = (words) => {
  assert.equal(coach.verdict?.isDone, true, coach.verdict?.words ?? 'nothing was said');
  assert.match(coach.verdict.words, words);
  assert.ok(coach.solved.has(coach.task?.id ?? ''));
};
const press = (/** @type {string} */ name) => after_(coach.act({ type: 'gate', name }));
const tamper = (/** @type {Partial<import('../../web/model/cell/types.js').Tampering>} */ change) => after_(player.tamper(change));
const answer = (/** @type {number} */ k) => after_(coach.choose(k));

describe('exercises', () => {
  test('each begins unsolved, with nothing said, and its stage is shown', async () => {
    for (const { id, stage } of exercises) {
      await begin(exercises, id);
      assert.equal(coach.verdict, undefined, id);
      const { view } = readCell(parseFragment(`#${stage}`).query);
      if (view.text === undefined) continue;
      assert.deepEqual([player.text, player.unit, player.at], [view.text, view.unit ?? player.unit, view.at], id);
    }
    assert.ok(exercises.length >= 8);
    assert.equal(new Set(exercises.map(({ id }) => id)).size, exercises.length);
  });

  test('which gate opened', async () => {
    await begin(exercises, 'opened');
    await press('forget');
    isNotYet(/^Forget is \S+ at “\(” and \S+ on average after it: it does not shut/);
    await press('candidate');
    isNotYet(/which gate lets it in/);
    await press('input');
    isRight(/^Learn \(ignore\) is 0\.9\d at “\(” and 0\.[012]\d on average after it/);
    await press('forget');
    isRight(/^Learn/); // what is solved stays
  });

  test('forget the bracket', async () => {
    await begin(exercises, 'forget');
    await tamper(hold('input', 0, 0));
    isNotYet(/^“\)” goes from 99\.\d\d % to .*learnt\. Which gate forgets\?|Which gate decides/);
    await tamper(hold('output', 0, end));
    isNotYet(/being shown|Which gate decides/);
    await tamper(hold('forget', 0.9, 1, lstm.unit));
    isNotYet(/Shut it further|Which gate decides/);
    await tamper({ holds: [], edits: [{ memory: 'c', unit: lstm.unit, at: end, value: -3 }] });
    isNotYet(/hold a gate instead/);
    await tamper({ ...untampered(), ...hold('forget', 0) });
    isRight(/^“\)” goes from 99\.\d\d % to [1-5]\d\.\d %: f · LTM is what is kept, and f is 0\.00 now/);
  });

  test('repair', async () => {
    await begin(exercises, 'repair');
    const [shut] = player.tampering.holds;
    assert.ok((player.probabilities(end).now.find(({ char }) => char === ')')?.probability ?? 1) < 0.6);
    await tamper({ holds: [] });
    isNotYet(/Forget is open again/);
    await tamper({ holds: [shut], edits: [{ memory: 'c', unit: (lstm.unit + 1) % 6, at: 5, value: 0 }] });
    isNotYet(/Which unit kept the bracket/);
    await tamper({ edits: [], swaps: [{ unit: lstm.unit, at: 5, text: lstm.text.slice(0, 6) }] });
    isRight(/^“\)” has 9\d\.\d/);
  });

  test('always or never', async () => {
    await begin(exercises, 'always');
    await answer(0);
    isNotYet(/untouched 1\.\d\d, always (1\.9|2\.0)\d, never 5\.\d\d\. So which is worse/);
    await answer(1);
    isRight(/never forgets drowns/);
  });

  test('capitals', async () => {
    await begin(exercises, 'capitals');
    await answer(0);
    isNotYet(/First silence unit 88/);
    await tamper({ silenced: [CAPITALS - 1] });
    isNotYet(/the task is unit 88/);
    await begin(exercises, 'capitals');
    await tamper({ silenced: [CAPITALS] });
    isNotYet(/costs 0\.000 nats a character\. Why\?/);
    await answer(0);
    isNotYet(/costs 0\.000 nats a character\. Go to the capitals/);
    await answer(1);
    isRight(/costs 0\.000 .* LTM is 0\.[2-9]\d on average, and its STM 0\.0\d/);
  });

  test('what it listens to', async () => {
    await begin(exercises, 'listens');
    await after_(player.choose({ at: 3 }));
    isNotYet(/^Without “\w” the guess loses −?0\.0\d nats\. Another one/);
    await after_(player.choose({ at: 0 }));
    isRight(/^Without “\(” the guess loses \d+\.\d\d nats/);
  });

  test('why 0.58', async () => {
    const race = Object.assign(new EventTarget(), { settings: { lag: 60, gates: 'usual', task: 'remember' }, round: 0, sequences: (/** @type {number} */ rounds) => 16 * rounds, lastErrors: [0.58, 0.58, 0.57, 0.58] });
    coach.watch('race', race, ['progress']);
    await begin(exercises, 'half-open');
    await answer(1);
    isNotYet(/See it first: press Start/);
    race.round = 130;
    await after_(void race.dispatchEvent(new Event('progress')));
    isRight(/0\.58 from 0, root mean square.*6\.9 × 10⁻⁹/);
    race.settings.lag = 20;
    await begin(exercises, 'half-open');
    await answer(2);
    isNotYet(/start this exercise again/);
    race.settings.lag = 60;
    await answer(0);
    isNotYet(/half the error/);
  });

  test('the wire', async () => {
    await begin(exercises, 'wire');
    await press('output');
    isNotYet(/What does it multiply/);
    await press('forget');
    isNotYet(/Follow the wires/);
    await press('use');
    isRight(/f · LTM′/);
  });

  test('the other bracket', async () => {
    await begin(exercises, 'swap');
    await tamper(hold('forget', 0));
    isNotYet(/Let go of gates/);
    await tamper({ holds: [], edits: [{ memory: 'c', unit: (lstm.unit + 1) % 6, at: 4, value: 1 }] });
    isNotYet(/Take the memory that/);
    await tamper({ edits: [], swaps: [{ unit: lstm.unit, at: lstm.other.length - 1, text: lstm.other }] });
    isRight(/^“\]” has 9\d\.\d/);
  });

  test('what passes by', async () => {
    await begin(exercises, 'cells');
    await after_(player.choose({ kind: 'lstm', unit: (lstm.unit + 1) % 6 }));
    isNotYet(/^In unit \d \d\.\d\d is kept, and .* Try other units/);
    await after_(player.choose({ unit: lstm.unit }));
    isNotYet(/Which gate keeps it\? Click it\.$/); // the unit that is drawn at first is one: that alone is no answer
    await press('output');
    isNotYet(/Which gate keeps it\? It is not Use\.$/);
    await press('forget');
    isRight(/^In unit \d \S+ is kept, and 0\.0\d of what is new/);
    await begin(exercises, 'cells');
    await after_(player.choose({ kind: 'gru', unit: BRACKET_NETWORKS.gru.unit }));
    isNotYet(/Click it/);
    await press('update');
    isRight(/stays as it is/);
  });
});

describe('the tour', () => {
  /** What the visitor does at each stop, after what does not count. @type {[string, (() => Promise<unknown> | void)[], RegExp][]} */
  const stops = [
    ['predict', [() => player.step(), () => player.choose({ text: 'There she blo' })], /guesses anew/],
    ['event', [() => player.tamper(hold('forget', 0)), () => player.step()], /^E is “\w” now/],
    ['memories', [() => press('forget'), () => player.choose({ names: 'symbols' })], /LTM is c, STM is h/],
    ['forget', [() => press('output'), () => press('forget')], /^\d\.\d\d of the LTM is kept/],
    ['learn', [() => press('forget'), () => press('candidate')], /^N = −?\d\.\d\d, of which \d\.\d\d is let in/],
    ['remember', [() => player.step(), () => player.step()], /A sum, no weight/],
    ['use', [() => press('use'), () => player.step()], /^STM = −?\d\.\d\d/],
    ['tamper', [() => player.tamper(hold('output', 0)), () => player.tamper(hold('forget', 0))], /^“\)” goes from 99/],
    ['swap', [() => player.tamper(hold('forget', 0)), () => player.tamper({ holds: [], swaps: [{ unit: lstm.unit, at: lstm.other.length - 1, text: lstm.other }] })], /^“\]” has 9\d/],
    ['rnn', [() => player.choose({ kind: 'peephole' }), () => player.choose({ kind: 'rnn' })], /No line passes by/],
    ['why', [() => goBack(12), () => goBack(STEPS)], /^Of the message 1\.0 × 10⁻⁴ reaches the first step in the RNN, 0\.5 in the LSTM/],
    ['train', [() => press('forget'), () => { session.last = { step: 10 }; session.dispatchEvent(new Event('report')); }], /guess, be surprised/],
  ];
  const left = [1e-4, 0.6, 0.5].map((last) => Float64Array.from({ length: STEPS + 1 }, (_, back) => last ** (back / STEPS)));
  const message = Object.assign(new EventTarget(), { back: 0, left });
  const goBack = (/** @type {number} */ back) => { message.back = back; message.dispatchEvent(new Event('step')); };
  const session = Object.assign(new EventTarget(), { last: /** @type {any} */ (undefined) });
  before(() => {
    coach.watch('message', message, ['step']);
    coach.watch('session', session, ['report']);
  });

  test('has about twelve stops, and all of them are here', () => {
    assert.deepEqual(stops.map(([id]) => id), tour.map(({ id }) => id));
    assert.equal(tour.length, 12);
  });

  for (const [id, [other, act], words] of stops) {
    test(`${id}: waits for the act, and tells what it shows`, async () => {
      await begin(tour, id);
      assert.equal(coach.verdict, undefined);
      await after_(other());
      assert.notEqual(coach.verdict?.isDone, true, coach.verdict?.words);
      await after_(act());
      isRight(words);
    });
  }
});
