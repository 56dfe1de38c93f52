// What others wrote and the package and the page ship comes with its notices.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './project.js';

const NAME = 'THIRD-PARTY-NOTICES.txt';
const read = (/** @type {string} */ file) => readFileSync(join(root, file), 'utf8');

test("the package has those of the C library that is in its modules, and its scripts have nobody else's", () => {
  const notices = read(`dist/${NAME}`);
  for (const text of [/musl as a whole is licensed under the following standard MIT license/, /Copyright © 1993,2004 Sun Microsystems/,
    /Copyright \(c\) 2010-2014 Emscripten authors/]) assert.match(notices, text);
  const { dependencies = {}, files } = JSON.parse(read('package.json'));
  assert.deepEqual(dependencies, {});
  assert.ok(files.includes('dist'), 'the notices are packed');
  for (const file of readdirSync(join(root, 'dist')).filter((name) => name.endsWith('.js.map'))) {
    for (const source of JSON.parse(read(`dist/${file}`)).sources) assert.doesNotMatch(source, /node_modules/, file);
  }
});

test("the page has those of every package in its scripts, and of the modules", { skip: !existsSync(join(root, 'build/web/index.html')) && 'run ./build.sh web' }, () => {
  const notices = read(`build/web/${NAME}`);
  const scripts = readdirSync(join(root, 'build/web/assets')).filter((name) => name.endsWith('.js'));
  const heads = scripts.flatMap((name) => [...read(`build/web/assets/${name}`).matchAll(/\/\*! (.*?) \*\//g)].flatMap(([, head]) => head.split('; ')));
  const packages = new Set(heads.filter((head) => !head.startsWith('lstm-wasm ')).map((head) => head.split(',')[0]));
  assert.ok([...packages].some((name) => name.startsWith('uplot ')) && [...packages].some((name) => name.startsWith('idb ')), [...packages].join());
  for (const name of packages) {
    const [own] = name.split(' ');
    const folder = join(root, 'node_modules', own);
    const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
    assert.ok(licence && notices.includes(`\n${name}\n\n${readFileSync(join(folder, licence), 'utf8').trim()}\n`), name);
  }
  assert.ok(notices.includes(read('src/licences/musl.txt').trim()));
});
