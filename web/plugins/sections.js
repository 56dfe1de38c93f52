import { readFileSync } from 'node:fs';

/**
 * Puts the sections of the page into index.html: `<!-- section NAME -->` becomes the content of sections/NAME.html.
 *
 * @returns {import('vite').Plugin}
 */
export function sections() {
  const read = (/** @type {string} */ name) => readFileSync(new URL(`../sections/${name}.html`, import.meta.url), 'utf8');
  return {
    name: 'lstm-wasm-sections',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) => html.replace(/<!-- section ([\w-]+) -->/g, (_, name) => read(name)),
    },
  };
}
