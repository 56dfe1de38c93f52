// notices.js OUTPUT: the notices of what others wrote and the package ships: the modules have code of the C library that
// Emscripten links, in src/licences. The page adds those of the packages in its scripts: web/plugins/licences.js.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

const folder = new URL('licences/', import.meta.url);

/** A notice: whose, and its text. @typedef {[name: string, text: string]} Notice */

/** @returns {Notice[]} of what is in the modules */
export const inModules = () => readdirSync(folder).sort().map((file) => [
  `${file.replace('.txt', '')} (in the WebAssembly modules)`, readFileSync(new URL(file, folder), 'utf8'),
]);

/** @param {Notice[]} notices */
export const noticesText = (notices) => `lstm-wasm has parts that others wrote, under these licences.\n${
  notices.map(([name, text]) => `\n${'-'.repeat(80)}\n${name}\n\n${text.trim()}\n`).join('')}`;

const [output] = process.argv.slice(2);
if (output && import.meta.url === new URL(process.argv[1], 'file:').href) writeFileSync(output, noticesText(inModules()));
