// The section beyond letters without the page: curves, pens, addresses, and the code to take away, which is run as it stands.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { load } from 'lstm-wasm';
import { readContinuation, readLabels, readTranslation, writeContinuation, writeLabels, writeTranslation } from '../../web/model/beyond/address.js';
import { Continuation } from '../../web/model/beyond/Continuation.js';
import { COLUMNS, DRAWN, drawLine, drawnPart, noCurve, readCurve, readyCurve, readyNames, writeCurve } from '../../web/model/beyond/curve.js';
import { EXAMPLES, Gestures } from '../../web/model/beyond/Gestures.js';
import { makePairs, samples } from '../../web/model/beyond/pairs.js';
import { classifyCode, forecastCode, translateCode } from '../../web/model/beyond/snippets.js';
import { drawShape, movesOf, pointsOf, shapes, STEP, Tracer, varied } from '../../web/model/beyond/strokes.js';
import { Translation } from '../../web/model/beyond/Translation.js';
import { Random } from '../../web/model/why/Random.js';

const query = (/** @type {import('../../web/model/address.js').Entries} */ entries) => new URLSearchParams(entries);

/** As openWorker's, here on this thread: what is asked of it is answered later. @param {any} object @returns {any} */
const later = (object) => new Proxy(object, {
  get(target, name) {
    const value = target[name];
    if (typeof value !== 'function') return value;
    if (name === 'train') return async function* train(/** @type {any[]} */ ...given) { for (const report of value.apply(target, given)) { await null; yield report; } };
    return async (/** @type {any[]} */ ...given) => {
      const answer = value.apply(target, given);
      return typeof answer === 'object' && answer !== null && ['predict', 'train'].some((call) => call in answer || 'translate' in answer || 'forecast' in answer) ? later(answer) : answer;
    };
  },
});
const library = async () => later(await load());

describe('a curve', () => {
  test('is drawn as time goes: a pen that goes back takes away what came after', () => {
    const curve = noCurve();
    drawLine(curve, undefined, { column: 10, value: 0.5 });
    drawLine(curve, { column: 10, value: 0.5 }, { column: 20, value: 1 });
    assert.deepEqual([drawnPart(curve).first, drawnPart(curve).values.length], [10, 11]);
    assert.ok(Math.abs(curve[15] - 0.75) < 1e-12);
    drawLine(curve, { column: 20, value: 1 }, { column: 14, value: 0 });
    assert.deepEqual([drawnPart(curve).values.length, curve[14]], [5, 0]);
    drawLine(curve, undefined, { column: 3, value: 2 });
    assert.deepEqual([...drawnPart(curve).values], [1]);
    drawLine(curve, { column: 3, value: 1 }, { column: 500, value: -4 });
    assert.deepEqual([drawnPart(curve).values.length, curve[DRAWN - 1]], [DRAWN - 3, 0]);
  });

  test('goes through an address, ready or drawn; what is no curve is told', () => {
    for (const name of readyNames) {
      const entries = writeContinuation({ choice: name, curve: readyCurve(name) });
      assert.deepEqual(entries, name === 'waves' ? [] : [['curve', name]]);
      assert.equal(readContinuation(query([['curve', name]])).name, name);
      const read = readCurve(writeCurve(readyCurve(name)));
      assert.ok(read);
      readyCurve(name).forEach((value, k) => assert.ok(Math.abs(value - read[k]) < 1e-3));
    }
    const curve = noCurve();
    curve.fill(0.25, 7, 60);
    const { curve: read } = readContinuation(query(writeContinuation({ choice: 'drawn', curve })));
    assert.deepEqual(drawnPart(/** @type {Float64Array} */ (read)).first, 7);
    for (const bad of ['', 'x', '0.', '96.zz', '90.' + 'zz'.repeat(7), '0.z', '<b>']) {
      const { name, curve: none, notes } = readContinuation(query([['curve', bad]]));
      assert.deepEqual([name, none, notes.length], [undefined, undefined, 1], bad);
    }
  });

  test('is continued, with bands around it, as far as the pad goes; waves go on as waves', async () => {
    const demo = new Continuation(library);
    await demo.start();
    assert.equal(demo.state, 'trained');
    const { mean, intervals: [likely, sure] } = demo.future ?? assert.fail();
    assert.equal(mean.length, COLUMNS - DRAWN);
    mean.forEach((value, k) => assert.ok(sure.lower[k] <= likely.lower[k] && likely.lower[k] <= value && value <= likely.upper[k] && likely.upper[k] <= sure.upper[k], `${k}`));
    const wave = (/** @type {number} */ t) => 0.5 + 0.22 * Math.sin(t / 2.6) + 0.16 * Math.sin(t / 9);
    const error = mean.slice(0, 16).reduce((sum, value, k) => sum + Math.abs(value - wave(DRAWN + k)), 0) / 16;
    assert.ok(error < 0.1, `mean error ${error}`);
  });

  test('that is too short, or flat, is told, and the next start works', async () => {
    const demo = new Continuation(library);
    let told = '';
    demo.addEventListener('problem', (event) => { told = /** @type {CustomEvent} */ (event).detail.message; });
    const curve = noCurve();
    curve.fill(0.5, 0, 10);
    demo.draw(curve);
    await demo.start();
    assert.match(told, /10 points of the 24/);
    assert.equal(demo.state, 'idle');
    curve.fill(0.5, 0, 40);
    demo.draw(curve);
    await demo.start();
    assert.match(told, /must vary/);
    demo.choose('beats');
    await demo.start();
    assert.equal(demo.state, 'trained');
  });
});

describe('gestures', () => {
  test('a pen is told in steps of one length, wherever it goes and however often it is looked at', () => {
    const line = movesOf([{ x: 0, y: 0 }, { x: 1, y: 0 }]);
    assert.equal(line.length, Math.floor(1 / STEP));
    for (const [right, down] of line) assert.ok(Math.abs(right - 1) < 1e-9 && Math.abs(down) < 1e-9);
    const tracer = new Tracer();
    tracer.add({ x: 5, y: 5 });
    let found = 0;
    for (let k = 1; k <= 100; k++) found += tracer.add({ x: 5 + k / 100, y: 5 }).length;
    assert.equal(found, line.length);
    assert.equal(pointsOf(line).length, line.length + 1);
  });

  test('are learnt from ten examples each, and told while they are drawn', async () => {
    const demo = new Gestures(library);
    const random = new Random(5);
    for (let k = 0; k < EXAMPLES; k++) assert.ok(demo.add(drawShape(0, random)));
    assert.deepEqual([demo.chosen, demo.isFull], [1, false]);
    assert.ok(!demo.add(drawShape(1, random).slice(0, 2)));
    demo.fill();
    assert.ok(demo.isFull);
    demo.rename(2, 'hook');
    await demo.start();
    assert.deepEqual([demo.state, demo.chosen], ['trained', undefined]);
    let right = 0;
    for (let k = 0; k < 30; k++) {
      const moves = drawShape(k % 3, random);
      demo.beginReading();
      await demo.readOn(moves.slice(0, 6));
      assert.equal(demo.guesses?.length, 3);
      await demo.readOn(moves.slice(6));
      const guesses = demo.guesses ?? assert.fail();
      assert.ok(Math.abs(guesses.reduce((sum, p) => sum + p, 0) - 1) < 1e-4);
      if (guesses.indexOf(Math.max(...guesses)) === k % 3) right++;
    }
    assert.ok(right >= 28, `${right} of 30 new ones were told`);
    demo.clear();
    assert.deepEqual([demo.state, demo.chosen, demo.guesses], ['idle', 0, undefined]);
  });

  test('names go through an address; two alike are none', () => {
    const labels = ['up', 'a b&c', '<i>'];
    assert.deepEqual(readLabels(query(writeLabels(labels))).labels, labels);
    assert.deepEqual(writeLabels(shapes.map(({ name }) => name)), []);
    for (const bad of [['a'], ['a', 'a', 'b'], ['a', ' ', 'b']]) {
      const { labels: none, notes } = readLabels(query(bad.map((name) => ['gesture', name])));
      assert.deepEqual([none, notes.length], [undefined, 1]);
    }
  });

  test('what is filled in is like what was drawn', () => {
    const demo = new Gestures(library);
    const own = movesOf([{ x: 0, y: 0 }, { x: 0, y: 0.8 }]);
    demo.add(own);
    demo.fill();
    for (const moves of demo.examples[0]) assert.ok(moves.every(([, down]) => down > 0.8));
    assert.ok(varied(own, new Random(1)).length > 5);
  });
});

describe('a translator', () => {
  test('learns pairs that are all different and never the one that is asked first', () => {
    for (const task of /** @type {const} */ (['digits', 'dates'])) {
      const pairs = makePairs(task, 1000);
      assert.equal(new Map(pairs).size, 1000);
      assert.ok(!pairs.some(([source]) => source === samples[task]));
      assert.deepEqual(makePairs(task, 1000), pairs);
    }
    for (const [source, target] of makePairs('dates', 200)) assert.equal(new Date(`${source.replace(/^\w+day, /, '')} UTC`).toISOString().slice(0, 10), target);
  });

  test('turns digits round within its run, and its attention goes backwards', async () => {
    const demo = new Translation(library);
    await demo.start();
    assert.equal(demo.answer?.text, '828172');
    const { attention, source, target } = demo.answer;
    assert.deepEqual([attention.length, source.length], [target.length + 1, 6]);
    for (const row of attention) assert.ok(Math.abs(row.reduce((sum, share) => sum + share, 0) - 1) < 1e-4);
    await demo.ask('4096');
    assert.equal(demo.answer.text, '6904');
    await demo.ask('');
    assert.equal(demo.answer, undefined);
    await demo.ask('!?');
    assert.equal(demo.text, '!?');
  });

  test('task and text go through an address', () => {
    const shown = { task: /** @type {const} */ ('dates'), text: '1 May 2000' };
    const { task, text } = readTranslation(query(writeTranslation(shown)));
    assert.deepEqual({ task, text }, shown);
    assert.deepEqual(writeTranslation({ task: 'digits', text: samples.digits }), []);
    assert.equal(readTranslation(query([['pairs', 'verse']])).notes.length, 1);
    assert.equal(readTranslation(query([['translate', 'x'.repeat(99)]])).text.length, 30);
  });
});

describe('the code to take away runs in Node as it stands', () => {
  const run = promisify(execFile);
  /** @param {string} code @param {import('node:test').TestContext} t */
  async function output(code, t) {
    const folder = await mkdtemp(join(tmpdir(), 'lstm-wasm-beyond-'));
    t.after(() => rm(folder, { recursive: true }));
    const linked = join(folder, 'node_modules', 'lstm-wasm');
    await mkdir(dirname(linked), { recursive: true });
    await symlink(fileURLToPath(new URL('../..', import.meta.url)), linked);
    await writeFile(join(folder, 'code.mjs'), code);
    return (await run(process.execPath, ['code.mjs'], { cwd: folder })).stdout;
  }

  test('a forecast', async (t) => {
    const lines = (await output(forecastCode(readyCurve('waves')), t)).trim().split('\n').map((line) => line.split(' ').map(Number));
    assert.equal(lines.length, COLUMNS - DRAWN);
    for (const [mean, low, high, lowest, highest] of lines) assert.ok(lowest <= low && low <= mean && mean <= high && high <= highest);
  });

  test('gestures, whatever they are called', async (t) => {
    const random = new Random(3);
    const labels = ["it's", '${a}\n"', 'tick'];
    const printed = await output(classifyCode(labels, labels.map((_, k) => drawShape(k, random))), t);
    assert.match(printed.trim().split('\n').at(-1) ?? '', /it's.*probability/);
  });

  test('a translator', async (t) => {
    assert.match(await output(translateCode('digits', '271828'), t), /828172 0\.\d+/);
  });

  test('a translator of dates, made ready without learning to its end', async (t) => {
    const code = translateCode('dates', samples.dates).replace(/steps: \d+/, 'steps: 20').replace(/length: \d+ /, 'length: 200 ');
    assert.match(await output(code, t), /\d/);
  });
});
