// Vite: the page of its own template, served in development, built, previewed, and rendered on a server.
import { attempt, attemptPredict, html, nodeMain, pageMain } from './program.js';
import { vite as versions } from './versions.js';

/** @typedef {import('./Project.js').Project} Project */
/** @typedef {import('./program.js').Outcome} Outcome */

const address = /(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):\d+\/)/;

const serverInDevelopment = `
import { createServer } from 'vite';

const options = { configFile: './vite.ssr.config.js', server: { middlewareMode: true, ws: false }, appType: 'custom' };
const server = await createServer(options);
const { attempt } = await server.ssrLoadModule('/src/attempt.js');
console.log('OUTCOME ' + JSON.stringify(await attempt()));
await server.close();
`;

/** @param {Project} project @param {string} version */
async function prepare(project, version) {
  await project.install({ vite: version });
  await project.write({
    'index.html': html('/src/main.js'),
    'src/main.js': pageMain,
    'src/attempt.js': attempt(),
    'src/entry-server.js': nodeMain,
    'dev-server.js': serverInDevelopment,
    'vite.ssr.config.js': 'export default { ssr: { noExternal: true } };\n',
  });
}

/**
 * The first visit, for which Vite makes its copies of dependencies, and the second.
 * @param {Project} project
 */
async function inDevelopment(project) {
  const url = await project.server('vite', [], address);
  const first = await project.visit(url);
  return first.load.error || first.worker?.error ? first : project.visit(url);
}

/** @param {Project} project */
async function built(project) {
  await project.tool('vite', ['build']);
  return project.visit(await project.serve('dist'));
}

/** @param {Project} project */
async function previewed(project) {
  await project.tool('vite', ['build']);
  return project.visit(await project.server('vite', ['preview'], address));
}

/**
 * Built for a server with all dependencies in it: so it has to run where there is no node_modules.
 * @param {Project} project
 */
async function builtForServer(project) {
  const flags = ['--config', 'vite.ssr.config.js', '--outDir', 'server/dist', '--ssr', 'src/entry-server.js'];
  await project.tool('vite', ['build', ...flags]);
  await project.copy('server/dist', 'elsewhere/dist');
  await project.write({ 'elsewhere/package.json': '{ "type": "module" }\n' });
  await project.hide('node_modules');
  try {
    return await project.attempt(process.execPath, ['elsewhere/dist/entry-server.js']);
  } finally {
    await project.show('node_modules');
  }
}

/** @param {Project} project @param {(project: Project) => Promise<Outcome>} run */
async function predict(project, run) {
  await project.write({ 'src/attempt.js': attemptPredict(project.models) });
  try {
    return await run(project);
  } finally {
    await project.write({ 'src/attempt.js': attempt() });
  }
}

/** @type {import('./families.js').Environment[]} */
export default versions.map((version) => ({
  name: `Vite ${version.split('.')[0]}`,
  version,
  prepare: (project) => prepare(project, version),
  rows: [
    { name: 'dev', run: inDevelopment },
    { name: 'build', run: built },
    { name: 'preview', run: previewed },
    { name: 'SSR in dev, noExternal', run: (project) => project.attempt(process.execPath, ['dev-server.js']) },
    { name: 'SSR built, noExternal', run: builtForServer },
    {
      name: 'build, lstm-wasm/predict',
      run: (project) => predict(project, built),
      expected: { openWorker: 'none', trains: false },
    },
  ],
}));
