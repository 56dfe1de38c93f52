// The reference says of each public name what it is: that is written where it is declared.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const entries = ['index', 'worker', 'serve', 'predict'].map((name) => fileURLToPath(new URL(`../../dist/types/${name}.d.ts`, import.meta.url)));
const program = ts.createProgram(entries.filter((file) => existsSync(file)), {
  strict: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, types: ['node'],
});
const checker = program.getTypeChecker();

/** @param {ts.Symbol} symbol */
const isDocumented = (symbol) => symbol.getDocumentationComment(checker).length > 0;

/** The methods and accessors of a class that nothing is said of. @param {ts.Symbol} symbol */
function undocumentedMembers(symbol) {
  if (!(symbol.flags & ts.SymbolFlags.Class)) return [];
  const members = checker.getDeclaredTypeOfSymbol(symbol).getProperties();
  const told = ts.SymbolFlags.Method | ts.SymbolFlags.Accessor;
  return members.filter((member) => member.flags & told && !isDocumented(member) && !member.name.startsWith('__'))
    .map((member) => `${symbol.name}.${member.name}`);
}

describe('what is exported says what it is', () => {
  for (const file of program.getRootFileNames()) {
    test(file.replace(/.*\/dist\//, 'dist/'), () => {
      const module = checker.getSymbolAtLocation(/** @type {ts.Node} */ (program.getSourceFile(file)));
      const exported = checker.getExportsOfModule(/** @type {ts.Symbol} */ (module))
        .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
      assert.ok(exported.length > 5);
      assert.deepEqual(exported.filter((symbol) => !isDocumented(symbol)).map(({ name }) => name), []);
      assert.deepEqual(exported.flatMap(undocumentedMembers), []);
    });
  }
});
