// TypeScript: the versions of two years, each way of resolving packages, with the DOM's library, with Node's types instead,
// and with neither. Declarations of packages are checked too.
import { pins, typescript as versions } from './versions.js';

/** @typedef {import('./Project.js').Project} Project */
/** @typedef {import('./judge.js').Verdict} Verdict */

const usage = {
  'main.ts': `import { load, LstmError } from 'lstm-wasm';
import type { Prediction } from 'lstm-wasm';

export async function learn(text: string): Promise<string> {
  const lstm = await load({ variant: 'simd' });
  const model = lstm.createCharModel({ text, hiddenSize: 16, seed: 1 });
  for (const { step, loss } of model.train(text, { steps: 50 })) {
    const sum: number = step + loss;
    if (sum < 0) throw new LstmError('negative');
  }
  const [first]: Prediction[] = model.predict('to b', { top: 1 });
  const bytes: Uint8Array = model.save();
  model.dispose();
  return first!.char + bytes.length;
}
`,
  'worker.ts': `import { openWorker } from 'lstm-wasm/worker';
import type { WorkerCharModel } from 'lstm-wasm/worker';

export async function learn(text: string): Promise<string> {
  const lstm = await openWorker();
  const model: WorkerCharModel = await lstm.createCharModel({ text, hiddenSize: 16, seed: 1 });
  for await (const { loss } of model.train(text, { steps: 50 })) if (loss < 0) break;
  const [first] = await model.predict('to b', { top: 1 });
  await model.dispose();
  lstm.terminate();
  return first!.char;
}
`,
  'predict.ts': `import { load } from 'lstm-wasm/predict';

export async function next(bytes: Uint8Array): Promise<unknown> {
  const lstm = await load();
  return lstm.open(bytes);
}
`,
};

/** @type {Record<string, { module: string, moduleResolution: string }>} */
const resolutions = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  node16: { module: 'node16', moduleResolution: 'node16' },
  node10: { module: 'esnext', moduleResolution: 'node10' },
};

/** @type {Record<string, { lib: string[], types: string[] }>} */
const libraries = {
  'the DOM': { lib: ['es2022', 'dom'], types: [] },
  "Node's types, no DOM": { lib: ['es2022'], types: ['node'] },
  'neither DOM nor Node': { lib: ['es2022'], types: [] },
};

/**
 * What tsc says of the files given, or of declarations that are not ours to use, which counts for each.
 * @param {string} output of tsc
 * @param {string} file
 */
function errorsIn(output, file) {
  return output.split('\n').filter((line) =>
    /error TS\d+: /.test(line) && (line.startsWith(file) || !/^\w+\.ts\(/.test(line)));
}

/**
 * @param {Project} project
 * @param {string} resolution
 * @param {string} library
 * @returns {Promise<Verdict>}
 */
async function compile(project, resolution, library) {
  const compilerOptions = {
    strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, target: 'es2022', noEmit: true,
    ...resolutions[resolution], ...libraries[library],
  };
  await project.write({ 'tsconfig.json': JSON.stringify({ compilerOptions, files: Object.keys(usage) }) });
  let output = '';
  try {
    await project.tool('tsc', ['-p', 'tsconfig.json', '--pretty', 'false']);
  } catch (error) {
    output = /** @type {Error} */ (error).message.split('\n').slice(1).join('\n');
    if (!/error TS\d+: /.test(output)) throw error;
  }
  /** @param {string} file @param {string} entry */
  const look = (file, entry) => {
    const errors = errorsIn(output, file);
    const more = errors.length > 1 ? ` and ${errors.length - 1} more` : '';
    return { shown: errors.length > 0 ? 'no' : 'types', why: errors.slice(0, 1).map((first) => `${entry}: ${first}${more}`) };
  };
  const [main, worker, predict] = [
    look('main.ts', 'lstm-wasm'), look('worker.ts', 'lstm-wasm/worker'), look('predict.ts', 'lstm-wasm/predict'),
  ];
  const why = [...main.why, ...worker.why, ...predict.why];
  return { load: main.shown, openWorker: worker.shown, trained: '-', predicted: predict.shown, why };
}

/** @type {import('./families.js').Environment[]} */
export default versions.map((version) => ({
  name: `TypeScript ${version.split('.').slice(0, 2).join('.')}`,
  version,
  prepare: async (project) => {
    await project.install({ typescript: version, ...pins('@types/node') });
    await project.write(usage);
  },
  rows: Object.keys(resolutions).flatMap((resolution) =>
    Object.keys(libraries).map((library) => ({
      name: `${resolution}, ${library}`,
      run: (/** @type {Project} */ project) => compile(project, resolution, library),
    }))),
}));
