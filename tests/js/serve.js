// serve.js: a server of a few answers, for tests of what is fetched.
import { once } from 'node:events';
import { createServer } from 'node:http';

/** @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => void} Handler */

/**
 * @param {Record<string, Handler>} answers by path; others are answered by a page, with 200, as many servers do
 * @param {import('node:test').TestContext | { after: (done: () => void) => void }} t
 * @returns {Promise<string>} its address, without a slash at the end
 */
export async function serve(answers, t) {
  const server = createServer((request, response) => {
    const answer = answers[/** @type {string} */ (request.url)];
    if (answer) return answer(request, response);
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>a page</title>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
}

/**
 * @param {Uint8Array} bytes
 * @param {string} [type]
 * @returns {Handler}
 */
export const bytesAs = (bytes, type) => (_, response) => {
  if (type) response.setHeader('content-type', type);
  response.end(bytes);
};
