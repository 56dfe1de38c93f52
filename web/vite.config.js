import { defineConfig } from 'vite';
import { licences } from './plugins/licences.js';
import { oneLibrary } from './plugins/one-library.js';
import { preloadFirst } from './plugins/preload-first.js';
import { sections } from './plugins/sections.js';
import { serviceWorker } from './plugins/service-worker.js';

export default defineConfig({
  base: './', // the page works at any path
  publicDir: false, // all files get names that change with their content
  plugins: [sections(), preloadFirst(), oneLibrary(), licences(), serviceWorker()],
  build: {
    outDir: '../build/web',
    emptyOutDir: true,
    target: 'es2022',
    minify: 'terser', // with gzip 4 % smaller than by Vite's own
    terserOptions: { ecma: 2020, compress: { ecma: 2020, passes: 2, keep_fargs: false } },
    assetsInlineLimit: 0, // a data: URL of a module or worker would need a weaker content security policy
    modulePreload: { polyfill: false }, // every browser with WebAssembly SIMD preloads modules
  },
  worker: {
    format: 'es',
    rollupOptions: {
      output: {
        // What is for where a module's file is missing is named so: plugins/service-worker.js leaves it out.
        chunkFileNames: ({ facadeModuleId, name }) => (facadeModuleId?.includes('/web/worker/')
          ? 'assets/[name]-[hash].js'
          : `assets/${name === 'index' ? 'library' : name}-copy-[hash].js`),
      },
    },
  },
  preview: { port: 4173 }, // or the next free one
});
