// bundle.js OUTPUT: makes what the package ships of src/js and of the modules in dist, into the folder OUTPUT.
//
//   index.js, worker.js, predict.js   the entries: ES modules, minified, what they share in chunks, so that an error's class
//                                     is the same whichever entry it came through
//   predicting-*.js                   the kinds of models that predict.js loads by import() when a file is of them
//   foreign.js, foreign-*.js          the importers of other frameworks' files, loaded by import() when a file asks for one
//   export.js, export-*.js            what writes such files, loaded by import() when it is asked for
//   ensemble.js                       what makes an ensemble of models, loaded by import() when it is asked for
//   team.js                           what starts the Workers that train as one, loaded by import() when a training asks for several
//   serve.js                          an entry too, for the script of a Worker of one's own, and therefore one file that imports
//                                     nothing, as
//   lstm-worker.js                    the Worker's script. Vite 5 to 7 build Workers as classic scripts, which cannot be split,
//                                     and service workers forbid import()
//   copies/*.js                       the modules, deflated and in base64, and the Worker's script once more, as strings: for
//                                     where a bundler or a server has not put the files. Loaded by import() only then
//
// A source map names the sources in src/js, which are shipped too.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { build } from 'esbuild';
import { minify } from 'terser';

const root = fileURLToPath(new URL('..', import.meta.url));
const [output] = process.argv.slice(2);
/** A name that no project has for a file of its own, which may come to lie beside what a bundler makes of the package. */
const WORKER = 'lstm-worker';
/** How exports are named that are there for chunks only, and taken out when these are made. */
const SHARED = 'shared_';
/** What predict.js has to open files with, and so loads at once. */
const OPENING = 'src/js/models/load-predictor.js';
const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/**
 * Sources reach dist by '../../../dist/'; what is bundled lies in dist itself.
 * @type {import('esbuild').Plugin}
 */
const inDist = {
  name: 'in-dist',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\/dist\/copies\/[\w-]+\.js$/ }, ({ path }) => ({ path: `./copies/${basename(path)}`, external: true }));
    onLoad({ filter: /src\/js\/.*\.js$/ }, ({ path, pluginData }) => ({
      pluginData,
      // As long as before: the columns of the source map stay right.
      contents: readFileSync(path, 'utf8')
        .replace(/(new URL\()'(\.\.\/)+dist\/([\w.-]+)'/g, (whole, start, _, file) => `${start}'./${file}'`.padEnd(whole.length))
        .replaceAll("'./worker-main.js'", `'./${WORKER}.js'`),
    }));
  },
};

/** Whose modules are written again, apart from those that others have. @typedef {{ by: (importer: string) => boolean, files: string[] }} Copy */

/**
 * What few entries share and is little, or what one entry has anyway and another loads when it is asked for, would be chunks
 * more, for each of which pages had to ask. It is written twice.
 * @param {Record<string, Copy>} copies by name. `by`: whose imports, relative to the root; `files`: of which files
 * @returns {import('esbuild').Plugin}
 */
const twice = (copies) => ({
  name: 'twice',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, importer, resolveDir, pluginData }) => {
      const file = join(resolveDir, path);
      const [name] = Object.entries(copies).find(([own, { by, files }]) =>
        (pluginData === own || by(relative(root, importer))) && files.includes(relative(root, file))) ?? [];
      return name ? { path: file, suffix: `?${name}`, pluginData: name } : undefined;
    });
  },
});

/**
 * What is made apart: what loads the importers of other frameworks' files, what loads the exporters, what makes ensembles, and what
 * starts the Workers of a team. By its file in dist.
 */
const APART = {
  foreign: 'src/js/files/foreign/import-model.js', export: 'src/js/files/export/export-file.js', team: 'src/js/worker/team/recruit.js',
  ensemble: 'src/js/models/ensemble/create-ensemble.js',
};
const IMPORTERS = /\/(foreign|export)\/(import-model|export-file)\.js$/;
const LOADED = /\/(foreign|export|ensemble|team)\/(import-model|export-file|create-ensemble|recruit)\.js$/;

/**
 * They are made apart, with what they need of the library once more: what they share with the entries would be torn into many
 * chunks, for which every page had to ask.
 * @type {import('esbuild').Plugin}
 */
const importersApart = {
  name: 'importers-apart',
  setup: ({ onResolve }) => onResolve({ filter: LOADED }, ({ kind, path }) => (
    kind === 'entry-point' ? undefined : { path: `./${LOADED.exec(path)?.[1]}.js`, external: true })),
};

/**
 * A Worker's script is one file: it has none of them. The page's end of a Worker has.
 * @type {import('esbuild').Plugin}
 */
const withoutImporters = {
  name: 'without-importers',
  setup: ({ onResolve }) => onResolve({ filter: IMPORTERS }, ({ resolveDir, path }) => (
    { path: join(resolveDir, `${IMPORTERS.exec(path)?.[1]}-elsewhere.js`) })),
};

/**
 * Kinds that are loaded when asked for come after all that opens files, and import what it imports: without that, each set of
 * kinds that need a module of it would be another chunk.
 * @param {string[]} files what opens files and is in no other entry, relative to the root
 * @returns {import('esbuild').Plugin}
 */
const afterPredict = (files) => ({
  name: 'after-predict',
  setup: ({ onLoad }) => onLoad({ filter: /src\/js\/.*\/predicting-\w+\.js$/ }, ({ path, pluginData }) => (path.endsWith('-kinds.js') ? undefined
    : { pluginData, contents: readFileSync(path, 'utf8') + importsOf(files, dirname(path)) })),
});

/** All that files import of others than these, each under a name of its own. @param {string[]} files @param {string} folder */
function importsOf(files, folder) {
  const all = files.flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/^import \{([^}]+)\} from '([^']+)'/gm)]
    .map(([, names, from]) => ({ names: names.split(','), from: join(dirname(file), from) })));
  return all.filter(({ from }) => !files.includes(from)).map(({ names, from }, i) =>
    `export { ${names.map((one, k) => `${one.replace(/ as .*/, '')} as ${SHARED}${i}_${k}`)} } from './${relative(folder, join(root, from))}';\n`).join('');
}

/** @param {string} text */
const withoutShared = (text) => text.replace(/\bexport\s*\{([^}]*)\}/g, (_, names) =>
  `export{${names.split(',').filter((/** @type {string} */ one) => !one.includes(` as ${SHARED}`)).join()}}`);

/** @type {import('esbuild').BuildOptions} */
const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  banner: { js: `/*! ${name} ${version} | ${license} */` },
  plugins: [inDist, importersApart],
  logLevel: 'warning',
};

// Where the maps lead from: the sources beside dist.
const dist = join(root, 'dist');

/** @param {import('esbuild').BuildOptions} options @param {boolean} inline as of `smaller` */
async function bundle(options, inline) {
  const { outputFiles = [] } = await build({ ...shared, sourcemap: true, sourcesContent: false, outdir: dist, ...options, write: false });
  for (const { path, text } of outputFiles.filter((file) => file.path.endsWith('.js'))) {
    const file = basename(path);
    const map = outputFiles.find((one) => one.path === `${path}.map`)?.text;
    const { code, map: ownMap } = await smaller(withoutShared(text), { filename: file, content: map, url: `${file}.map` }, inline);
    writeFileSync(join(output, file), code);
    writeFileSync(join(output, `${file}.map`), ownMap);
  }
}

/**
 * What esbuild has minified, once more: its bundles are the smaller ones, and Terser's expressions, by 4 % with gzip.
 * @param {string} text
 * @param {import('terser').SourceMapOptions} [sourceMap]
 * @param {boolean} [inline] functions that are called in one place are written there. In what bundlers take up this is more,
 *   by 1.5 % with gzip, in the Worker's script less, by 0.5 %
 */
async function smaller(text, sourceMap, inline = true) {
  const compress = { ecma: /** @type {const} */ (2020), passes: 2, keep_fargs: false, reduce_funcs: inline };
  // What is no module says itself that it is strict.
  const module = sourceMap !== undefined;
  const { code, map } = await minify(text, { module, ecma: 2020, compress, format: { comments: /^!/ }, sourceMap });
  return { code: /** @type {string} */ (code), map: /** @type {string} */ (map) };
}

/** @param {string} file @param {string} text */
function writeCopy(file, text) {
  writeFileSync(join(output, 'copies', `${file}.js`), `export default ${JSON.stringify(text)}\n`);
  // For the types of src/js, which reach it; not shipped.
  writeFileSync(join(output, 'copies', `${file}.d.ts`), 'declare const copy: string;\nexport default copy;\n');
}

/**
 * @param {string} entry
 * @param {boolean} [atOnce] without what is loaded when asked for
 * @returns {Promise<Set<string>>} all that it reaches, relative to the root
 */
async function reach(entry, atOnce = false) {
  const { metafile } = await build({ ...shared, entryPoints: [entry], format: 'esm', outdir: dist, metafile: true, write: false });
  const found = new Set([entry]);
  for (const file of found) {
    for (const { path, kind, external } of metafile.inputs[file].imports) {
      if (!external && !(atOnce && kind === 'dynamic-import')) found.add(path);
    }
  }
  return found;
}

mkdirSync(join(output, 'copies'), { recursive: true });
const entryPoints = ['src/js/index.js', 'src/js/worker.js', 'src/js/predict.js'];
const [whole, page, predict] = await Promise.all(entryPoints.map((entry) => reach(entry)));
const opening = await reach(OPENING, true);
const plugins = [
  twice({
    // What only the whole library and a page's end of a Worker share.
    worker: {
      by: (importer) => importer.startsWith('src/js/worker/'),
      files: [...page].filter((file) => whole.has(file) && !opening.has(file)),
    },
    // What predict.js has too, but not to open files, or loads when asked for.
    whole: {
      by: (importer) => whole.has(importer) && !predict.has(importer),
      files: [...predict].filter((file) => whole.has(file) && !opening.has(file)),
    },
  }),
  afterPredict([...opening].filter((file) => !whole.has(file))),
  inDist,
  importersApart,
];
await bundle({ entryPoints, plugins, format: 'esm', splitting: true, chunkNames: '[name]-[hash]' }, false);
for (const [name, file] of Object.entries(APART)) {
  await bundle({ entryPoints: { [name]: file }, format: 'esm', splitting: true, chunkNames: `${name}-[hash]` }, false);
}
const worker = { [WORKER]: 'src/js/worker/worker-main.js' };
const oneFile = [withoutImporters, inDist];
await bundle({ entryPoints: { ...worker, serve: 'src/js/serve.js' }, plugins: oneFile, format: 'esm' }, true);
// A classic script has no import.meta.
const define = { 'import.meta.url': 'undefined' };
const { outputFiles: [script] } = await build({ ...shared, entryPoints: worker, plugins: oneFile, format: 'iife', define, write: false });
writeCopy(WORKER, (await smaller(script.text)).code);
for (const file of readdirSync(dist).filter((file) => file.endsWith('.wasm'))) {
  writeCopy(basename(file, '.wasm'), deflateRawSync(readFileSync(join(dist, file)), { level: 9 }).toString('base64'));
}
