// Nothing is lost: Ctrl-C and --resume, and processes that are killed at any moment.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { load } from 'lstm-wasm';
import { OutputFile } from '../../../src/js/command/OutputFile.js';
import { TrainingLog } from '../../../src/js/command/TrainingLog.js';
import { at, folder, jsonLines, run, small, startCommand, text, trained } from './command-setup.js';

const lstm = await load({ variant: 'simd' });
const learnt = readFileSync(text, 'utf8');
const noSignals = { skip: process.platform === 'win32' };

/** Starts the command; `ended` gives what it wrote and how it ended. `onLine` gets each line of stdout. */
function start(words, onLine = () => {}) {
  const { child, ended } = startCommand(words);
  let rest = '';
  child.stdout.on('data', (data) => {
    const lines = (rest + data).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line, child);
  });
  return ended;
}

describe('--resume', () => {
  const asked = [
    '--seed', '5', '--optimizer', 'sgd,momentum=0.9,nesterov', '--lr', '0.05', '--schedule', 'cosine,warmup=10',
    '--dropout', '0.1',
  ];

  test('after Ctrl-C it goes on as if it had never stopped, byte for byte', noSignals, async () => {
    const whole = trained('whole', '--steps', '4000', ...asked);
    const stopped = await start(
      ['train', text, '-o', at('stopped'), ...small, '--steps', '4000', '--json', '--report', '1', ...asked],
      (line, child) => JSON.parse(line).step === 300 && child.kill('SIGINT'));
    assert.equal(stopped.code, 130, stopped.stderr);
    const { step, interrupted } = jsonLines(stopped.stdout).at(-1);
    assert.ok(interrupted && step >= 300 && step < 4000, `${step}`);
    assert.match(stopped.stderr, /SIGINT: stopped after \d+ steps, the model is saved; --resume goes on\n$/);
    assert.notDeepEqual(readFileSync(at('stopped')), whole.bytes);
    const resumed = run('train', text, '-o', at('stopped'), '--resume', '--variant', 'simd', '--json');
    assert.equal(resumed.status, 0, resumed.stderr);
    const lines = jsonLines(resumed.stdout);
    assert.ok(lines[0].step > step && lines[0].secondsLeft >= 0);
    assert.deepEqual([lines.at(-1).step, lines.at(-1).seed, lines.at(-1).done], [4000, 5, true]);
    assert.deepEqual(readFileSync(at('stopped')), whole.bytes);

    const over = run('train', text, '-o', at('stopped'), '--resume');
    assert.equal(over.status, 1);
    assert.equal(over.stderr,
      'lstm-wasm: --resume: the run is over: --seconds, --epochs or --steps says how much more to train\n');
    assert.deepEqual(readFileSync(at('stopped')), whole.bytes);
    const more = run('train', text, '-o', at('stopped'), '--resume', '--steps', '7', '--json', '--report', '1');
    assert.deepEqual(jsonLines(more.stdout).map((line) => line.step), [4001, 4002, 4003, 4004, 4005, 4006, 4006 + 1]);
  });

  test('the checkpoint is a model like any other, and holds no less than the model', () => {
    const { bytes } = trained('plain', '--steps', '20', '--validate', '5');
    const { status, stdout } = run('sample', at('plain.checkpoint'), '--length', '30', '--variant', 'simd');
    assert.equal(status, 0);
    assert.equal(stdout.length, 31);
    const opened = lstm.openCharModel(readFileSync(at('plain.checkpoint')));
    assert.throws(() => opened.train(learnt), { message: /^train: the run of this checkpoint is over, at step 20/ });
    assert.deepEqual(Buffer.from(opened.save()), bytes);
  });

  test('what cannot go on says why', () => {
    trained('other', '--steps', '3');
    writeFileSync(at('damaged.checkpoint'), readFileSync(at('other.checkpoint')).subarray(0, 900));
    const cases = [
      [['-o', at('nowhere')], 1, /--resume: cannot read '.*nowhere\.checkpoint': no such file or directory/],
      [['-o', at('damaged')], 1, /--resume: cannot open '.*damaged\.checkpoint': openCharModel: truncated/],
      [['-o', at('other'), '--hidden', '9'], 2,
        /--hidden: cannot be given with --resume, which goes on with the checkpoint's own/],
      [['-o', at('other'), '--seed', '9'], 2, /--seed: cannot be given with --resume/],
      [['-o', '/dev/null'], 2, /--resume: expected a file as --output, got the device or pipe '\/dev\/null'/],
    ];
    for (const [words, status, message] of cases) {
      const result = run('train', text, '--resume', ...words);
      assert.match(result.stderr, message);
      assert.equal(result.status, status, result.stderr);
    }
  });

  test('what goes on is said: more of the text, another with new characters', () => {
    trained('longer', '--steps', '30');
    writeFileSync(at('longer.txt'), `${learnt} `);
    const left = run('train', at('longer.txt'), '-o', at('longer'), '--resume');
    assert.match(left.stderr, /^lstm-wasm: --resume: the run is over: --seconds, --epochs or --steps says how much more/);
    const same = run('train', text, '-o', at('longer'), '--resume', '--steps', '3', '--json');
    assert.match(same.stderr, /lstm-wasm: goes on at step 31, where it was in the text, with the optimizer's moments\n/);
    assert.ok(jsonLines(same.stdout).every(({ event }) => event === undefined));
    const longer = run('train', at('longer.txt'), '-o', at('longer'), '--resume', '--steps', '3');
    assert.equal(longer.status, 0, longer.stderr);
    assert.match(longer.stderr, /lstm-wasm: goes on at step 34, from the start of another text, with the optimizer's moments\n/);

    writeFileSync(at('strange.txt'), `${learnt} \u{1F408}Ω`);
    const strange = run('train', at('strange.txt'), '-o', at('longer'), '--resume', '--steps', '3', '--optimizer', 'sgd', '--json');
    assert.equal(strange.status, 0, strange.stderr);
    assert.match(strange.stderr,
      /goes on at step 37, from the start of another text, with another optimizer, 2 new characters in the alphabet: "\u{1F408}Ω"\n/u);
    assert.deepEqual(jsonLines(strange.stdout)[0],
      { event: 'begun', step: 37, at: 'start of another text', moments: false, grown: ['\u{1F408}', 'Ω'] });
    const opened = lstm.openCharModel(readFileSync(at('longer')));
    assert.deepEqual(opened.alphabet.slice(-2), ['\u{1F408}', 'Ω']);
    const skipping = run('train', at('strange.txt'), '-o', at('longer'), '--resume', '--unknown', 'skip');
    assert.match(skipping.stderr, /--unknown: cannot be given with --resume/);
  });

  test('a run that diverges says so, and its checkpoint is of the last good step', () => {
    const hot = ['--steps', '60', '--lr', '10', '--schedule', 'constant', '--json', '--report', '20'];
    const healed = run('train', text, '-o', at('healed'), ...small, ...hot);
    assert.equal(healed.status, 0, healed.stderr);
    const recovered = jsonLines(healed.stdout).filter(({ event }) => event === 'recovered');
    assert.ok(recovered.length > 2);
    assert.deepEqual([recovered[0].step, recovered[0].learningRate], [0, 5]);
    assert.match(recovered[0].reason, /^the loss rose from/);
    assert.match(healed.stderr, /lstm-wasm: the loss rose from \S+ to \S+: back to step 0, on with learning rate 5\n/);

    trained('diverging', '--steps', '30');
    const before = readFileSync(at('diverging'));
    const hotter = ['--steps', '100', '--lr', '1e30', '--recoveries', '1'];
    const lost = run('train', text, '-o', at('diverging'), '--resume', ...hotter);
    assert.equal(lost.status, 1);
    assert.match(lost.stderr, /after going back 1 times .* the model is as after step 30/);
    assert.deepEqual(readFileSync(at('diverging')), before);
    const opened = lstm.openCharModel(readFileSync(at('diverging.checkpoint')));
    const [{ step }] = opened.train(learnt, { steps: 1, learningRate: 0.01 });
    assert.equal(step, 31);
  });
});

describe('what is written', () => {
  test('optimizers and schedules that are none are refused with exit code 2', () => {
    const cases = [
      ['--optimizer', 'adamm', /--optimizer: optimizer must be one of 'adam', .*, got "adamm"/],
      ['--optimizer', 'sgd,beta1=0.5', /--optimizer: beta1 is an option of optimizer 'adam', 'adamw' and not of 'sgd'/],
      ['--optimizer', 'sgd,learningRate=0.5', /--optimizer: expected learningRate as --lr/],
      ['--optimizer', 'sgd,,',
        /--optimizer: expected a name and its options after commas, as sgd,momentum=0\.9,nesterov, got/],
      ['--schedule', 'cosines', /--schedule: type must be one of 'constant', .*, got "cosines"/],
      ['--schedule', 'step,every=2', /--schedule: factor must be a number above 0/],
      ['--schedule', '', /--schedule: expected a name and its options after commas, as cosine,warmup=100, got ''/],
    ];
    for (const [option, value, message] of cases) {
      const { status, stderr } = run('train', text, '-o', at('never2'), `${option}=${value}`);
      assert.match(stderr, message);
      assert.equal(status, 2);
    }
    assert.ok(!existsSync(at('never2')));
  });

  test('the progress line: a bar, the time left, the losses', () => {
    const log = new TrainingLog();
    const report = {
      step: 1, chars: 100, epoch: 0.1, seconds: 1, loss: 4, smoothedLoss: 4, gradientNorm: 1, learningRate: 0.1,
      charsPerSecond: 50, done: false,
    };
    log.add({ ...report });
    assert.equal(log.text(), 'loss 4.000  step 1  50 characters/s');
    log.add({ ...report, step: 2, chars: 200, smoothedLoss: 3.5, valLoss: 3.25, progress: 0.499, secondsLeft: 3601 });
    assert.equal(log.text(),
      '[#########-----------]  49%  1:00:01 left  loss 3.500  validation 3.250  step 2  50 characters/s');
    log.add({ ...report, step: 3, chars: 300, progress: 1, secondsLeft: 0 });
    assert.match(log.text(), /^\[#{20}\] 100%  0:00 left  loss 4\.000  validation 3\.250/);
    // Back to step 1: the speed is that of what was trained, and the line has only steps that last.
    log.add({ ...report, event: 'recovered', loss: 9, charsPerSecond: 0 });
    log.add({ ...report, step: 2, chars: 200, loss: 2 });
    const { step, loss, charsPerSecond, valLoss, best, secondsLeft } = log.line();
    assert.deepEqual({ step, loss, charsPerSecond, valLoss, best, secondsLeft },
      { step: 2, loss: 3.5, charsPerSecond: 50, valLoss: null, best: null, secondsLeft: null });
  });

  test('what a killed process has left beside a file is removed, what another writes is not', async () => {
    mkdirSync(at('tidy'));
    const gone = await new Promise((resolve) => {
      const child = spawn(process.execPath, ['-e', '']);
      child.on('close', () => resolve(child.pid));
    });
    const names = [`.model.${gone}.tmp`, `.model.${process.ppid}.tmp`, `.model2.${gone}.tmp`, '.model.x.tmp'];
    for (const name of names) writeFileSync(at(`tidy/${name}`), '');
    const file = new OutputFile(at('tidy/model'));
    assert.deepEqual(readdirSync(at('tidy')).sort(), names.slice(1).sort());
    await file.write(Buffer.from('whole'));
    assert.equal(readFileSync(at('tidy/model'), 'utf8'), 'whole');
  });
});

/** How often; in parallel, each with a file of its own. */
const kills = Number(process.env.LSTM_WASM_KILLS ?? 200);
const lanes = 4;

test(`killed at ${kills} moments, the newest acknowledged checkpoint opens and goes on`, noSignals, async (t) => {
  let state = 11;
  const random = (limit) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % limit;
  const counts = { saved: 0, inWriting: 0 };

  async function lane(name, times) {
    let step = 0;
    for (let i = 0; i < times; i++) {
      const endless = ['--steps', '1000000000', '--save', '1e-9', '--json', '--report', '1000000'];
      const words = ['train', text, '-o', at(name), ...endless, ...(i === 0 ? small : ['--resume'])];
      let acknowledged = 0;
      let timer;
      const { signal, stderr } = await start(words, (line, child) => {
        const { event, step: saved } = JSON.parse(line);
        if (event !== 'saved') return;
        acknowledged = saved;
        timer ??= setTimeout(() => child.kill('SIGKILL'), random(30) + random(1000) / 1000);
      });
      assert.equal(signal, 'SIGKILL', stderr);
      // The next process goes on from it; here it is opened as well, and has to be no older than what was told.
      const opened = lstm.openCharModel(readFileSync(at(`${name}.checkpoint`)));
      const [report] = opened.train(learnt, { steps: 1 });
      opened.dispose();
      const order = [report.step, acknowledged, step];
      assert.ok(order[0] > order[1] && order[1] > order[2], order.join(' after '));
      step = acknowledged;
      counts.saved += 1;
      const left = readdirSync(folder).filter((file) => file.startsWith(`.${name}.checkpoint.`));
      assert.ok(left.length <= 1, `${left}`);
      counts.inWriting += left.length;
    }
    assert.ok(!existsSync(at(name)), 'the model is only written at the end');
    assert.ok(statSync(at(`${name}.checkpoint`)).size > 1000);
  }

  await Promise.all(Array.from({ length: lanes }, (_, i) =>
    lane(`killed${i}`, Math.floor(kills / lanes) + (i < kills % lanes ? 1 : 0))));
  assert.equal(counts.saved, kills);
  assert.ok(counts.inWriting > 0, 'none was killed while it wrote');
  t.diagnostic(`${counts.inWriting} of ${kills} were killed while they wrote`);
});
