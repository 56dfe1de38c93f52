/**
 * Writes what TypeDoc reads: one file for each public entry of the package, from its derived types.
 *
 *     node web/reference/entries.js FOLDER
 *
 * `export type Lstm = import(…).Lstm` is an alias, of which TypeDoc would not tell what Lstm has.
 * Exported by its name, it is documented itself.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [folder] = process.argv.slice(2);
const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

mkdirSync(folder, { recursive: true });
for (const [path, target] of Object.entries(exports)) {
  if (!target.types) continue;
  const file = join(root, target.types);
  const place = (/** @type {string} */ specifier) => `./${relative(folder, join(dirname(file), specifier))}`;
  const text = readFileSync(file, 'utf8')
    .replace(/^export type (\w+) = import\("([^"]+)"\)\.(\w+);$/gm, (_, as, from, it) => (
      `export type { ${it}${it === as ? '' : ` as ${as}`} } from "${from}";`))
    .replace(/(?<= from )"(\.[^"]+)"/g, (_, specifier) => `"${place(specifier)}"`);
  const module = join(name, path);
  writeFileSync(join(folder, `${path === '.' ? 'index' : path.slice(2)}.d.ts`), `/** @module ${module} */\n${text}`);
}
