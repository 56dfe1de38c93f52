/**
 * Writes what TypeDoc reads: a file for each public entry of the package, from its derived types.
 *
 *     node web/reference/entries.js FOLDER
 *
 * Types that public ones are made of, such as the sizes in CellOptions, have no public name of their own. Readers need to
 * know what is in them, so they have a module of their own in the reference.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const types = fileURLToPath(new URL('../../dist/types/', import.meta.url));
const [folder] = process.argv.slice(2);
const shared = 'declarations.d.ts';

/** The public name of each entry, and what it is for. @type {Record<string, [string, string]>} */
const entries = {
  'index.d.ts': ['lstm-wasm', 'The whole library: everything is synchronous after `load`.'],
  'worker.d.ts': ['lstm-wasm/worker', 'The same in a Worker, of a page or of Node: the same names, asynchronous.'],
  'serve.d.ts': ['lstm-wasm/serve', "The whole library for a Worker's script of your own, which can also answer `openWorker`: one file that imports nothing."],
  'predict.d.ts': ['lstm-wasm/predict', 'What opens models and predicts, and nothing that trains: a smaller download.'],
};

mkdirSync(folder, { recursive: true });
/** @type {Set<string>} */
const named = new Set();
for (const file of readdirSync(types)) {
  if (!entries[file]) continue;
  const [module, purpose] = entries[file];
  const text = readFileSync(join(types, file), 'utf8');
  for (const [, names] of text.matchAll(/\{([^}]*)\}/g)) {
    for (const name of names.split(',')) named.add(name.trim().split(' ')[0]);
  }
  writeFileSync(join(folder, file), `/**\n * ${purpose}\n * @module ${module}\n */\n${text}`);
}

const declarations = readFileSync(join(types, shared), 'utf8').replace(/^export (type )?\{.*\};$/gm, '')
  .replace(/^(?=(declare|type|interface) )/gm, 'export ');
writeFileSync(join(folder, shared), declarations);
const parts = [...declarations.matchAll(/^export (?:declare )?(?:type|interface|class|function) (\w+)/gm)]
  .map(([, name]) => name).filter((name) => !named.has(name));
const note = 'What the public types are made of. These names are not exported: write `TrainOptions`, say, for all that can be in one.';
writeFileSync(join(folder, 'parts.d.ts'),
  `/**\n * ${note}\n * @module parts\n */\nexport type { ${[...new Set(parts)].join(', ')} } from './declarations.js';\n`);
