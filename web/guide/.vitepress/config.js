import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { addresses, copyPackage } from './package.js';
import { withPolicy } from './policy.js';
import { emptyHeaders, runnableSnippets } from './snippets/markdown.js';

/** The guide's pages and what TypeDoc writes, laid out as the site. `./build.sh web` makes it. */
const source = new URL('../../../build/site/', import.meta.url);
const navigation = new URL('navigation.json', source);

/** What TypeDoc names a page by, as VitePress does. @param {any} item @returns {any} */
const sidebarItem = ({ title, path, children }) => ({
  text: title,
  ...(path && { link: `/reference/${path.replace(/(index)?\.md$/, '')}` }),
  ...(children && { collapsed: true, items: children.map(sidebarItem) }),
});
const reference = existsSync(navigation) ? JSON.parse(readFileSync(navigation, 'utf8')).map(sidebarItem) : [];

/** The page's, without which browsers ask for /favicon.ico. */
const icon = `data:image/svg+xml,${encodeURIComponent(readFileSync(new URL('../../icon.svg', import.meta.url), 'utf8').trim())}`;

/** @param {string} text @param {string} page */
const guide = (text, page) => ({ text, link: `/guide/${page}` });

export default defineConfig({
  title: 'lstm-wasm',
  description: 'Recurrent networks that train and predict in WebAssembly: guide and reference',
  lang: 'en',
  base: './', // the site works at any path
  srcDir: fileURLToPath(source),
  cacheDir: '../../build/vitepress',
  assetsDir: 'guide/assets',
  appearance: false, // the colours follow the system, as the page's do
  head: [['meta', { name: 'color-scheme', content: 'light dark' }], ['link', { rel: 'icon', type: 'image/svg+xml', href: icon }]],
  markdown: {
    config: (md) => {
      runnableSnippets(md);
      emptyHeaders(md);
    },
  },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === 'runnable-snippet' } } },
  vite: {
    define: { 'import.meta.env.PACKAGE_ADDRESSES': JSON.stringify(addresses) },
    build: { assetsInlineLimit: 0 },
    worker: { format: 'es', rolldownOptions: { output: { entryFileNames: 'guide/assets/[name].[hash].js' } } },
  },
  transformHtml: withPolicy,
  buildEnd: ({ outDir }) => copyPackage(outDir),
  themeConfig: {
    search: { provider: 'local' },
    logoLink: { link: '/', target: '_self' }, // to the page, which is none of VitePress's
    nav: [
      { text: 'The page', link: '/', target: '_self' },
      { text: 'Guide', link: '/guide/', activeMatch: '/guide/' },
      { text: 'Reference', link: '/reference/', activeMatch: '/reference/' },
    ],
    outline: [2, 3],
    sidebar: {
      '/guide/': [
        { text: 'Begin', items: [guide('Start', '')] },
        {
          text: 'What to do with it',
          items: [guide('Text', 'text'), guide('Series', 'series'), guide('Classification', 'classification'), guide('Translation', 'translation')],
        },
        {
          text: 'Where it runs',
          items: [
            guide('In a Worker, in Node', 'worker-and-node'),
            guide('Frameworks', 'frameworks'),
            guide('Files', 'files'),
            guide('More machines', 'machines'),
            guide('Coming from other libraries', 'coming-from'),
          ],
        },
        {
          text: 'To look up',
          items: [guide('What an error means', 'errors'), guide('How fast', 'speed')],
        },
        { text: 'Behind it', items: [guide('How it learns', 'learning'), guide('The cells', 'cells'), guide('For teachers', 'teaching')] },
      ],
      '/reference/': [{ text: 'Reference', link: '/reference/', items: reference }],
    },
  },
});
