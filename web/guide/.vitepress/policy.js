import { createHash } from 'node:crypto';

/**
 * The content security policy of a page of the guide, put into its head. The inline scripts are VitePress's own, allowed
 * by their hashes; style attributes colour the code. Snippets run in a Worker of this origin, which is why neither blob:
 * nor 'unsafe-eval' stands here: a page's policy in a <meta> does not hold in its Workers.
 * @param {string} html
 */
export function withPolicy(html) {
  const scripts = [...html.matchAll(/<script(?![^>]*\b(?:src|type="application))[^>]*>([^]*?)<\/script>/g)].map(([, code]) => code);
  const hashes = scripts.map((code) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`);
  const policy = `default-src 'none'; script-src 'self' ${[...new Set(hashes)].join(' ')}; connect-src 'self'; worker-src 'self'; `
    + "style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'";
  return html.replace('<meta charset="utf-8">', `$&\n    <meta http-equiv="Content-Security-Policy" content="${policy}">`);
}
