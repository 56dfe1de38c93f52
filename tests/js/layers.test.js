// The architecture as a test: each floor uses only the floors below it, the ABI is what is marked EXPORT, and the page
// uses only what the package offers.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** From the lowest up. */
const floors = ['heap', 'kernels', 'cells', 'network', 'training', 'exports'];

/**
 * The files below `folder` with one of the extensions, relative to the root.
 * @param {string} folder
 * @param {...string} extensions
 */
function filesIn(folder, ...extensions) {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => extensions.includes(path.extname(file)) && !file.split(path.sep).includes('node_modules'))
    .map((file) => path.posix.join(folder, file.split(path.sep).join('/')));
}

/** @param {string} file relative to the root */
const read = (file) => readFileSync(path.join(root, file), 'utf8');

/** @param {string} text C without comments */
const withoutComments = (text) => text.replace(/\/\*[^]*?\*\//g, ' ').replace(/\/\/.*/g, '');

/**
 * What a JavaScript file imports, types in comments included.
 * @param {string} text
 */
function importsOf(text) {
  const inCode = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const anywhere = [...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)].map((match) => match[1]);
  return [...new Set([...inCode, ...anywhere])];
}

/**
 * What an include breaks, or undefined.
 * @param {string} file a C file on one of the floors
 * @param {string} included as it stands between quotes
 */
function wrongInclude(file, included) {
  const from = floors.indexOf(file.split('/')[1]);
  const to = floors.indexOf(included.split('/')[0]);
  if (to < 0) return `${file} includes "${included}", which names no floor`;
  if (to > from) return `${file} includes "${included}", which is above it`;
  if (!existsSync(path.join(root, 'src', included))) return `${file} includes "${included}", which does not exist`;
  return undefined;
}

describe('the floors of C', () => {
  const sources = filesIn('src', '.c', '.h');

  test('every C file stands on a floor', () => {
    assert.ok(sources.length > 0);
    assert.deepEqual(sources.filter((file) => !floors.includes(file.split('/')[1])), []);
  });

  test('includes only go down', () => {
    const includes = sources.flatMap((file) => [...withoutComments(read(file)).matchAll(/#\s*include\s*"([^"]+)"/g)]
      .map((match) => ({ file, included: match[1] })));
    assert.ok(includes.length > sources.length / 2, `only ${includes.length} includes were found`);
    assert.deepEqual(includes.map(({ file, included }) => wrongInclude(file, included)).filter(Boolean), []);
  });

  test('the check finds an include that goes up, and one that names no floor', () => {
    assert.match(wrongInclude('src/kernels/matmul.c', 'cells/cell.h') ?? '', /above/);
    assert.match(wrongInclude('src/network/network.c', 'training/trainer.h') ?? '', /above/);
    assert.match(wrongInclude('src/cells/lstm.c', 'vec.h') ?? '', /no floor/);
    assert.match(wrongInclude('src/cells/lstm.c', 'kernels/nothing.h') ?? '', /not exist/);
    assert.equal(wrongInclude('src/training/trainer.c', 'kernels/vec.h'), undefined);
  });

  test('only vec.h and the integer products beside it know SIMD', () => {
    const simd = /wasm_simd128|wasm_relaxed_simd|wasm_[fiuv]\d+|\bv128_t\b|__builtin_wasm_(?!memory)|__SSE|__AVX|immintrin|arm_neon/;
    assert.deepEqual(sources.filter((file) => simd.test(read(file))), ['src/kernels/int8_dot.h', 'src/kernels/integer_vec.h', 'src/kernels/vec.h']);
  });

  test('nothing prints, exits or reads files', () => {
    const forbidden = /\b(printf|puts|putchar|fopen|fread|fwrite|exit|abort|getenv|assert)\s*\(|<(stdio|assert|unistd)\.h>/;
    assert.deepEqual(sources.filter((file) => forbidden.test(withoutComments(read(file)))), []);
  });
});

/**
 * The names in the export or import section of a module. Read here because not every engine compiles every variant.
 * @param {Uint8Array} bytes
 */
function namesIn(bytes) {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const string = () => {
    const length = number();
    at += length;
    return new TextDecoder().decode(bytes.subarray(at - length, at));
  };
  const names = { imports: /** @type {string[]} */ ([]), exports: /** @type {string[]} */ ([]) };
  while (at < bytes.length) {
    const section = bytes[at++];
    const end = number() + at;
    if (section === 2) {
      for (let count = number(); count > 0; count--) {
        names.imports.push(`${string()}.${string()}`);
        assert.equal(bytes[at++], 0, 'an import that is no function');
        number();
      }
    }
    if (section === 7) {
      for (let count = number(); count > 0; count--) {
        names.exports.push(string());
        at++;
        number();
      }
    }
    at = end;
  }
  return names;
}

describe('the ABI', () => {
  const files = filesIn('src/exports', '.c');
  /** @type {(pattern: RegExp) => string[]} */
  const find = (pattern) => files.flatMap((file) => [...withoutComments(read(file)).matchAll(pattern)].map((m) => m[1]));
  // A definition starts at the line's first column: return type, name, parameters.
  const defined = find(/^(?!static\b)[A-Za-z_][\w \t*]*?\b(\w+)\([^;{]*\)\s*\{/gm);
  const marked = find(/^EXPORT\b[\w \t*]*?\b(\w+)\([^;{]*\)\s*\{/gm);

  test('every function of src/exports is marked EXPORT and begins with lstm_', () => {
    assert.ok(marked.length > 0);
    assert.deepEqual(defined.filter((name) => !marked.includes(name)), []);
    assert.deepEqual(marked.filter((name) => !name.startsWith('lstm_')), []);
    assert.equal(new Set(marked).size, marked.length, 'a name is exported twice');
    const marks = files.map((file) => withoutComments(read(file)).match(/\bEXPORT\b/g)?.length ?? 0);
    assert.equal(marks.reduce((sum, count) => sum + count), marked.length, 'an EXPORT was not understood');
  });

  test('EXPORT stands nowhere else', () => {
    const elsewhere = filesIn('src', '.c', '.h').filter((file) => !file.startsWith('src/exports/'));
    assert.deepEqual(elsewhere.filter((file) => /\bEXPORT\b|EMSCRIPTEN_KEEPALIVE|export_name/.test(read(file))), []);
  });

  // What Emscripten adds of itself.
  const runtime = ['memory', '__indirect_function_table', '_initialize', '_emscripten_stack_restore',
    'emscripten_stack_get_current'];

  for (const variant of ['scalar', 'simd', 'relaxed']) {
    test(`lstm-${variant}.wasm exports exactly these, and imports nothing`, () => {
      const { imports, exports } = namesIn(readFileSync(path.join(root, `dist/lstm-${variant}.wasm`)));
      assert.deepEqual(exports.filter((name) => !runtime.includes(name)).sort(), [...marked].sort());
      assert.deepEqual(imports, []);
    });

    test(`predict-${variant}.wasm exports the same, but for what trains`, () => {
      const { imports, exports } = namesIn(readFileSync(path.join(root, `dist/predict-${variant}.wasm`)));
      const predicting = marked.filter((name) => !name.startsWith('lstm_trainer_'));
      assert.deepEqual(exports.filter((name) => !runtime.includes(name)).sort(), predicting.sort());
      assert.deepEqual(imports, []);
    });
  }
});

/**
 * @param {string} file
 * @param {string} specifier
 * @returns {string | undefined} the file, relative to the root, for a relative import
 */
function resolve(file, specifier) {
  return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : undefined;
}

/** @param {string} specifier */
const isBuiltin = (specifier) => specifier.startsWith('node:') || builtinModules.includes(specifier);

/**
 * The imports of files that `isAllowed` refuses, as 'file imports specifier'.
 * @param {string[]} files
 * @param {(file: string, specifier: string, target: string | undefined) => boolean} isAllowed
 */
function refused(files, isAllowed) {
  return files.flatMap((file) => importsOf(read(file))
    .filter((specifier) => !isAllowed(file, specifier, resolve(file, specifier)))
    .map((specifier) => `${file} imports ${specifier}`));
}

/** From the lowest up. */
const rooms = ['core', 'network', 'sampling', 'training', 'files', 'models', 'worker', 'command'];
const entries = ['src/js/index.js', 'src/js/worker.js', 'src/js/serve.js', 'src/js/predict.js'];

/** Its floor, or -1. @param {string} file relative to the root */
const roomOf = (file) => rooms.indexOf(/^src\/js\/(\w+)\//.exec(file)?.[1] ?? '');

/**
 * May a file in a room import this one? The command is a program, which may use what the package offers.
 * @param {string} file
 * @param {string | undefined} target undefined: of Node
 */
function isDown(file, target) {
  if (!target || (roomOf(file) === rooms.indexOf('command') && entries.includes(target))) return true;
  return roomOf(target) >= 0 && roomOf(target) <= roomOf(file);
}

describe('the size of files', () => {
  test('none of the library and the page has over 320 lines', () => {
    const sources = [...filesIn('src', '.c', '.h', '.js'), ...filesIn('web', '.js', '.css', '.html')];
    assert.ok(sources.length > 100);
    assert.deepEqual(sources.filter((file) => read(file).split('\n').length > 321), []);
  });
});

describe('the floors of JavaScript', () => {
  const library = filesIn('src/js', '.js');
  const page = filesIn('web', '.js');

  test('imports are found', () => {
    assert.deepEqual(importsOf(`
      import a from './a.js';
      import './b.css';
      export { c } from 'c';
      const d = await import('d');
      /** @type {import('./e.js').E} */`).sort(), ['./a.js', './b.css', './e.js', 'c', 'd']);
    assert.ok(library.flatMap((file) => importsOf(read(file))).length > library.length / 2);
    assert.ok(page.flatMap((file) => importsOf(read(file))).length > page.length / 2);
  });

  // The copies of modules and of the Worker's script are built.
  const isCopy = (/** @type {string | undefined} */ target) => /^dist\/copies\/[\w-]+\.js$/.test(target ?? '');

  test('src/js imports only inside src/js and the copies in dist, and Node only in the command', () => {
    assert.deepEqual(refused(library, (file, specifier, target) => {
      if (isCopy(target)) return existsSync(path.join(root, /** @type {string} */ (target)));
      if (target) return target.startsWith('src/js/') && existsSync(path.join(root, target));
      return file.startsWith('src/js/command/') && isBuiltin(specifier);
    }), []);
  });

  test('every file stands in a room, and only public entries at the top', () => {
    const outside = library.filter((file) => roomOf(file) < 0);
    assert.deepEqual(outside.filter((file) => !entries.includes(file)), []);
  });

  test('imports, and types, only go down', () => {
    assert.deepEqual(refused(library.filter((file) => roomOf(file) >= 0), (file, _, target) => isCopy(target) || isDown(file, target)), []);
  });

  test('the check finds an import that goes up', () => {
    assert.equal(isDown('src/js/core/check.js', 'src/js/network/state.js'), false);
    assert.equal(isDown('src/js/files/model-file.js', 'src/js/models/characters/CharModel.js'), false);
    assert.equal(isDown('src/js/models/Lstm.js', 'src/js/index.js'), false);
    assert.equal(isDown('src/js/models/Lstm.js', 'src/js/core/check.js'), true);
  });

  test('what predicts loads no code that trains', () => {
    const reached = new Set(['src/js/predict.js']);
    for (const file of reached) {
      const { importedFiles } = ts.preProcessFile(read(file), true, true);
      for (const { fileName } of importedFiles) reached.add(/** @type {string} */ (resolve(file, fileName)));
    }
    assert.ok(reached.has('src/js/files/model-file.js'));
    assert.deepEqual([...reached].filter((file) => /src\/js\/training\/|checkpoint|Window|Batch/.test(file)), []);
  });

  test('web imports only the package, uplot, idb, fflate and itself', () => {
    const isPublic = (/** @type {string} */ specifier) => /^(lstm-wasm(\/(worker|serve|predict))?|uplot(\/.*\.css)?|idb|fflate)$/.test(specifier);
    // What makes the page is no part of it.
    const isTool = (/** @type {string} */ file) => (
      /^web\/(vite\.config|plugins\/[\w-]+|prepare\/\w+|reference\/\w+|guide\/\.vitepress\/(\w+|theme\/index))\.js$/.test(file));
    assert.deepEqual(refused(page, (file, specifier, target) => {
      if (target) return target.startsWith('web/') && existsSync(path.join(root, target));
      return isPublic(specifier) || (isTool(file) && (/^(vite|vitepress(\/theme-without-fonts)?|@stdlib\/.*)$/.test(specifier) || isBuiltin(specifier)));
    }), []);
  });

  test('what the page computes knows nothing of what it shows', () => {
    const model = page.filter((file) => file.startsWith('web/model/'));
    assert.ok(model.length > 5);
    assert.deepEqual(refused(model, (_, __, target) => !target || /^web\/(model\/|worker\/|format\.js)/.test(target)), []);
    // What it writes for a visitor's own page is text.
    const computes = model.filter((file) => file !== 'web/model/use/snippets.js');
    assert.deepEqual(computes.filter((file) => /\bdocument\.(?!visibilityState)|\bquerySelector/.test(read(file))), []);
  });

  test('the files that index.html names lie in web, or are prepared for it', () => {
    const named = [...read('web/index.html').matchAll(/\b(?:src|href)="([^"#]+)"/g)].map((match) => match[1]);
    const own = named.filter((name) => !/^(https?|mailto|data):/.test(name)).map((name) => path.posix.join('web', name));
    assert.ok(own.length > 0);
    assert.deepEqual(own.filter((name) => !existsSync(path.join(root, name)) || !/^(web|build\/page)\//.test(name)), []);
  });
});
