// What axe-core has to say against a page as it is now.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * @param {import('playwright-core').Page} page
 * @param {string} [part] a selector; without it, the whole page
 * @returns {Promise<string[]>} the rules that are broken, each with the elements that break it
 */
export async function violations(page, part) {
  await page.evaluate(axe);
  // Of what passes, axe would else give every element.
  const found = await page.evaluate((of) => /** @type {any} */ (globalThis).axe.run(of ?? document, { resultTypes: ['violations'] }), part);
  return found.violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ n) => n.html).join(' ')}`);
}
