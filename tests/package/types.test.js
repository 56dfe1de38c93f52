// Strict TypeScript projects accept the package's types, and these refuse what the library would refuse.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import ts from 'typescript';
import { createProject, root, run } from './project.js';
import { folder, kept, report, textOf } from './public-types.js';

const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');

// An error that is expected and does not come is an error itself.
const usage = `
import { load, LstmError, FileFormatError } from 'lstm-wasm';
import type { CellKindName, Completion, GradientFlow, LayerOptions, Lstm, Reading } from 'lstm-wasm';
import type { Classifier, ClassifierEvaluation, ClassifierOptions, LabelledSequence, LabelledSequences } from 'lstm-wasm';
import type { Pair, Translation, Translator, TranslatorOptions, TranslatorTrainOptions } from 'lstm-wasm';
import { load as loadPredictor } from 'lstm-wasm/predict';
import type { Classifier as PredictingClassifier, Translator as PredictingTranslator } from 'lstm-wasm/predict';
import { openWorker } from 'lstm-wasm/worker';
import type { WorkerCharModel, WorkerReading } from 'lstm-wasm/worker';

export async function use(text: string): Promise<string> {
  const lstm = await load({ variant: 'simd' });

  const cell = lstm.createCell({ kind: 'lstm', inputSize: 3, hiddenSize: 4, seed: 1 });
  const state = cell.initialState();
  cell.step([0.1, -0.4, 0.7], state);
  const memory: Float32Array = state.c;
  const forget: Float32Array = cell.gates().forget;

  const layers = [{ kind: 'lstm', hiddenSize: 8 } as const, { kind: 'lstm', hiddenSize: 4, bias: false } as const];
  const net = lstm.createNetwork({ input: { tokens: 65 }, layers, output: { classes: 65 } });
  const trainer = net.createTrainer({ optimizer: 'adam', learningRate: 2e-3, batchSize: 2, window: 5 });
  const { loss, gradientNorm } = trainer.step(new Uint32Array(10), new Uint32Array(10));
  const sum: number = loss + gradientNorm + memory.length + forget.length;
  trainer[Symbol.dispose]();

  const kinds = [
    { kind: 'rnn', hiddenSize: 4, activation: 'relu', bidirectional: true },
    { kind: 'lstm', hiddenSize: 4, peephole: 'diagonal', coupled: true, projection: 2, clip: 3, trainableState: true },
    { kind: 'gru', hiddenSize: 4, resetAfter: true },
    { kind: 'four-gate', hiddenSize: 4 },
    { kind: 'feedforward', hiddenSize: 4 },
    { kind: 'tdnn', hiddenSize: 4, delays: 3 },
  ] satisfies LayerOptions[];
  const every = lstm.createNetwork({ input: { size: 3 }, layers: kinds });
  const { outputs, state: ends } = every.run([1, 2, 3], { lengths: [1] });
  const ahead: Float32Array = every.forecast(2, { inputs: [1, 2, 3], state: every.initialState() });
  const whole = every.createTrainer({ carryState: false, batchSize: 1, window: 1 });
  whole.step([1, 2, 3], outputs, { lengths: [1], mask: [1] });
  const [{ h, c = h }]: GradientFlow[] = whole.gradientFlow();
  console.log(ahead[0], ends[0].h, c[0], whole.predict([1, 2, 3]));
  lstm.createCell({ inputSize: 3, hiddenSize: 4, layerNorm: true });
  const named: CellKindName = every.config.layers[0].kind;
  console.log(named, lstm.createCharModel({ text, kind: 'tdnn', delays: 4 }).config.layers);
  lstm.createCharModel({ text, layers: kinds });
  // @ts-expect-error of another kind
  lstm.createNetwork({ input: { size: 3 }, layers: [{ kind: 'rnn', hiddenSize: 4, resetAfter: true }] });
  // @ts-expect-error how many?
  lstm.createNetwork({ input: { size: 3 }, layers: [{ kind: 'tdnn', hiddenSize: 4 }] });
  // @ts-expect-error no memory to start from
  lstm.createCell({ kind: 'feedforward', inputSize: 3, hiddenSize: 4, trainableState: true });
  // @ts-expect-error no such word
  lstm.createCharModel({ text, peephole: 'all' });

  const model = lstm.createCharModel({ text, layers: 2, hiddenSize: 8, seed: 1 });
  for (const report of model.train(text, { steps: 3, validation: 0.1 })) {
    const known: number = report.charsPerSecond;
    // valLoss is only there where it was just measured.
    // @ts-expect-error
    const unknown: number = report.valLoss;
    console.log(known, unknown);
  }
  const bytes: Uint8Array = model.save();
  const best: string = lstm.openCharModel(bytes).predict('to', { top: 1 })[0].char;
  for (const char of model.stream({ prime: 'to', topK: 5, topP: 0.9, stop: ['.', '\\n'], pattern: /[a-z]+/ })) {
    const reading: Reading = model.read(char).branch().push('to');
    const scores: Float64Array = reading.score('be');
    const completions: Completion[] = model.complete('to', { beams: 2, length: 3, allowed: 'be ' });
    console.log(scores[0], completions[0].logProbability, completions[0].stop?.length);
  }
  // @ts-expect-error what comes before?
  net.forecast(3, { state: net.initialState() });
  // @ts-expect-error no such option
  model.generate({ topk: 3 });
  // @ts-expect-error nothing is drawn
  model.complete('to', { temperature: 1 });

  // @ts-expect-error no such option
  lstm.createCharModel({ text, hidenSize: 8 });
  // @ts-expect-error no such kind
  lstm.createCell({ kind: 'lstn', inputSize: 3, hiddenSize: 4 });
  // @ts-expect-error no such variant
  await load({ variant: 'fast' });
  // @ts-expect-error no such option
  model.train(text, { second: 60 });
  // @ts-expect-error a text, not a number
  model.predict(1);

  await useModels(lstm);
  console.log(await usePredictor(bytes));
  try {
    model.dispose();
  } catch (error) {
    if (error instanceof FileFormatError) throw error;
    if (error instanceof LstmError) console.log(error.code);
  }
  return best + sum;
}

async function useModels(lstm: Lstm) {
  const pairs: Pair[] = [['one', '1']];
  const options: TranslatorOptions = { pairs, kind: 'gru', resetAfter: true, attention: 'additive' };
  const translator: Translator = lstm.createTranslator(options);
  // @ts-expect-error no such option
  lstm.createTranslator({ pairs, hidenSize: 8 });
  // @ts-expect-error no such option
  lstm.createTranslator({ pairs, atention: false });
  const measured: TranslatorTrainOptions = { validation: pairs, steps: 3 };
  for (const { loss, perSecond } of translator.train(pairs, measured)) console.log(loss.toFixed(), perSecond.toFixed());
  // @ts-expect-error no such option
  translator.train(pairs, { step: 3 });
  // @ts-expect-error a report has no such number
  console.log((await translator.fit(pairs, { validation: { pairs } }))?.accuracy);
  const { isWhole, text }: Translation = translator.translate('one');
  const layers: number | object[] = translator.config.layers;
  console.log(isWhole && text, layers, translator.isQuantized satisfies boolean, translator.steps.toFixed());

  const data: LabelledSequence[] = [{ sequence: [[1, 2]], label: 'up' }, { sequence: [[2, 1]], label: 'down' }];
  const all: LabelledSequences = { sequences: data.map(({ sequence }) => sequence), labels: ['up', 'down'] };
  const classifier: Classifier = lstm.createClassifier({ labels: ['up', 'down'], features: 2 } satisfies ClassifierOptions);
  for (const report of classifier.train(all, { steps: 1, validation: new Set(data), classWeights: 'balanced' })) console.log(report.valLoss);
  // @ts-expect-error no such option
  lstm.createClassifier({ labels: ['up', 'down'], feature: 2 });
  const { macroF1, confusion }: ClassifierEvaluation = classifier.evaluate(all);
  console.log(macroF1.toFixed(), confusion[0][1], classifier.parameterCount.toFixed());

  await lstm.createForecaster().fit([1, 2, 3], { steps: 1, validation: { data: [1, 2, 3] } });
  await lstm.createCharModel({ text: 'to be' }).fit('to be', { steps: 1, validation: ['to be'] });
}

async function usePredictor(bytes: Uint8Array): Promise<string | undefined> {
  const model = await (await loadPredictor()).open(bytes);
  if ('translate' in model) return (model satisfies PredictingTranslator).translate('one').text;
  // @ts-expect-error it is not trained
  if ('labels' in model) (model satisfies PredictingClassifier).train([]);
  return undefined;
}

export async function useWorker(text: string, signal: AbortSignal): Promise<string> {
  const lstm = await openWorker({ variant: 'auto' });
  const model = await lstm.createCharModel({ text, hiddenSize: 8 });
  for await (const { loss } of model.train(text, { signal })) {
    const nats: number = loss;
    if (nats < 1) break;
  }
  // @ts-expect-error no such option
  await lstm.createCharModel({ text, hidenSize: 8 });
  for await (const char of model.stream({ length: 3, seed: 1 })) console.log(char.length);
  const reading: WorkerReading = await (await model.read('to')).branch();
  console.log((await reading.score('be'))[0], (await model.complete('to'))[0].text);
  const small: WorkerCharModel = await model.quantize();
  const again: WorkerReading = await (await small.read()).push('to');
  const [{ char, probability }] = await again.predict({ top: 1 });
  const scores: Float64Array = await small.score('be', { prime: 'to' });
  console.log(char, probability + scores[0], (await small.trace('to')).layers.length, small.config.seed);
  await (await lstm.openCharModel(await small.save())).dispose();
  // @ts-expect-error a promise, not the bytes
  const bytes: Uint8Array = model.save();
  // @ts-expect-error a text, not a number
  await model.predict(1);
  // @ts-expect-error no such option
  model.stream({ topk: 3 });
  // @ts-expect-error no such option
  model.train(text, { second: 60 });
  // @ts-expect-error not of a reading
  await again.evaluate('to be');
  lstm.terminate();
  return (await model.generate({ prime: 'to', length: 5 })) + bytes.length;
}
`;

// What a page's project has besides, and one of Node: the platform's own objects are taken, and what is given out is taken by it.
const page = `
import { inspect, load } from 'lstm-wasm';
import type { CellKindName, CharModel, Ensemble, LoadOptions } from 'lstm-wasm';
import { openWorker } from 'lstm-wasm/worker';
import { LstmError, load as loadHere, serve } from 'lstm-wasm/serve';
import type { Lstm } from 'lstm-wasm/serve';
import 'lstm-wasm/worker-main';

export async function own(): Promise<Lstm> {
  serve() satisfies void;
  // @ts-expect-error it takes nothing
  serve({ variant: 'simd' });
  if (new Date().getDay() > 6) throw new LstmError('never');
  return loadHere({ variant: 'repeatable' });
}

export async function use(file: File, floats: Float32Array, compiled: WebAssembly.Module, signal: AbortSignal) {
  const sources: LoadOptions['wasm'][] = [
    file, fetch('lstm.wasm'), await fetch('lstm.wasm'), new URL('lstm.wasm', location.href), 'lstm.wasm', compiled,
    floats.buffer, new Uint8Array(4), new Blob([]), file.arrayBuffer(), new SharedArrayBuffer(4),
  ];
  const lstm = await load({ wasm: sources[0], integrity: 'sha256-', signal });
  // @ts-expect-error no bytes
  await load({ wasm: 5 });
  // @ts-expect-error nothing that has any
  await load({ wasm: { bytes: floats } });
  // @ts-expect-error a signal, not its controller
  await load({ signal: new AbortController() });
  // @ts-expect-error a promise, unless bytes are given
  inspect(file).kind;
  const description = inspect(floats);
  if (description.kind === 'characters') console.log(description.alphabet.join(''));
  else if (description.kind !== 'ensemble') description.alphabet satisfies undefined;
  else description.config['member.0'].seed satisfies number | undefined;
  // @ts-expect-error no such kind
  console.log(description.kind === 'words');

  using cell = lstm.createCell({ inputSize: floats.length, hiddenSize: 2 });
  const state = cell.initialState();
  cell.step(floats, state);
  cell.step(floats, { h: [0, 0], c: floats });
  cell.step(floats, JSON.parse(JSON.stringify(state)));
  // @ts-expect-error no state of a network
  cell.step(floats, [state]);
  using net = lstm.createNetwork({ input: { size: 3 }, layers: [{ kind: 'gru', hiddenSize: 4 }], output: { values: 1 } });
  net.setParameters({ weight: floats });
  const kind = net.config.layers[0].kind satisfies CellKindName;
  // @ts-expect-error no such kind
  console.log(kind === 'transformer');
  console.log(new Blob([state.h, net.parameters().weight, net.run(floats).outputs, net.step(floats, [state])]));

  const opened = await lstm.open(file, { signal });
  if ('complete' in opened && 'alphabet' in opened && 'train' in opened) opened satisfies CharModel;
  if ('complete' in opened && 'alphabet' in opened && !('train' in opened)) opened satisfies Ensemble;
  await using model = await (await openWorker({ worker: new Worker('worker.js'), signal })).createCharModel({ text: 'to be' });
  const several = await openWorker({ worker: () => new Worker('worker.js'), threads: 2 });
  several satisfies Awaited<ReturnType<typeof openWorker>>;
  // @ts-expect-error it gives no Worker
  await openWorker({ worker: () => 'worker.js' });
  const last = await model.fit('to be', { signal, steps: 3, onReport: ({ loss }) => console.log(loss.toFixed()) });
  // @ts-expect-error a report has no such number
  console.log(last?.accuracy, new Blob([await model.save(), await model.score('to be')]));
  // @ts-expect-error a function, not a name
  await model.fit('to be', { onReport: 'log' });
  // @ts-expect-error either
  await openWorker({ url: 5 });
}
`;

const node = `
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { inspect, load } from 'lstm-wasm';
import type { Lstm } from 'lstm-wasm';
import { openWorker } from 'lstm-wasm/worker';
import type { WorkerCharModel } from 'lstm-wasm/worker';
import 'lstm-wasm/worker-main';

export async function use(): Promise<Lstm> {
  const lstm = await load({ wasm: readFile('lstm.wasm'), signal: AbortSignal.timeout(1000) });
  await load({ wasm: new Blob([]) });
  using model = lstm.createCharModel({ text: 'to be', hiddenSize: 4 });
  for (const { step, loss } of model.train('to be', { steps: 3 })) console.log(step + loss);
  console.log(Buffer.from(model.save()), inspect(await readFile('a.safetensors')).parameterCount);
  const worker = new Worker('worker.js');
  (await openWorker({ worker: async () => new Worker('worker.js') })).terminate();
  await using remote = await (await openWorker({ worker, url: new URL('file:///worker.js') })).open('a.safetensors') as WorkerCharModel;
  for await (const char of remote.stream({ signal: new AbortController().signal })) console.log(char);
  // @ts-expect-error a promise
  remote.generate().length;
  return lstm;
}
`;

// Neither the DOM's library nor Node's types.
const bare = `
import { load } from 'lstm-wasm';
import { openWorker } from 'lstm-wasm/worker';
import type { WorkerCharModel } from 'lstm-wasm/worker';
import 'lstm-wasm/worker-main';

export async function use(bytes: Uint8Array): Promise<number> {
  const model = (await load({ wasm: bytes })).createCharModel({ text: 'to be' });
  // @ts-expect-error no signal
  model.train('to be', { signal: true });
  const remote = await (await openWorker()).createCharModel({ text: 'to be' });
  return (await remote.save()).length;
}
`;

/** @type {Awaited<ReturnType<typeof createProject>>} */
let project;
before(async () => {
  project = await createProject();
  await project.write({ 'usage.ts': usage, 'page.ts': page, 'node.ts': node, 'bare.ts': bare });
});
after(() => project?.remove());

const typeRoots = [path.join(root, 'node_modules', '@types')];
for (const [title, files, options] of [
  ["nodenext and the DOM's library", ['usage.ts', 'page.ts'], { module: 'nodenext', moduleResolution: 'nodenext', types: [] }],
  ["bundler and Node's types", ['node.ts'], { module: 'esnext', moduleResolution: 'bundler', lib: ['es2022'], types: ['node'], typeRoots }],
  // node10 looks into no `exports`.
  ['node10 and neither', ['bare.ts'], { module: 'esnext', moduleResolution: 'node10', lib: ['es2022'], types: [] }],
]) {
  test(`a strict TypeScript project with moduleResolution ${title} compiles`, async () => {
    const compilerOptions = {
      strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, target: 'es2022', noEmit: true, ...options,
    };
    const name = `tsconfig.${files[0]}.json`;
    await project.write({ [name]: JSON.stringify({ compilerOptions, files }) });
    await run(process.execPath, [compiler, '-p', name], project.folder);
  });
}

/**
 * What an editor asks of TypeScript.
 * @param {string} file
 * @param {string} source
 */
function editorOf(file, source) {
  return ts.createLanguageService({
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const text = name === file ? source : ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCompilationSettings: () => ({ strict: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [] }),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getCurrentDirectory: () => project.folder,
  });
}

test('an editor completes the options of each call, and the words that they may be', () => {
  const file = path.join(project.folder, 'completed.ts');
  const calls = {
    'load({ | })': ['integrity', 'signal', 'variant', 'wasm'],
    "load({ variant: '|' })": ['auto', 'relaxed', 'repeatable', 'scalar', 'simd'],
    'openWorker({ | })': ['integrity', 'signal', 'url', 'variant', 'wasm', 'worker'],
    "lstm.createCell({ kind: '|' })": ['feedforward', 'four-gate', 'gru', 'lstm', 'rnn', 'tdnn'],
    "lstm.createCell({ kind: 'rnn', | })": ['activation', 'bias', 'clip', 'hiddenSize', 'inputSize', 'seed', 'trainableState'],
    'lstm.createCharModel({ | })': ['alphabet', 'embedding', 'hiddenSize', 'kind', 'layers', 'peephole', 'text', 'unknown'],
    "lstm.createCharModel({ text: '', unknown: '|' })": ['error', 'skip'],
    'net.createTrainer({ | })': ['batchSize', 'carryState', 'dropout', 'learningRate', 'optimizer', 'window'],
    "net.createTrainer({ optimizer: 'sgd', | })": ['learningRate', 'momentum', 'nesterov'],
    'net.run([], { | })': ['batchSize', 'layout', 'lengths', 'state'],
    "model.train('', { | })": ['keepBest', 'optimizer', 'schedule', 'seconds', 'signal', 'steps', 'validation'],
    "model.train('', { schedule: { type: '|' } })": ['constant', 'cosine'],
    'lstm.createTranslator({ | })': ['attention', 'by', 'hiddenSize', 'pairs', 'unknown'],
    'lstm.createClassifier({ | })': ['classWeights', 'features', 'hiddenSize', 'labels'],
    "model.fit('', { | })": ['epochs', 'onReport', 'signal'],
    'model.generate({ | })': ['length', 'pattern', 'prime', 'seed', 'stop', 'temperature', 'topK', 'topP'],
    'model.complete(\'\', { | })': ['allowed', 'beams', 'length', 'pattern', 'stop'],
    "remote.train('', { | })": ['keepBest', 'signal', 'steps'],
    "remote.generate({ | })": ['length', 'prime', 'temperature'],
  };
  const head = `import { load } from 'lstm-wasm';
  import type { CharModel, Lstm, Network } from 'lstm-wasm';
  import { openWorker } from 'lstm-wasm/worker';
  import type { WorkerCharModel } from 'lstm-wasm/worker';
  declare const lstm: Lstm, net: Network, model: CharModel, remote: WorkerCharModel;\n`;
  const source = head + Object.keys(calls).join(';\n').replaceAll('|', '');
  const service = editorOf(file, source);
  let at = head.length;
  for (const [call, expected] of Object.entries(calls)) {
    const entries = service.getCompletionsAtPosition(file, at + call.indexOf('|'), {})?.entries ?? [];
    const names = new Set(entries.map(({ name }) => name));
    assert.deepEqual(expected.filter((name) => !names.has(name)), [], `${call} lacks them`);
    assert.ok(!names.has('globalThis'), `${call} is completed with everything`);
    at += call.length + 1;
  }
});

test('an editor shows the documentation of each method of what lives in a Worker', () => {
  const file = path.join(project.folder, 'usage.ts');
  const source = `${usage}
  export function show(lstm: import('lstm-wasm/worker').WorkerLstm, model: WorkerCharModel, reading: WorkerReading) {
    lstm.createCharModel; lstm.openCharModel; lstm.terminate;
    model.train; model.predict; model.generate; model.stream; model.complete; model.score; model.trace; model.read;
    model.evaluate; model.quantize; model.save; model.checkpoint; model.dispose;
    reading.push; reading.branch; reading.predict; reading.score; reading.trace; reading.generate; reading.stream;
    reading.complete; reading.dispose;
  }`;
  const service = editorOf(file, source);
  const uses = [...source.slice(usage.length).matchAll(/\b(?:lstm|model|reading)\.(\w+);/g)];
  assert.equal(uses.length, 25);
  for (const { 0: use, 1: name, index } of uses) {
    const info = service.getQuickInfoAtPosition(file, usage.length + index + use.length - 2);
    const signature = ts.displayPartsToString(info?.displayParts);
    const expected = name === 'terminate' ? 'void' : ['train', 'stream'].includes(name) ? 'AsyncGenerator<' : 'Promise<';
    assert.ok(signature.split('): ').at(-1).startsWith(expected), signature);
    assert.ok(ts.displayPartsToString(info?.documentation).length > 5, `${use} is not documented: ${signature}`);
  }
});

test('the public types have the names that are kept in public-types.txt', () => {
  const now = report(['index', 'worker', 'serve', 'predict', 'worker-main'].filter((name) => existsSync(path.join(folder, `${name}.d.ts`))));
  if (process.env.KEEP_PUBLIC_TYPES) writeFileSync(kept, now);
  // Where a change is meant: KEEP_PUBLIC_TYPES=1 node --test tests/package/types.test.js, and look at the difference.
  assert.deepEqual(now.split('\n'), readFileSync(kept, 'utf8').split('\n'));
});

test('the public types name no file, nothing internal, and nothing that TypeScript 5.4 does not know', () => {
  for (const name of readdirSync(folder)) {
    const text = textOf(name);
    for (const wrong of [/\bimport\(/, /@internal/, /@protected|\bprotected\b/, /\bprivate\b(?=\s+\w+[(:;])/, /Array<ArrayBuffer/, /\$\d/, /_base\b/]) {
      assert.doesNotMatch(text, wrong, name);
    }
  }
});
