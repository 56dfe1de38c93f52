// edits.js: texts of declarations, changed in places.
import ts from 'typescript';

/** @typedef {{ start: number, end: number, text: string }} Edit what stands from start to end becomes text */

/**
 * @param {string} text
 * @param {readonly Edit[]} edits that do not overlap
 * @param {number} [from] only this part of the text
 * @param {number} [to]
 */
export function edited(text, edits, from = 0, to = text.length) {
  let result = '';
  let done = from;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(done, edit.start) + edit.text;
    done = edit.end;
  }
  return result + text.slice(done, to);
}

/**
 * The comments before a declaration; the last documents it.
 * @param {ts.Node} node
 * @returns {ts.JSDoc[]}
 */
export function docsOf(node) {
  return ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).filter(({ parent }) => parent === node);
}

/** @param {ts.Node} node */
export function isInternal(node) {
  return docsOf(node).at(-1)?.tags?.some(({ tagName }) => tagName.text === 'internal') ?? false;
}

/**
 * Is a member of a class not for users?
 * @param {ts.Declaration} member
 */
export function isHidden(member) {
  const hiding = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return (ts.getCombinedModifierFlags(member) & hiding) !== 0 || isInternal(member);
}
