// What the package ships of src/js: the bundles, their maps, the copies, and that two builds pack the same bytes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { inflateRawSync } from 'node:zlib';
import { build } from 'esbuild';
import ts from 'typescript';
import { root, run } from './project.js';

const dist = join(root, 'dist');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const bundles = readdirSync(dist).filter((file) => file.endsWith('.js'));
/** @param {string} file of dist */
const read = (file) => readFileSync(join(dist, file), 'utf8');
/** @param {string} file of dist @returns {Promise<any>} */
const load = (file) => import(pathToFileURL(join(dist, file)).href);

/**
 * Has a text more than half of a message in one piece? A message may be written in parts, and with constants.
 * @param {string} text
 * @param {string} message
 */
function hasMost(text, message) {
  const length = Math.floor(message.length / 2) + 1;
  return Array.from({ length: message.length - length + 1 }, (_, i) => message.slice(i, i + length))
    .some((piece) => text.includes(piece));
}

/**
 * @param {string} text JavaScript
 * @returns {string[]}
 */
function commentsOf(text) {
  const source = ts.createSourceFile('bundle.js', text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  /** @type {Map<number, string>} */
  const found = new Map();
  /** @param {ts.Node} node */
  const visit = (node) => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(text, node.pos) ?? []),
      ...[node.pos, node.end].flatMap((at) => ts.getTrailingCommentRanges(text, at) ?? []),
    ];
    for (const { pos, end } of ranges) found.set(pos, text.slice(pos, end));
    ts.forEachChild(node, visit);
  };
  visit(source);
  visit(source.endOfFileToken);
  return [...found].sort(([a], [b]) => a - b).map(([, comment]) => comment);
}

test('the entries share the classes of errors, and each error is of its class', async () => {
  const [index, worker, predict] = await Promise.all(['index.js', 'worker.js', 'predict.js'].map(load));
  for (const name of Object.keys(index).filter((each) => each.endsWith('Error'))) {
    assert.equal(worker[name], index[name], name);
    assert.equal(predict[name], index[name], name);
    assert.equal(new index[name]('').name, name);
  }
  await assert.rejects(worker.openWorker({ url: '' }), index.ArgumentError);
  await assert.rejects(predict.load({ variant: 'fast' }), index.ArgumentError);
});

test('no bundle has comments but the licence, and none the text of the sources', () => {
  assert.ok(bundles.length >= 5);
  assert.deepEqual(commentsOf('// one\nlet a; /* two */ f(/* three */ a); // four'), ['// one', '/* two */', '/* three */', '// four']);
  for (const file of bundles) {
    const comments = commentsOf(read(file));
    assert.deepEqual(comments, [`/*! lstm-wasm ${manifest.version} | MIT */`, `//# sourceMappingURL=${file}.map`], file);
    assert.ok(read(file).split('\n').length < 20, `${file} is not minified`);
  }
});

test('the source maps lead to the sources, line by line', () => {
  for (const file of bundles) {
    const map = JSON.parse(read(`${file}.map`));
    assert.equal(map.sourcesContent, undefined);
    assert.ok(map.sources.length > 0);
    for (const source of map.sources) assert.match(source, /^\.\.\/src\/js\/[\w/-]+\.js$/);
    // Each message of an error is where its map says.
    const sourceMap = new SourceMap(map);
    const lines = read(file).split('\n');
    let checked = 0;
    let elsewhere = 0;
    lines.forEach((line, number) => {
      for (const match of line.matchAll(/"([a-z][\w ,:;'-]{25,})"/g)) {
        const { originalSource, originalLine } = /** @type {any} */ (sourceMap.findEntry(number, match.index));
        const source = readFileSync(join(dist, originalSource), 'utf8').replaceAll("\\'", "'").split('\n');
        /** @param {number} first of the three lines that a message may be written on */
        const isAt = (first) => hasMost(source.slice(first, first + 3).join('\n'), match[1]);
        assert.ok(isAt(originalLine), `${file}: "${match[1]}" is not at ${originalSource}:${originalLine + 1}`);
        checked += 1;
        if (isAt(originalLine + 3)) elsewhere += 1;
      }
    });
    assert.ok(elsewhere <= checked / 4, `${file}: ${elsewhere} of ${checked} messages are as well three lines on`);
    if (['index.js', 'lstm-worker.js', 'serve.js'].includes(file)) assert.ok(checked > 10, `${file}: ${checked}`);
  }
});

test("the Worker's script is one file that imports nothing, and its copy is a classic script; so is lstm-wasm/serve", async () => {
  for (const file of ['lstm-worker.js', 'serve.js']) {
    assert.deepEqual(ts.preProcessFile(read(file), true, true).importedFiles, [], file);
    assert.ok(!/\bimport\s*\(/.test(read(file)), file);
  }
  assert.ok(!/\bexport\b\s*[{*]/.test(read('lstm-worker.js')));
  const { default: copy } = await load('copies/lstm-worker.js');
  new vm.Script(copy); // in which import.meta would be an error
  assert.match(copy.slice(0, 100), /^\/\*!.*\*\/\s*"use strict";/);
});

test('the copies are what they are copies of', async () => {
  const modules = readdirSync(dist).filter((file) => file.endsWith('.wasm'));
  assert.equal(modules.length, 6);
  for (const file of modules) {
    const { default: copy } = await load(`copies/${file.replace('.wasm', '.js')}`);
    assert.ok(inflateRawSync(Buffer.from(copy, 'base64')).equals(readFileSync(join(dist, file))), file);
  }
});

test('bundlers see the address of each file once, and find it beside', () => {
  for (const file of bundles) {
    const addresses = [...read(file).matchAll(/new URL\(["'`]([^"'`]+)["'`],import\.meta\.url\)/g)].map((match) => match[1]);
    assert.equal(new Set(addresses).size, addresses.length, file);
    for (const address of addresses) assert.ok(readFileSync(join(dist, address)).length > 0, `${file}: ${address}`);
  }
  assert.match(read('worker.js'), /new Worker\(new URL\("\.\/lstm-worker\.js",import\.meta\.url\),\{type:"module"\}\)/);
});

test("a Worker's script of one's own may import lstm-wasm/worker-main: its effects are kept", async () => {
  const options = { stdin: { contents: "import 'lstm-wasm/worker-main';", resolveDir: root }, bundle: true, write: false };
  const { outputFiles: [file] } = await build({ ...options, format: 'esm', logLevel: 'error' });
  assert.ok(file.text.length > 50_000, file.text.slice(0, 200));
});

/** What a file of dist imports at once, itself with it. @param {string} file @param {Set<string>} [found] */
function atOnce(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, imported] of read(file).matchAll(/(?:\bfrom|\bimport)\s*"\.\/([\w-]+\.js)"/g)) atOnce(imported, found);
  return found;
}

const kindFiles = bundles.filter((file) => file.startsWith('predicting-'));

test('lstm-wasm/predict loads few files at once, and a kind of models by import() when a file is of it', () => {
  assert.deepEqual(kindFiles.map((file) => file.split('-')[1]), ['classifier', 'ensemble', 'forecaster', 'tokens', 'translator']);
  const first = [...atOnce('predict.js')];
  assert.ok(first.length > 1 && first.length <= 4, `${first}`);
  assert.deepEqual(first.filter((file) => kindFiles.includes(file)), []);
  const asked = first.flatMap((file) => [...read(file).matchAll(/\bimport\("\.\/(predicting-[\w-]+\.js)"\)/g)].map((match) => match[1]));
  assert.deepEqual(asked.sort(), kindFiles);
  for (const file of kindFiles) assert.ok([...atOnce(file)].filter((each) => !first.includes(each)).length <= 3, file);
  for (const entry of ['index.js', 'worker.js']) assert.ok(atOnce(entry).size <= 3, `${entry}: ${[...atOnce(entry)]}`);
});

test('where the code of a kind is not beside lstm-wasm/predict, open says so and what to do; other kinds open', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-kinds-'));
  try {
    cpSync(dist, folder, { recursive: true, filter: (file) => !kindFiles.some((kind) => file.endsWith(kind)) });
    cpSync(join(root, 'package.json'), join(folder, 'package.json'));
    const lstm = await (await load('index.js')).load();
    const files = [lstm.createForecaster({ hiddenSize: 2 }).save(), lstm.createCharModel({ text: 'ab', hiddenSize: 2 }).save()];
    const predict = await import(pathToFileURL(join(folder, 'predict.js')).href);
    const predictor = await predict.load();
    for (let time = 0; time < 2; time++) {
      await assert.rejects(predictor.open(files[0]), (/** @type {any} */ error) => error instanceof predict.LstmError
        && /^open: the file is of kind 'forecaster', .* folder dist must be there; .* lstm-wasm\/serve has all kinds/.test(error.message)
        && /predicting-forecaster/.test(error.message) || assert.fail(error));
    }
    assert.deepEqual((await predictor.open(files[1])).alphabet, ['\n', 'a', 'b']);
    assert.equal(predict.inspect(files[0]).kind, 'forecaster');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('lstm-wasm/serve has all that lstm-wasm has, and serve', async () => {
  const [index, serve] = await Promise.all(['index.js', 'serve.js'].map(load));
  assert.deepEqual(Object.keys(serve).sort(), [...Object.keys(index), 'serve'].sort());
});

test('nothing that is shipped names a path of the machine that built it', () => {
  const here = [root.replace(/\/$/, ''), tmpdir(), ...(process.env.HOME ? [process.env.HOME] : [])].filter((path) => path.length > 1);
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(js|map|wasm|ts)$/.test(file));
  assert.ok(files.length > 20);
  // '/tmp' and '/root' also stand in words of their own.
  const paths = here.map((path) => new RegExp(`(?<![\\w.])${path.replace(/[^\w/]/g, '\\$&')}/`));
  const wrong = files.filter((file) => paths.some((path) => path.test(readFileSync(join(dist, file), 'latin1'))));
  assert.deepEqual(wrong, []);
});

test('two builds, the one here and one in a folder of another name, pack the same bytes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-twice-'));
  try {
    const clone = join(folder, 'another with a longer name');
    mkdirSync(clone);
    for (const each of [...manifest.files.filter((/** @type {string} */ file) => !file.startsWith('!')), 'src', 'package.json', 'README.md', 'LICENSE']) {
      cpSync(join(root, each), join(clone, each), { recursive: true, filter: (file) => !/dist[\\/](.*\.js(\.map)?|copies)$/.test(file) });
    }
    symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
    // The modules and the types are those that were built; what JavaScript is made of them is made anew.
    await run(process.execPath, ['src/bundle.js', 'dist'], clone);
    const hashes = [];
    for (const from of [root, clone]) {
      const packed = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], from);
      const file = join(folder, JSON.parse(packed)[0].filename);
      hashes.push(createHash('sha256').update(readFileSync(file)).digest('hex'));
      rmSync(file);
    }
    assert.equal(hashes[0], hashes[1]);
    // And they are the bytes of the bundles here.
    for (const file of bundles) assert.ok(readFileSync(join(clone, 'dist', file)).equals(readFileSync(join(dist, file))), file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
