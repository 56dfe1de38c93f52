// main.js: the public declarations, from all that tsc derives.
//
//   node src/types/main.js ALL PUBLIC    two folders
//
// PUBLIC has one file for each entry, and one with what they share, so that a class is the same in all. Why not a tool: tsc keeps
// what is @internal in classes of JavaScript, rollup-plugin-dts, api-extractor and dts-bundle-generator keep the names that each
// file gives to what it imports (CellState$7), and none writes out the methods that are made from a table.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { RollUp } from './RollUp.js';
import { withMethodsWritten } from './worker-classes.js';

const [all, target] = process.argv.slice(2).map((folder) => resolve(folder));
const web = join(dirname(fileURLToPath(import.meta.url)), 'web.d.ts');
const entries = ['index', 'worker', 'serve', 'predict'].filter((entry) => ts.sys.fileExists(join(all, `${entry}.d.ts`)));
const files = entries.map((entry) => join(all, `${entry}.d.ts`));

/** @param {Map<string, string>} texts of files that are not as they are on disk */
function programOf(texts) {
  /** @type {ts.CompilerOptions} */
  const options = {
    strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler, types: ['node'],
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.esnext.disposable.d.ts'],
  };
  const host = ts.createCompilerHost(options);
  const { readFile } = host;
  host.readFile = (name) => texts.get(name) ?? readFile(name);
  host.getSourceFile = (name, version) => {
    const text = host.readFile(name);
    return text === undefined ? undefined : ts.createSourceFile(name, text, version, true);
  };
  return ts.createProgram([...files, web], options, host);
}

const derived = programOf(new Map());
const texts = derived.getSourceFiles().filter(({ fileName }) => fileName.startsWith(`${all}/`))
  .map((file) => /** @type {const} */ ([file.fileName, withMethodsWritten(derived.getTypeChecker(), file)]));
const program = programOf(new Map(texts));
const checker = program.getTypeChecker();
/** @param {string} file */
const moduleOf = (file) => /** @type {ts.Symbol} */ (checker.getSymbolAtLocation(/** @type {ts.Node} */ (program.getSourceFile(file))));

const rollUp = new RollUp(checker, moduleOf(web));
const exported = entries.map((_, i) => rollUp.addEntry(moduleOf(files[i])));

/** @param {Iterable<string>} names */
const listed = (names) => [...new Set(names)].sort().join(', ');
/** @param {(typeof exported)[number]} some @param {string} [from] */
function exporting(some, from = '') {
  /** @param {boolean} isValue */
  const names = (isValue) => listed(some.filter((one) => one.isValue === isValue)
    .map(({ name, local }) => name === local || !from ? local : `${local} as ${name}`));
  return `export { ${names(true)} }${from};\nexport type { ${names(false)} }${from};\n`;
}

const shared = 'declarations';
mkdirSync(target, { recursive: true });
entries.forEach((entry, i) => writeFileSync(join(target, `${entry}.d.ts`), exporting(exported[i], ` from "./${shared}.js"`)));
writeFileSync(join(target, 'worker-main.d.ts'), 'export {};\n');
// For Symbol.dispose and Symbol.asyncDispose, which ES2022 does not have.
const library = '/// <reference lib="esnext.disposable" />\n';
writeFileSync(join(target, `${shared}.d.ts`), `${library}${rollUp.text}\n${exporting(exported.flat())}`);
