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

/** The Node that runs this stands for its version, and needs no other. @param {string} version */
const isCurrent = (version) => version.split('.')[0] === process.versions.node.split('.')[0];

/** @param {Project} project @param {string} version */
function nodeOf(project, version) {
  return isCurrent(version) ? process.execPath : project.path('node_modules', program, 'bin/node');
}

/**
 * One file, which has to run where nothing else is.
 * @param {Project} project
 * @param {string} node the program
 * @param {'cjs' | 'esm'} format
 */
async function bundled(project, node, format) {
  const file = `alone/${format}/service.${format === 'cjs' ? 'cjs' : 'mjs'}`;
  const flags = ['main.js', '--bundle', '--platform=node', `--format=${format}`, `--outfile=${file}`];
  await project.tool('esbuild', flags);
  await project.hide('node_modules/lstm-wasm');
  try {
    return await project.attempt(node, [file]);
  } finally {
    await project.show('node_modules/lstm-wasm');
  }
}

/** @param {Project} project @param {string} node the program */
async function predict(project, node) {
  await project.write({ 'predict/attempt.js': attemptPredict(project.models), 'predict/main.js': nodeMain });
  return project.attempt(node, ['predict/main.js']);
}

/** @type {Array<{ name: string, run: (project: Project, node: string) => Promise<import('./program.js').Outcome>,
 *   expected?: import('./families.js').Row['expected'] }>} */
const ways = [
  { name: 'ESM', run: (project, node) => project.attempt(node, ['main.js']) },
  { name: 'require', run: (project, node) => project.attempt(node, ['required/main.js']) },
  { name: 'worker_threads', run: (project, node) => project.attempt(node, ['thread.js']) },
  { name: 'one CommonJS file by esbuild', run: (project, node) => bundled(project, node, 'cjs') },
  { name: 'one ESM file by esbuild', run: (project, node) => bundled(project, node, 'esm') },
  { name: 'ESM, lstm-wasm/predict', run: predict, expected: { openWorker: 'none', trains: false } },
];

/** @type {import('./families.js').Environment[]} */
export default versions.map((version) => ({
  name: `Node ${version.split('.')[0]}`,
  version: isCurrent(version) ? process.versions.node : version,
  quick: isCurrent(version),
  prepare: async (project) => {
    await project.install({ ...(isCurrent(version) ? {} : { [program]: version }), ...pins('esbuild') });
    await project.write(files);
  },
  rows: ways.map(({ name, run, expected }) => ({
    name,
    expected,
    run: (/** @type {Project} */ project) => run(project, nodeOf(project, version)),
  })),
}));
