// An extension of a browser, Manifest V3: a page of its own and its service worker.
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { chromiumArguments, findChromium } from '../browser/browsers.js';
import { complaintsOf, waitForTitle } from './pages.js';
import { attempt, html, pageMain } from './program.js';
import { NotHere } from './processes.js';
import { fileOf } from './static.js';

/** @typedef {import('./Project.js').Project} Project */

/** WebAssembly needs this line in any extension. */
const policy = { extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'" };

const background = `
import { attempt } from './attempt.js';

chrome.runtime.onMessage.addListener((message, sender, answer) => {
  attempt().then(answer);
  return true; // the answer comes later
});
`;

const askBackground = `
chrome.runtime.sendMessage('attempt').then(
  (outcome) => {
    document.title = 'OUTCOME ' + JSON.stringify(outcome);
  },
  (error) => {
    document.title = 'FAILED sendMessage: ' + error.message;
  },
);
`;

/** @param {Project} project */
async function prepare(project) {
  await project.install();
  const base = './lstm-wasm/';
  const entries = { main: base + (await fileOf(project, '.')), worker: base + (await fileOf(project, './worker')) };
  const manifest = {
    manifest_version: 3, name: 'attempt', version: '1.0', content_security_policy: policy,
    background: { service_worker: 'background.js', type: 'module' },
  };
  await project.copy('node_modules/lstm-wasm', 'extension/lstm-wasm');
  await project.write({
    'extension/manifest.json': JSON.stringify(manifest),
    'extension/background.js': background,
    'extension/page.html': html('./page.js'),
    'extension/page.js': pageMain,
    'extension/ask.html': html('./ask.js'),
    'extension/ask.js': askBackground,
    'extension/attempt.js': attempt(entries),
  });
}

/** @param {Project} project @param {string} page */
async function open(project, page) {
  const executablePath = findChromium();
  if (!executablePath) throw new NotHere('Chromium is not on this machine');
  const folder = realpathSync(project.path('extension'));
  // Chromium makes an unpacked extension's name from its folder.
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 32);
  const id = [...hash].map((digit) => String.fromCharCode(97 + parseInt(digit, 16))).join('');
  const context = await chromium.launchPersistentContext(project.path('profile'), {
    executablePath,
    headless: false,
    args: [...chromiumArguments, '--headless=new', `--disable-extensions-except=${folder}`, `--load-extension=${folder}`],
  });
  const tab = await context.newPage();
  const complaints = complaintsOf(tab);
  try {
    await tab.goto(`chrome-extension://${id}/${page}`);
    return await waitForTitle(() => tab.title(), 90, () => complaints.join('; '));
  } finally {
    project.note([`# ${page}`, ...complaints].join('\n'));
    await context.close();
  }
}

/** @type {import('./families.js').Environment[]} */
export default [
  {
    name: 'Manifest V3 extension',
    version: '',
    quick: true,
    prepare,
    rows: [
      { name: 'page', run: (project) => open(project, 'page.html') },
      { name: 'service worker', run: (project) => open(project, 'ask.html'), expected: { openWorker: 'refused' } },
    ],
  },
];
