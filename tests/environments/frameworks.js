// The guide's page on frameworks: each of its snippets, written into a project of its own, built by its own tool, and driven in
// Chromium as a visitor would: it learns, and the button writes.
import { snippets } from '../guide/snippets.js';
import { freePort } from './processes.js';
import { pins, pinned } from './versions.js';

/** @typedef {import('./Project.js').Project} Project */
/** @typedef {import('./judge.js').Verdict} Verdict */

/** The page's files, by the names behind their fences. */
export const parts = new Map(snippets('frameworks').map(({ values, code }) => [values.get('file') ?? '', code]));

/** What a visitor does, and what the page shows. */
export const drive = `
const until = async (what, found) => {
  for (let left = 300; left > 0; left--) {
    const alert = document.querySelector('[role=alert]');
    if (alert) throw new Error(alert.textContent);
    const result = found();
    if (result) return result;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('there never was ' + what);
};
try {
  const loss = () => /^(\\d\\.\\d+) nats$/.exec(document.querySelector('main p')?.textContent ?? '')?.[1];
  const first = Number(await until('a loss', loss));
  const last = Number(await until('a lower loss', () => Number(loss()) < first - 0.5 && loss()));
  (await until('a button', () => document.querySelector('button:enabled'))).click();
  const written = await until('a text', () => document.querySelector('output').textContent);
  document.title = 'OUTCOME ' + JSON.stringify({ load: {}, worker: { learned: first - last, written: written.length } });
} catch (error) {
  document.title = 'FAILED ' + error.message;
}
`;

/**
 * The files below a folder of the page, and what all frameworks share, as a project has them.
 * @param {...string} folders
 * @returns {Record<string, string>}
 */
export function filesOf(...folders) {
  /** @type {Record<string, string>} */
  const files = {};
  for (const [name, code] of parts) {
    const folder = folders.find((one) => name.startsWith(`${one}/`));
    if (folder) files[name.slice(folder.length + 1)] = code;
  }
  return files;
}

const shared = () => /** @type {string} */ (parts.get('learn.js'));

/** @param {string} head what the body has @returns {string} */
const html = (head) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>learns</title><body>${head}
<script type="module" src="/drive.js"></script></body></html>\n`;

/** @param {Project} project @param {string} url @returns {Promise<Verdict>} */
async function driven(project, url) {
  const { worker } = /** @type {any} */ (await project.visit(url));
  const why = [];
  if (!(worker.learned > 0.5)) why.push(`the loss fell by ${worker.learned} nats`);
  if (worker.written !== 40) why.push(`it wrote ${worker.written} characters, not 40`);
  return { load: '-', openWorker: 'yes', trained: 'yes', predicted: 'yes', why };
}

/** @param {Project} project */
async function built(project) {
  await project.tool('vite', ['build']);
  return driven(project, await project.serve('dist'));
}

/** @param {Project} project */
async function inDevelopment(project) {
  return driven(project, await project.server('vite', [], /(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):\d+\/)/));
}

/**
 * A framework that Vite builds.
 * @param {{ name: string, folder: string, packages: Record<string, string>, plugin: string, main: string, version: string }} of
 * @returns {import('./families.js').Environment}
 */
const withVite = ({ name, folder, packages, plugin, main, version }) => ({
  name,
  version,
  prepare: async (project) => {
    await project.install({ ...pins('vite'), ...packages });
    await project.write({
      ...filesOf(folder),
      'src/learn.js': shared(),
      'public/drive.js': drive,
      'index.html': html('<div id="app"></div><script type="module" src="/src/main.js"></script>'),
      'src/main.js': main,
      'vite.config.js': `import plugin from '${plugin}';\n\nexport default { plugins: [plugin()] };\n`,
    });
  },
  rows: [{ name: 'dev', run: inDevelopment }, { name: 'build', run: built }],
});

const react = withVite({
  name: 'React',
  folder: 'react',
  version: pinned.react,
  packages: pins('react', 'react-dom', '@vitejs/plugin-react'),
  plugin: '@vitejs/plugin-react',
  main: `import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.jsx';

createRoot(document.querySelector('#app')).render(createElement(StrictMode, null, createElement(App)));
`,
});

const vue = withVite({
  name: 'Vue',
  folder: 'vue',
  version: pinned.vue,
  packages: pins('vue', '@vitejs/plugin-vue'),
  plugin: '@vitejs/plugin-vue',
  main: "import { createApp } from 'vue';\nimport App from './App.vue';\n\ncreateApp(App).mount('#app');\n",
});

/** Its plugin has no default export. */
const svelte = withVite({
  name: 'Svelte',
  folder: 'svelte',
  version: pinned.svelte,
  packages: pins('svelte', '@sveltejs/vite-plugin-svelte'),
  plugin: './svelte-plugin.js',
  main: "import { mount } from 'svelte';\nimport App from './App.svelte';\n\nmount(App, { target: document.querySelector('#app') });\n",
});
const { prepare } = svelte;
svelte.prepare = async (project) => {
  await prepare(project);
  await project.write({ 'svelte-plugin.js': "export { svelte as default } from '@sveltejs/vite-plugin-svelte';\n" });
};

/** @type {import('./families.js').Environment} */
const next = {
  name: 'Next.js, the guide',
  version: pinned.next,
  prepare: async (project) => {
    await project.install(pins('next', 'react', 'react-dom'), { type: undefined });
    const { 'src/App.jsx': app, 'src/useCharModel.js': hook } = filesOf('react');
    await project.write({
      ...filesOf('next'),
      'app/App.jsx': app,
      'app/useCharModel.js': hook,
      'app/learn.js': shared(),
      'app/layout.js': `export default function RootLayout({ children }) {
  return (
    <html lang="en">
      <body>{children}<script type="module" src="/drive.js" /></body>
    </html>
  );
}
`,
      'public/drive.js': drive,
    });
  },
  rows: [{
    name: 'page and route handler, production',
    seconds: 500,
    run: async (project) => {
      await project.tool('next', ['build'], { seconds: 300 });
      const url = await project.server('next', ['start', '--port', String(await freePort())], /(http:\/\/localhost:\d+)[\s\S]*Ready/);
      const response = await fetch(`${url}api/write?prime=It`, { signal: AbortSignal.timeout(60_000) });
      const written = await response.text();
      const seen = await driven(project, url);
      if (!response.ok || written.length !== 60) seen.why.push(`the route handler answered ${response.status}: ${written.slice(0, 200)}`);
      return { ...seen, load: 'yes' };
    },
  }],
};

/** @type {import('./families.js').Environment} */
const plain = {
  name: 'No framework, the guide',
  version: pinned.vite,
  prepare: async (project) => {
    await project.install(pins('vite'));
    const files = filesOf('page');
    files['index.html'] += '<script type="module" src="/drive.js"></script>\n';
    await project.write({ ...files, 'src/learn.js': shared(), 'public/drive.js': drive });
  },
  rows: [{ name: 'dev', run: inDevelopment }, { name: 'build', run: built }],
};

export default [plain, react, vue, svelte, next];
