/**
 * A folder that works on any server of files: a page, the parts of the package that it needs, and its model or text.
 * Everything is fetched when it is asked for.
 */
import { LIBRARY } from './snippets.js';

/**
 * Of the package as it is built, where the built page has it.
 * @type {Record<string, string>}
 */
// @ts-expect-error Vite's
const built = import.meta.glob(
  ['../../../dist/{predict,worker,team,lstm-worker,chunk-*}.js', '../../../dist/{predict,lstm}-{simd,scalar}.wasm'],
  { query: '?url', import: 'default', eager: true },
);
const addresses = new Map(Object.entries(built).map(([path, address]) => [path.replace(/.*\//, ''), address]));

/** Which files an entry asks for at last, besides its chunks; `modules`: those that it imports then. */
const BESIDE = {
  predict: { modules: [], files: ['predict-simd.wasm', 'predict-scalar.wasm'] },
  worker: { modules: ['team.js'], files: ['lstm-worker.js', 'lstm-simd.wasm', 'lstm-scalar.wasm'] },
};

const README = `A page with a network of lstm-wasm in it.

Put this folder on any server of files, and open it there; to try it here, in this folder:

    npx serve
    python3 -m http.server

index.html can be changed as you like. In ${LIBRARY}/ are the files of the npm package lstm-wasm that the page needs (MIT).
`;

/**
 * @param {keyof typeof BESIDE} entry of the package, that the page imports
 * @param {Record<string, Uint8Array | string>} own the files besides the package's
 * @returns {Promise<Record<string, Uint8Array>>} all of them, by their paths
 */
export async function gatherFolder(entry, own) {
  const [modules, beside] = await Promise.all([
    fetchModules([`${entry}.js`, ...BESIDE[entry].modules]),
    Promise.all(BESIDE[entry].files.map(async (name) => /** @type {const} */ ([name, await fetchBuilt(name)]))),
  ]);
  const library = [...modules, ...beside].map(([name, bytes]) => [`${LIBRARY}/${name}`, bytes]);
  const encoder = new TextEncoder();
  const files = Object.entries({ 'README.txt': README, ...own })
    .map(([name, content]) => [name, typeof content === 'string' ? encoder.encode(content) : content]);
  return Object.fromEntries([...files, ...library]);
}

/**
 * Modules and all that they import from the start.
 *
 * @param {string[]} first
 * @returns {Promise<Map<string, Uint8Array>>}
 */
async function fetchModules(first) {
  /** @type {Map<string, Uint8Array>} */
  const modules = new Map();
  const names = [...first];
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    if (modules.has(name)) continue;
    const bytes = await fetchBuilt(name);
    modules.set(name, bytes);
    const imports = new TextDecoder().decode(bytes).matchAll(/\bfrom\s*"\.\/([\w.-]+)"/g);
    names.push(...[...imports].map(([, imported]) => imported));
  }
  return modules;
}

/** @param {string} name */
async function fetchBuilt(name) {
  const address = addresses.get(name);
  if (!address) throw new Error(`the page has no ${name} of the package`);
  const response = await fetch(address).catch(() => undefined);
  if (!response?.ok) {
    const why = response ? `the server answered ${response.status}` : 'the server did not answer';
    throw new Error(`${name} of the package could not be fetched: ${why}`);
  }
  return new Uint8Array(await response.arrayBuffer());
}
