import { parseInfo } from './fences.js';

/**
 * @typedef {object} Token of markdown-it
 * @property {string} type
 * @property {string} info
 * @property {string} content
 * @property {boolean} hidden
 */

/**
 * A header cell of a table without a text is no header, which screen readers would announce.
 * @param {any} md of markdown-it
 */
export function emptyHeaders(md) {
  md.core.ruler.push('empty-headers', (/** @type {{ tokens: any[] }} */ { tokens }) => {
    for (const [k, token] of tokens.entries()) {
      if (token.type === 'th_open' && tokens[k + 1].content === '') token.tag = tokens[k + 2].tag = 'td';
    }
  });
}

/**
 * Blocks fenced with `js run` become elements that run; the block fenced with `output` behind one is what is shown there
 * until then.
 * @param {any} md of markdown-it
 */
export function runnableSnippets(md) {
  const { fence } = md.renderer.rules;
  md.renderer.rules.fence = (/** @type {Token[]} */ tokens, /** @type {number} */ index, /** @type {unknown[]} */ ...others) => {
    const token = tokens[index];
    const { language, words } = parseInfo(token.info);
    const previous = tokens[index - 1];
    if (language === 'output' && previous?.type === 'fence' && previous.info === 'js run') return '';
    if (language !== 'js' || !words.has('run')) return fence(tokens, index, ...others);
    const next = tokens[index + 1];
    const output = next?.type === 'fence' && parseInfo(next.info).language === 'output' ? next.content : '';
    const code = fence(tokens.with(index, Object.assign(Object.create(token), { info: 'js' })), index, ...others);
    token.info = 'js run';
    const attributes = words.has('continued') ? ' continued' : '';
    return `<runnable-snippet${attributes} v-pre>${code}<pre class="snippet-output" tabindex="0" aria-label="Output"`
      + `${output ? '' : ' hidden'}>${md.utils.escapeHtml(output)}</pre></runnable-snippet>\n`;
  };
}
