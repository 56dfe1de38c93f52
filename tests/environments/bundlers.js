// Other bundlers of pages, by their own command lines.
import { attempt, attemptPredict, html, pageMain } from './program.js';
import { serviceWorker } from './static.js';
import { freePort } from './processes.js';
import { pins, pinned } from './versions.js';

/** @typedef {import('./Project.js').Project} Project */
/** @typedef {import('./families.js').Environment} Environment */

const source = { 'src/index.js': pageMain, 'src/attempt.js': attempt() };
const predicts = /** @type {const} */ ({ openWorker: 'none', trains: false });

/**
 * A folder with what a bundler made and the page that a newcomer writes for it.
 * @param {Project} project
 * @param {string} script
 * @param {string} [type]
 */
async function openDist(project, script, type = '') {
  await project.write({ 'dist/index.html': html(script, { type }) });
  return project.visit(await project.serve('dist'));
}

/** @param {Project} project @param {() => Promise<import('./program.js').Outcome>} run */
async function predict(project, run) {
  await project.write({ 'src/attempt.js': attemptPredict(project.models) });
  try {
    return await run();
  } finally {
    await project.write(source);
  }
}

/** @param {Project} project @param {'production' | 'development'} mode */
async function webpack(project, mode) {
  await project.tool('webpack', ['--mode', mode]);
  return openDist(project, 'main.js');
}

/** @param {Project} project @param {'production' | 'development'} mode */
async function rspack(project, mode) {
  await project.tool('rspack', ['build', '--mode', mode]);
  return openDist(project, 'main.js');
}

/** @param {Project} project */
async function rollup(project) {
  const flags = ['src/index.js', '--dir', 'dist', '--format', 'es', '--plugin', 'node-resolve'];
  await project.tool('rollup', flags);
  return openDist(project, 'index.js', 'module');
}

/** @param {Project} project @param {string} format */
async function esbuild(project, format) {
  await project.tool('esbuild', ['src/index.js', '--bundle', `--format=${format}`, '--outdir=dist']);
  return openDist(project, 'index.js', format === 'esm' ? 'module' : '');
}

const askServiceWorker = `
navigator.serviceWorker.addEventListener('message', ({ data }) => {
  document.title = 'OUTCOME ' + JSON.stringify(data);
});
navigator.serviceWorker.register('./sw.js')
  .then(() => navigator.serviceWorker.ready)
  .then(({ active }) => active.postMessage('attempt'))
  .catch((error) => {
    document.title = 'FAILED register: ' + error.message;
  });
`;

/** @param {Project} project a classic service worker in one file, as every browser takes it */
async function esbuildServiceWorker(project) {
  await project.write({ 'src/sw.js': serviceWorker, 'offline/index.html': html('./main.js'), 'offline/main.js': askServiceWorker });
  await project.tool('esbuild', ['src/sw.js', '--bundle', '--format=iife', '--outdir=offline']);
  return project.visit(await project.serve('offline'));
}

/** @param {Project} project */
async function parcelBuild(project) {
  await project.tool('parcel', ['build', 'index.html']);
  return project.visit(await project.serve('dist'));
}

/** @param {Project} project */
async function parcelServe(project) {
  const flags = ['index.html', '--port', String(await freePort())];
  return project.visit(await project.server('parcel', flags, /running at (http:\/\/localhost:\d+)[\s\S]*Built in/, /Build failed/));
}

/** @type {Environment[]} */
export default [
  {
    name: 'esbuild',
    version: pinned.esbuild,
    quick: true,
    prepare: async (project) => {
      await project.install(pins('esbuild'));
      await project.write(source);
    },
    rows: [
      { name: 'ESM', run: (project) => esbuild(project, 'esm') },
      { name: 'IIFE', run: (project) => esbuild(project, 'iife') },
      { name: 'IIFE, service worker', run: esbuildServiceWorker, expected: { openWorker: 'refused' } },
      {
        name: 'ESM, lstm-wasm/predict',
        run: (project) => predict(project, () => esbuild(project, 'esm')),
        expected: predicts,
      },
    ],
  },
  {
    name: 'webpack 5',
    version: pinned.webpack,
    prepare: async (project) => {
      await project.install(pins('webpack', 'webpack-cli'));
      await project.write(source);
    },
    rows: [
      { name: 'production', run: (project) => webpack(project, 'production') },
      { name: 'development', run: (project) => webpack(project, 'development') },
      {
        name: 'production, lstm-wasm/predict',
        run: (project) => predict(project, () => webpack(project, 'production')),
        expected: predicts,
      },
    ],
  },
  {
    name: 'Rspack',
    version: pinned['@rspack/core'],
    prepare: async (project) => {
      await project.install(pins('@rspack/core', '@rspack/cli'));
      await project.write(source);
    },
    rows: [
      { name: 'production', run: (project) => rspack(project, 'production') },
      { name: 'development', run: (project) => rspack(project, 'development') },
    ],
  },
  {
    name: 'Rollup',
    version: pinned.rollup,
    prepare: async (project) => {
      await project.install(pins('rollup', '@rollup/plugin-node-resolve'));
      await project.write(source);
    },
    rows: [{ name: 'with node-resolve', run: rollup }],
  },
  {
    name: 'Parcel',
    version: pinned.parcel,
    prepare: async (project) => {
      // As `npm init -y` has it: Parcel reads "type" for nothing here.
      await project.install(pins('parcel'));
      await project.write({ ...source, 'index.html': html('src/index.js') });
    },
    rows: [
      { name: 'build', run: parcelBuild },
      { name: 'serve', run: parcelServe },
    ],
  },
];
