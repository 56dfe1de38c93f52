// The blocks of code of a Markdown file, and what they claim to print. See web/guide/README.md.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compose, parseInfo } from '../../web/guide/.vitepress/snippets/fences.js';

const guide = new URL('../../web/guide/', import.meta.url);

/** The names of the guide's pages, without .md. */
export const pages = readdirSync(guide).filter((file) => file.endsWith('.md') && file !== 'README.md').map((file) => file.slice(0, -3)).sort();

/**
 * @typedef {object} Claim
 * @property {number} line of the console.log in the snippet, from 1
 * @property {string} text what it prints
 */

/**
 * @typedef {object} Snippet
 * @property {string} place file and line
 * @property {string} language
 * @property {Set<string>} words
 * @property {Map<string, string>} values
 * @property {string} code
 * @property {string} whole with what it continues before it
 * @property {number} offset lines of `whole` before its own
 * @property {Claim[]} claims
 * @property {string | undefined} output all that it prints
 */

/**
 * The claims that stand behind arrows: what a console.log prints, behind it or in the lines below it.
 * @param {string} code
 */
export function claimsOf(code) {
  /** @type {Claim[]} */
  const claims = [];
  let line = 0; // of the last console.log
  code.split('\n').forEach((text, index) => {
    const [, before, claimed] = /^(.*?)\/\/ → ?(.*)$/.exec(text) ?? [undefined, text, undefined];
    if (/\bconsole\.log\(/.test(before)) line = index + 1;
    if (claimed === undefined) return;
    if (line === 0 || (before.trim() && line !== index + 1 && !/\);?\s*$/.test(before))) {
      throw new Error(`no console.log stands before the claim in: ${text}`);
    }
    const last = claims.at(-1);
    if (!before.trim() && last?.line === line) last.text += `\n${claimed}`;
    else claims.push({ line, text: claimed });
  });
  return claims;
}

/**
 * The snippets of a Markdown text, in their order.
 * @param {string} markdown
 * @param {string} file for their places
 * @returns {Snippet[]}
 */
export function snippetsOf(markdown, file) {
  /** @type {Snippet[]} */
  const snippets = [];
  /** @type {string[]} */
  let parts = [];
  let end = 0;
  if (/^ +```/m.test(markdown)) throw new Error(`${file}: a block of code is indented, and would not be tested`);
  for (const { 0: all, 2: info, 3: code, index } of markdown.matchAll(/^(```+)(.*)\n([^]*?)^\1 *$/gm)) {
    const parsed = parseInfo(info);
    const last = snippets.at(-1);
    if (parsed.language === 'output') {
      const isBehind = last && last.output === undefined && last.language !== 'output' && markdown.slice(end, index).trim() === '';
      if (!isBehind) throw new Error(`${file}: an output block stands behind no snippet: ${code}`);
      last.output = code;
    } else {
      const continues = parsed.words.has('continued');
      if (continues && parts.length === 0) throw new Error(`${file}: no snippet before continues in: ${code}`);
      if (parsed.words.has('run')) parts = continues ? [...parts, code] : [code];
      const whole = continues ? compose(parts) : code;
      const place = `${file}:${markdown.slice(0, index).split('\n').length}`;
      const offset = whole.split('\n').length - code.split('\n').length;
      snippets.push({ ...parsed, place, code, whole, offset, claims: parsed.language === 'js' ? claimsOf(code) : [], output: undefined });
    }
    end = index + all.length;
  }
  return snippets;
}

/** The snippets of a page of the guide. @param {string} page */
export function snippets(page) {
  const file = new URL(`${page}.md`, guide);
  return snippetsOf(readFileSync(file, 'utf8'), fileURLToPath(file).replace(/.*(?=web\/guide\/)/, ''));
}
