import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The package that a module is of, as a licence asks to be named: fflate 0.8.3, MIT, Copyright (c) 2026 Arjun Barrett.
 *
 * @param {string} id of a module
 */
function packageOf(id) {
  const [folder] = /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(id) ?? [];
  if (!folder) return undefined;
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  const owner = file && /^Copyright .*$/m.exec(readFileSync(join(folder, file), 'utf8'))?.[0];
  return [`${name} ${version}`, license, owner].filter(Boolean).join(', ').trim();
}

/**
 * Names at the head of each script whose packages are in it, and their licences: minifying takes all comments away.
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
        const packages = new Set(Object.keys(file.modules).map(packageOf).filter((name) => name !== undefined));
        if (packages.size) file.code = `/*! ${[...packages].join('; ')} */\n${file.code}`;
      }
    },
  };
}
