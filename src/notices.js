// notices.js OUTPUT: the notices of what others wrote and the package ships: the modules have code of the C library that
// Emscripten links, in src/licences. The page adds those of the packages in its scripts: web/plugins/licences.js.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

const folder = new URL('licences/', import.meta.url);

const notices = readdirSync(folder).sort().map((file) => {
  const text = readFileSync(new URL(file, folder), 'utf8').trim();
  return `\n${'-'.repeat(80)}\n${file.replace('.txt', '')} (in the WebAssembly modules)\n\n${text}\n`;
});
writeFileSync(process.argv[2], `lstm-wasm has parts that others wrote, under these licences.\n${notices.join('')}`);
