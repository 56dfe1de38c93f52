import { defineConfig } from 'vite';

export default defineConfig({
  base: './', // the page works at any path
  publicDir: '../build/public',
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
