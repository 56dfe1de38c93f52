// The same plain page in each browser.
import { execFileSync } from 'node:child_process';
import { withImportMap } from './static.js';

/** @typedef {import('./pages.js').BrowserName} BrowserName */

/** @param {string} program @param {string[]} flags */
function versionOf(program, flags) {
  try {
    return /\d+(\.\d+)+/.exec(execFileSync(program, flags, { encoding: 'utf8', stdio: 'pipe' }))?.[0] ?? '';
  } catch {
    return '';
  }
}

/** @type {Array<[string, BrowserName, string]>} */
const browsers = [
  ['Chromium', 'chromium', versionOf(process.env.CHROMIUM || 'chromium', ['--version'])],
  ['Firefox ESR', 'firefox', versionOf(process.env.FIREFOX || 'firefox-esr', ['--version'])],
  ['WebKitGTK', 'webkit', versionOf('dpkg-query', ['--show', 'webkit2gtk-driver'])],
];

/** @type {import('./families.js').Environment[]} */
export default browsers.map(([name, browser, version]) => ({
  name,
  version,
  quick: true,
  prepare: (project) => project.install(),
  rows: [{ name: '', run: (project) => withImportMap(project, browser) }],
}));
