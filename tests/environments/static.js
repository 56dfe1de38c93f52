// Plain pages without a bundler: files of the package served as they are, from a static server, a CDN, under a policy,
// in a service worker, and from a disk.
import { chmod } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { html, pageMain, attempt, attemptPredict } from './program.js';
import { visitAs } from './pages.js';

/** @typedef {import('./Project.js').Project} Project */
/** @typedef {import('./families.js').Environment} Environment */

/**
 * The file behind an entry of the package, as a resolver for browsers finds it.
 * @param {Project} project
 * @param {string} entry such as './worker'
 * @returns {Promise<string>} without './'
 */
export async function fileOf(project, entry) {
  let found = (await project.manifest('lstm-wasm')).exports[entry];
  while (found && typeof found === 'object') found = found.browser ?? found.import ?? found.default;
  if (!found) throw new Error(`the package has no entry '${entry}'`);
  return found.replace('./', '');
}

/** @param {Project} project @param {string} base the package's address @param {string[]} entries */
async function importMap(project, base, entries = ['.', './worker']) {
  /** @type {Record<string, string>} */
  const imports = {};
  for (const entry of entries) imports[`lstm-wasm${entry.slice(1)}`] = base + (await fileOf(project, entry));
  return `<script type="importmap">${JSON.stringify({ imports })}</script>`;
}

/** @param {Project} project @param {string} base the package's address */
async function attemptAt(project, base) {
  return attempt({ main: base + (await fileOf(project, '.')), worker: base + (await fileOf(project, './worker')) });
}

const sandbox = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";

/** @param {Project} project @param {string} policy @param {import('./pages.js').BrowserName} [browser] */
async function underPolicy(project, policy, browser) {
  await project.copy('node_modules/lstm-wasm', 'policy/lstm-wasm');
  await project.write({
    'policy/index.html': html('./main.js'),
    'policy/main.js': pageMain,
    'policy/attempt.js': await attemptAt(project, './lstm-wasm/'),
  });
  return project.visit(await project.serve('policy', { 'content-security-policy': policy }), { browser });
}

/**
 * A page in a sub-path of a plain static server, the package beside it, found by an import map.
 * @param {Project} project
 * @param {import('./pages.js').BrowserName} [browser]
 */
export async function withImportMap(project, browser) {
  await project.copy('node_modules/lstm-wasm', 'site/some/path/lib/lstm-wasm');
  await project.write({
    'site/some/path/index.html': html('./main.js', { head: await importMap(project, './lib/lstm-wasm/') }),
    'site/some/path/main.js': pageMain,
    'site/some/path/attempt.js': attempt(),
  });
  return project.visit(`${await project.serve('site')}some/path/`, { browser });
}

/** @param {Project} project */
async function predictWithImportMap(project) {
  await project.copy('node_modules/lstm-wasm', 'predict/lib/lstm-wasm');
  await project.write({
    'predict/index.html': html('./main.js', { head: await importMap(project, './lib/lstm-wasm/', ['./predict']) }),
    'predict/main.js': pageMain,
    'predict/attempt.js': attemptPredict(project.models),
  });
  return project.visit(await project.serve('predict'));
}

/** @param {Project} project */
async function fromCdn(project) {
  const headers = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };
  const cdn = await project.serve('node_modules', headers);
  await project.write({
    'app/index.html': html('./main.js', { head: await importMap(project, `${cdn}lstm-wasm/`) }),
    'app/main.js': pageMain,
    'app/attempt.js': attempt(),
  });
  return project.visit((await project.serve('app')).replace('127.0.0.1', 'localhost'));
}

const askServiceWorker = `
navigator.serviceWorker.addEventListener('message', ({ data }) => {
  document.title = 'OUTCOME ' + JSON.stringify(data);
});
navigator.serviceWorker.register('./sw.js', { type: 'module' })
  .then(() => navigator.serviceWorker.ready)
  .then(({ active }) => active.postMessage('attempt'))
  .catch((error) => {
    document.title = 'FAILED register: ' + error.message;
  });
`;

export const serviceWorker = `
import { attempt } from './attempt.js';

self.addEventListener('message', (event) => {
  event.waitUntil(attempt().then((outcome) => event.source.postMessage(outcome)));
});
`;

/** @param {Project} project */
async function inServiceWorker(project) {
  await project.copy('node_modules/lstm-wasm', 'offline/lstm-wasm');
  await project.write({
    'offline/index.html': html('./main.js'),
    'offline/main.js': askServiceWorker,
    'offline/sw.js': serviceWorker,
    'offline/attempt.js': await attemptAt(project, './lstm-wasm/'),
  });
  return project.visit(await project.serve('offline'));
}

/** @param {Project} project */
async function fromDisk(project) {
  await chmod(project.folder, 0o755);
  await project.copy('node_modules/lstm-wasm', 'disk/lstm-wasm');
  await project.write({
    'disk/index.html': html('./main.js'),
    'disk/main.js': pageMain,
    'disk/attempt.js': await attemptAt(project, './lstm-wasm/'),
  });
  const url = pathToFileURL(project.path('disk/index.html')).href;
  return visitAs('chromium', url, 90, (text) => project.note(text), ['--allow-file-access-from-files']);
}

/** @type {Environment[]} */
export default [
  {
    name: 'No bundler',
    version: '',
    quick: true,
    prepare: (project) => project.install(),
    rows: [
      { name: 'import map in a sub-path', run: (project) => withImportMap(project) },
      { name: 'import map, lstm-wasm/predict', run: predictWithImportMap, expected: { openWorker: 'none', trains: false } },
      { name: 'CDN of another origin', run: fromCdn },
      { name: 'strict content security policy', run: (project) => underPolicy(project, sandbox) },
      {
        name: "Trusted Types with the policy 'lstm-wasm'",
        run: (project) => underPolicy(project, `${sandbox}; require-trusted-types-for 'script'; trusted-types lstm-wasm`),
      },
      { name: 'service worker', run: inServiceWorker, expected: { openWorker: 'refused' } },
      { name: "file:// with Chromium's flag", run: fromDisk },
    ],
  },
];
