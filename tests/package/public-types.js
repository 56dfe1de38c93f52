// The names that the public types have, as lines to compare: what each entry exports, each member of its classes and objects,
// and what they are made of but do not export.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from './project.js';

export const folder = path.join(root, 'dist/types');
export const kept = path.join(root, 'tests/package/public-types.txt');

/** @param {string} name */
export const textOf = (name) => readFileSync(path.join(folder, name), 'utf8');

/** @param {string} name */
const parse = (name) => ts.createSourceFile(name, textOf(name), ts.ScriptTarget.ES2022, true);

/** @param {ts.SourceFile} file */
const exportsOf = (file) => file.statements.filter(ts.isExportDeclaration).flatMap(({ exportClause, isTypeOnly }) =>
  /** @type {ts.NamedExports | undefined} */ (exportClause)?.elements.map(({ name, propertyName }) => ({
    name: name.text, local: (propertyName ?? name).text, isTypeOnly,
  })) ?? []);

/** @param {ts.Node} node its members; of an intersection or a union all */
function membersOf(node) {
  /** @type {string[]} */
  const names = [];
  /** @param {ts.Node} inner */
  const visit = (inner) => {
    if ((ts.isClassElement(inner) || ts.isTypeElement(inner)) && !ts.isSetAccessor(inner)) {
      const isCall = ts.isMethodDeclaration(inner) || ts.isMethodSignature(inner);
      names.push(ts.isConstructorDeclaration(inner) ? 'constructor()' : `${inner.name?.getText()}${isCall ? '()' : ''}`);
    } else if (!ts.isParameter(inner)) ts.forEachChild(inner, visit);
  };
  ts.forEachChild(node, visit);
  return [...new Set(names)].filter((name) => name !== '#private').sort();
}

/** @param {readonly string[]} entries @returns {string} one name a line */
export function report(entries) {
  const exported = entries.map((entry) => exportsOf(parse(`${entry}.d.ts`)));
  const isExported = new Set(exported.flat().map(({ local }) => local));
  const declared = parse('declarations.d.ts').statements.flatMap((node) => {
    const name = /** @type {ts.DeclarationStatement} */ (node).name?.getText();
    return name ? [{ name, node }] : [];
  }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    ...entries.flatMap((entry, i) => [
      `## ${entry}`,
      ...exported[i].map(({ name, local, isTypeOnly }) =>
        `${isTypeOnly ? 'type ' : ''}${local === name ? name : `${local} as ${name}`}`).sort(),
    ]),
    '## members of what is exported, and of all classes',
    ...declared.filter(({ name, node }) => isExported.has(name) || ts.isClassDeclaration(node))
      .flatMap(({ name, node }) => membersOf(node).map((member) => `${name}.${member}`)),
    '## used, not exported',
    ...new Set(declared.map(({ name }) => name).filter((name) => !isExported.has(name))),
    '',
  ].join('\n');
}
