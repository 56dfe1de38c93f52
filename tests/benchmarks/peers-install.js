// The packages that this library is measured beside, in build/peers.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
export const peersFolder = path('../../build/peers');

/** Installs the pinned peers where they are not there yet. Without them, each says that it is missing. */
export function installPeers() {
  const lock = readFileSync(path('peers/package-lock.json'), 'utf8');
  const installed = `${peersFolder}/package-lock.json`;
  if (existsSync(`${peersFolder}/node_modules/.package-lock.json`) && readFileSync(installed, 'utf8') === lock) return;
  console.error('bench: installing the peers into build/peers');
  mkdirSync(peersFolder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) cpSync(path(`peers/${name}`), `${peersFolder}/${name}`);
  // npm must not take the folder of the npm that runs this for its own.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'npm_config_local_prefix'));
  try {
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', ['ci', ...options], { cwd: peersFolder, env, stdio: ['ignore', 2, 2] });
  } catch (error) {
    console.error(`bench: the peers cannot be installed: ${/** @type {Error} */ (error).message.split('\n')[0]}`);
  }
}
