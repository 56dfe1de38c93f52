// serve.js: the whole library and what answers `openWorker`, in one script that imports nothing: for a Worker of one's own.
export * from './index.js';
export { loadWithoutCopies as load, serve } from './worker/serve.js';
