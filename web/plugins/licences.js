import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folder of the package that a module is of.
 *
 * @param {string} id of a module
 */
const folderOf = (id) => /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(id)?.[0];

/**
 * What a licence asks to be named: fflate 0.8.3, MIT, Copyright (c) 2026 Arjun Barrett; and its text.
 *
 * @param {string} folder of a package
 */
function packageIn(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  const text = file ? readFileSync(join(folder, file), 'utf8') : `${license}, without a text of its own`;
  const owner = /^Copyright .*$/m.exec(text)?.[0];
  return { named: [`${name} ${version}`, license, owner].filter(Boolean).join(', ').trim(), name: `${name} ${version}`, text };
}

/** The package's: of what is in the modules. */
const inPackage = () => readFileSync(new URL('../../dist/THIRD-PARTY-NOTICES.txt', import.meta.url), 'utf8');

/** What others wrote is in the page's scripts and in those of its Workers, each of which is a build of its own. */
const found = new Map();

/**
 * Names at the head of each script whose packages are in it, and their licences, since minifying takes all comments away; and
 * writes THIRD-PARTY-NOTICES.txt, which has their texts, and those of what is in the modules.
 *
 * @returns {import('vite').Plugin}
 */
export function licences() {
  return {
    name: 'lstm-wasm-licences',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        const folders = new Set(Object.keys(file.modules).map(folderOf).filter((folder) => folder !== undefined));
        const packages = [...folders].map(packageIn);
        for (const { name, text } of packages) found.set(name, text);
        if (packages.length) file.code = `/*! ${packages.map(({ named }) => named).join('; ')} */\n${file.code}`;
      }
      const notices = [...found].sort().map(([name, text]) => `\n${'-'.repeat(80)}\n${name}\n\n${text.trim()}\n`);
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-NOTICES.txt', source: inPackage() + notices.join('') });
    },
  };
}
