/**
 * The built package beside the guide, for its snippets: its files in a folder whose name changes with their content, and
 * the address of each public entry in it.
 */
import { createHash } from 'node:crypto';
import { cpSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** @type {{ name: string, exports: Record<string, any> }} */
const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** @type {Map<string, string>} public names of modules, and their files */
const entries = new Map();
for (const [path, target] of Object.entries(exports)) {
  const file = typeof target === 'string' ? target : target.default;
  if (file.endsWith('.js')) entries.set(join(name, path), file);
}

const isNeeded = (/** @type {string} */ file) => /\.(js|wasm)$/.test(file) && !/js\/command\//.test(file);
/** Where no public entry lies in src/js, its sources are not needed. */
const folders = ['dist', 'src/js'].filter((folder) => [...entries.values()].some((file) => file.includes(folder)) || folder === 'dist');
const files = folders.flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  .map((file) => join(folder, file))).filter(isNeeded).sort();

const hash = createHash('sha256');
for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
const folder = `guide/lstm-wasm-${hash.digest('hex').slice(0, 8)}`;

/** From the root of the site. */
export const addresses = Object.fromEntries([...entries].map(([each, file]) => [each, `/${join(folder, file)}`]));

/** @param {string} site where the root of the site is built */
export function copyPackage(site) {
  for (const file of files) cpSync(join(root, file), join(site, folder, file));
}
