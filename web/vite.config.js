import { defineConfig } from 'vite';
<<<<<<< HEAD
import { oneLibrary } from './plugins/one-library.js';
=======
import { licences } from './plugins/licences.js';
>>>>>>> 051c54b (Show what the visitor did as code for a page, npm and Node, and hand it over as a folder that runs anywhere; name in each script whose packages are in it)
import { sections } from './plugins/sections.js';
import { serviceWorker } from './plugins/service-worker.js';

export default defineConfig({
  base: './', // the page works at any path
  publicDir: false, // all files get names that change with their content
<<<<<<< HEAD
  plugins: [sections(), oneLibrary(), serviceWorker()],
=======
  plugins: [sections(), licences(), serviceWorker()],
>>>>>>> 051c54b (Show what the visitor did as code for a page, npm and Node, and hand it over as a folder that runs anywhere; name in each script whose packages are in it)
  build: {
    outDir: '../build/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // a data: URL of a module or worker would need a weaker content security policy
    modulePreload: { polyfill: false }, // every browser with WebAssembly SIMD preloads modules
  },
  worker: { format: 'es' },
  preview: { port: 4173 }, // or the next free one
});
