// Node: each supported version, as ES module, by require, in a Worker thread, and bundled to one file.
import { attempt, attemptPredict, nodeMain } from './program.js';
import { node as versions, pins } from './versions.js';

/** @typedef {import('./Project.js').Project} Project */

/** npm has Node's own programs as packages. */
const program = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

const thread = `
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { attempt } from './attempt.js';

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  worker.on('message', (outcome) => console.log('OUTCOME ' + JSON.stringify(outcome)));
} else {
  parentPort.postMessage(await attempt());
}
`;

const files = {
  'main.js': nodeMain,
  'attempt.js': attempt(),
  'thread.js': thread,
  'required/package.json': '{ "type": "commonjs" }\n',
  'required/attempt.js': attempt({ form: 'require' }),
  'required/main.js': nodeMain.replace(/import .*/, "const { attempt } = require('./attempt.js');"),
};

/** @param {Project} project */
const nodeOf = (project) => project.path('node_modules', program, 'bin/node');

/**
 * One file, which has to run where nothing else is.
 * @param {Project} project
 * @param {'cjs' | 'esm'} format
 */
async function bundled(project, format) {
  const file = `alone/${format}/service.${format === 'cjs' ? 'cjs' : 'mjs'}`;
  const flags = ['main.js', '--bundle', '--platform=node', `--format=${format}`, `--outfile=${file}`];
  await project.tool('esbuild', flags);
  await project.hide('node_modules/lstm-wasm');
  try {
    return await project.attempt(nodeOf(project), [file]);
  } finally {
    await project.show('node_modules/lstm-wasm');
  }
}

/** @param {Project} project */
async function predict(project) {
  await project.write({ 'predict/attempt.js': attemptPredict(project.model), 'predict/main.js': nodeMain });
  return project.attempt(nodeOf(project), ['predict/main.js']);
}

/** @type {import('./families.js').Environment[]} */
export default versions.map((version) => ({
  name: `Node ${version.split('.')[0]}`,
  version,
  prepare: async (project) => {
    await project.install({ [program]: version, ...pins('esbuild') });
    await project.write(files);
  },
  rows: [
    { name: 'ESM', run: (project) => project.attempt(nodeOf(project), ['main.js']) },
    { name: 'require', run: (project) => project.attempt(nodeOf(project), ['required/main.js']) },
    { name: 'worker_threads', run: (project) => project.attempt(nodeOf(project), ['thread.js']) },
    { name: 'one CommonJS file by esbuild', run: (project) => bundled(project, 'cjs') },
    { name: 'one ESM file by esbuild', run: (project) => bundled(project, 'esm') },
    { name: 'ESM, lstm-wasm/predict', run: predict, expected: { openWorker: 'none', trains: false } },
  ],
}));
