// A static file server for the browser tests: one folder, on a free port of this machine.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

/** @type {Record<string, string>} */
const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

/**
 * The file that a request asks for, or undefined where it leaves the folder.
 * @param {string} folder
 * @param {string} url
 */
function fileOf(folder, url) {
  let path;
  try {
    path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
  } catch {
    return undefined;
  }
  if (path.includes('\0')) return undefined;
  const root = normalize(folder + sep);
  const file = normalize(join(root, path.endsWith('/') ? `${path}index.html` : path));
  return file.startsWith(root) ? file : undefined;
}

/**
 * Serves a folder.
 * @param {string} folder
 * @param {Record<string, string>} [headers] sent with every file, such as a Content-Security-Policy
 * @returns {Promise<{ url: string, missing: string[], close: () => Promise<void> }>} url ends in a slash; what was asked for and is
 *   not there
 */
export async function serve(folder, headers = {}) {
  /** @type {string[]} */
  const missing = [];
  const server = createServer(async (request, response) => {
    const file = fileOf(folder, request.url ?? '/');
    const found = file && (await stat(file).catch(() => undefined));
    if (!file || !found?.isFile()) {
      missing.push(request.url ?? '');
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
      return;
    }
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'content-length': found.size,
      'cache-control': 'no-store',
      ...headers,
    });
    createReadStream(file).on('error', () => response.destroy()).pipe(response);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    missing,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
