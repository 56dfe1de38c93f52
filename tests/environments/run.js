// Tries the packed package in the environments that people build for, as a newcomer would: without configuration.
//
//   npm run environments                     every row, one after another
//   npm run environments -- --only vite      those whose family or name has these words, whatever their case
//   npm run environments -- --quick          those of no other tool than Node, the browsers and esbuild
//   npm run environments -- --list           names only
//   npm run environments -- --markdown       prints the table as the README has it, a line for each environment
//
// The table is printed and is in build/environments/table.md; what a failed row printed is beside it. With --keep the projects
// stay. The exit code is 1 when a row fails; one that cannot be had on this machine does not count, and is named.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { output, pack, tryEnvironment } from './attempts.js';
import { families } from './families.js';
import { closeBrowsers } from './pages.js';
import { nameOf, shortTableOf, tableOf } from './table.js';

/** @typedef {import('./families.js').Environment} Environment */
/** @typedef {import('./families.js').Row} Row */
/** @typedef {import('./table.js').Result} Result */

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
});

/** @param {string} text @returns {string} a pattern for it */
function escaped(text) {
  return text.replace(/[^\w\s]/g, '\\$&');
}

/** @param {string} family @param {Environment} environment @param {Row} row */
function isWanted(family, environment, row) {
  if (flags.quick && !environment.quick) return false;
  const name = `${family} ${nameOf(environment, row)}`;
  return !flags.only || flags.only.some((text) => new RegExp(`(?<!\\w)${escaped(text)}(?!\\w)`, 'i').test(name));
}

const wanted = Object.entries(families).flatMap(([family, environments]) =>
  environments
    .map((environment) => ({ environment, rows: environment.rows.filter((row) => isWanted(family, environment, row)) }))
    .filter(({ rows }) => rows.length > 0));

if (flags.list) {
  for (const { environment, rows } of wanted) for (const row of rows) console.log(nameOf(environment, row));
} else if (wanted.length === 0) {
  console.error(`environments: no row is named like ${flags.only?.join(' or ')}; --list shows all`);
  process.exitCode = 1;
} else {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const packed = await pack();
  /** @type {Result[]} */
  const results = [];
  let since = Date.now();
  for (const { environment, rows } of wanted) {
    /** @param {Result} result */
    const report = (result) => {
      results.push(result);
      const state = result.notHere ? 'NOT HERE' : result.why.length > 0 ? 'FAILS' : 'works';
      const reason = result.notHere ?? result.why.map((text) => text.split('\n')[0]).join('; ').slice(0, 400);
      const seconds = Math.round((Date.now() - since) / 1000);
      since = Date.now();
      console.log(`${state}: ${nameOf(environment, result.row)}, ${seconds} s${reason && `: ${reason}`}`);
      writeFileSync(join(output, 'table.md'), tableOf(results));
    };
    await tryEnvironment(environment, rows, packed, report, { keep: flags.keep });
  }
  await closeBrowsers();
  console.log(`\n${flags.markdown ? shortTableOf(results) : tableOf(results)}`);
  process.exitCode = results.some(({ why }) => why.length > 0) ? 1 : 0;
}
