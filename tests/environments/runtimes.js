// Other runtimes of servers: Deno, Bun, and Cloudflare's workerd.
import { attempt, attemptPredict, nodeMain } from './program.js';
import { freePort, wait } from './processes.js';
import { pins, pinned } from './versions.js';

/** @typedef {import('./Project.js').Project} Project */

const files = { 'main.js': nodeMain, 'attempt.js': attempt() };

/** workerd compiles no bytes: it wants an imported module. */
const workerd = `
import { attempt } from './attempt.js';

export default {
  async fetch() {
    return Response.json(await attempt());
  },
};
`;

/** @param {number} port */
const configuration = (port) => `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);

const main :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "dist/worker.js"),
    (name = "lstm-simd.wasm", wasm = embed "node_modules/lstm-wasm/dist/lstm-simd.wasm")
  ],
  compatibilityDate = "2026-11-01"
);
`;

/** @param {Project} project @param {string} source of attempt.js */
async function inWorkerd(project, source) {
  const port = await freePort();
  await project.write({ 'worker.js': workerd, 'attempt.js': source, 'config.capnp': configuration(port) });
  const flags = ['worker.js', '--bundle', '--format=esm', '--external:*.wasm', '--outdir=dist'];
  await project.tool('esbuild', flags);
  const server = project.start(project.path('node_modules/.bin/workerd'), ['serve', 'config.capnp']);
  let ended = '';
  server.ended.then((code) => (ended = `workerd ended with ${code}: ${server.output}`));
  for (let left = 100; left > 0 && !ended; left--) {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(90_000) }).catch(() => undefined);
    if (answer?.ok) return JSON.parse(await answer.text());
    if (answer) throw new Error(`workerd answered ${answer.status}: ${server.output}`);
    await wait(0.2);
  }
  throw new Error(ended || `workerd does not answer: ${server.output}`);
}

/** @type {import('./families.js').Environment[]} */
export default [
  {
    name: 'Deno',
    version: pinned.deno,
    prepare: async (project) => {
      await project.install(pins('deno'));
      await project.write(files);
    },
    rows: [{ name: '', run: (project) => project.attempt(project.path('node_modules/.bin/deno'), ['run', '-A', 'main.js']) }],
  },
  {
    name: 'Bun',
    version: pinned.bun,
    prepare: async (project) => {
      await project.install(pins('bun'));
      await project.write(files);
    },
    rows: [{ name: '', run: (project) => project.attempt(project.path('node_modules/.bin/bun'), ['main.js']) }],
  },
  {
    name: 'workerd',
    version: pinned.workerd,
    prepare: (project) => project.install(pins('workerd', 'esbuild')),
    rows: [
      {
        name: 'imported module',
        run: (project) => inWorkerd(project, attempt({ wasm: './lstm-simd.wasm' })),
        expected: { openWorker: 'refused' },
      },
      {
        name: 'imported module, lstm-wasm/predict',
        run: (project) => inWorkerd(project, attemptPredict(project.models, { wasm: './lstm-simd.wasm' })),
        expected: { openWorker: 'none', trains: false },
      },
    ],
  },
];
