// documentation.js: the comments of declarations, without what TypeScript says itself and without what is for this library alone.
import ts from 'typescript';
import { isInternal } from './edits.js';

const kept = new Set(['param', 'returns', 'throws', 'deprecated', 'see', 'example']);

/**
 * The lines of a part of a comment, without its asterisks.
 * @param {string} text
 */
function linesOf(text) {
  return text.replace(/^\/\*\*/, '').replace(/\*\/$/, '').split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trimEnd());
}

/**
 * @param {string} text of the file
 * @param {ts.JSDocTag} tag
 * @returns {string[]} its lines; none where it says no more than the types
 */
function linesOfTag(text, tag) {
  if (!kept.has(tag.tagName.text)) return [];
  let head = `@${tag.tagName.text}`;
  let start = tag.tagName.end;
  if (ts.isJSDocThrowsTag(tag) && tag.typeExpression) {
    start = tag.typeExpression.end;
    // Editors and TypeDoc show no types here, so the names become words.
    const names = tag.typeExpression.getText().slice(1, -1).replace(/import\([^)]*\)\./g, '');
    head += ` ${names.replace(/\w+/g, '`$&`').replace(/ \| /g, ' or ')}`;
  } else if (ts.isJSDocReturnTag(tag) && tag.typeExpression) {
    start = tag.typeExpression.end;
  } else if (ts.isJSDocParameterTag(tag)) {
    start = tag.isBracketed ? text.indexOf(']', tag.name.end) + 1 : tag.name.end;
    head += ` ${tag.name.getText()}`;
  }
  const [first, ...others] = linesOf(text.slice(start, tag.end));
  const lines = [`${head} ${first.trim()}`.trimEnd(), ...others];
  while (lines.at(-1) === '') lines.pop();
  const isEmpty = lines.length === 1 && first.trim() === '' && (ts.isJSDocReturnTag(tag) || ts.isJSDocParameterTag(tag));
  return isEmpty ? [] : lines;
}

/**
 * @param {ts.JSDoc} doc
 * @param {string} indent
 * @returns {string} the comment for users; empty where nothing is left of it
 */
export function publicDoc(doc, indent) {
  const { text } = doc.getSourceFile();
  // TypeScript keeps the tags of an overload inside of its own.
  const tags = (doc.tags ?? []).flatMap((tag) => (ts.isJSDocOverloadTag(tag)
    ? [...tag.typeExpression.parameters, tag.typeExpression.type ?? []].flat() : [tag]));
  if (isInternal(doc.parent)) return '';
  const lines = linesOf(text.slice(doc.pos, doc.tags?.[0]?.pos ?? doc.end));
  while (lines.at(-1)?.trim() === '') lines.pop();
  for (const tag of tags) lines.push(...linesOfTag(text, tag));
  while (lines[0]?.trim() === '') lines.shift();
  while (lines.at(-1)?.trim() === '') lines.pop();
  if (lines.length === 0) return '';
  if (lines.length === 1 && indent.length + lines[0].length < 112) return `/** ${lines[0].trim()} */`;
  return ['/**', ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`].join('\n');
}
