// npm run bench [-- --json] [-- --only NAME] [-- --variant V] [-- --seconds S]
// Everything that knows Node: arguments, files, the fresh processes that load() is timed in.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { load } from 'lstm-wasm';
import { cases } from './cases.js';
import { median } from './measure.js';
import { header, loadRow, row } from './report.js';
import { benchmark } from './run.js';

const usage = `usage: npm run bench [-- OPTIONS]
  --json         one JSON object a line
  --only NAME    only cases whose name contains NAME ("train", "2x512", "(1, 25)", "step", "load")
  --variant V    scalar, simd or relaxed (default: simd, and relaxed where the engine has it)
  --seconds S    seconds for the work of each case (default 2)`;

const loads = 7;

/** @param {string} variant */
const limitsFor = (variant) =>
  readFileSync(new URL(`../../build/limits-${variant === 'relaxed' ? 'relaxed' : 'simd'}.wasm`, import.meta.url));

function parse() {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      variant: { type: 'string' },
      seconds: { type: 'string', default: '2' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const seconds = Number(values.seconds);
  if (!(seconds > 0 && seconds < Infinity)) {
    throw new TypeError(`--seconds: expected a number above 0, got '${values.seconds}'`);
  }
  const known = ['scalar', 'simd', 'relaxed'];
  if (values.variant !== undefined && !known.includes(values.variant)) {
    throw new TypeError(`--variant: expected one of ${known.join(', ')}, got '${values.variant}'`);
  }
  const names = [...cases.map(({ name }) => name), 'load'];
  if (!names.some((name) => name.includes(values.only))) {
    throw new TypeError(`--only: expected a part of one of ${names.join('; ')}, got '${values.only}'`);
  }
  return { ...values, seconds };
}

/** Milliseconds of load() in a fresh process, median of several. @param {string} variant */
function loadMilliseconds(variant) {
  const script = `import { load } from ${JSON.stringify(import.meta.resolve('lstm-wasm'))};
    const start = performance.now();
    await load({ variant: '${variant}' });
    console.log(performance.now() - start);`;
  const run = () => execFileSync(process.execPath, [...process.execArgv, '--input-type=module', '-e', script]);
  return median(Array.from({ length: loads }, () => Number(run().toString())));
}

/** @param {ReturnType<typeof parse>} options */
async function main({ json, only, variant, seconds }) {
  const simdVariants = ['simd', 'relaxed'].filter((name) => WebAssembly.validate(limitsFor(name)));
  const variants = variant ? [variant] : simdVariants;
  if (!json) console.log(header(`Node ${process.versions.node} (V8 ${process.versions.v8})`));
  for (const name of variants) {
    for await (const result of benchmark({ load, limits: limitsFor(name), variant: name, only, seconds })) {
      console.log(json ? JSON.stringify(result) : row(result));
    }
    if ('load'.includes(only)) {
      const result = { name: 'load', variant: name, milliseconds: loadMilliseconds(name) };
      console.log(json ? JSON.stringify(result) : loadRow(result));
    }
  }
}

let options;
try {
  options = parse();
} catch (error) {
  console.error(`bench: ${/** @type {Error} */ (error).message}\n${usage}`);
  process.exitCode = 2;
}
if (options?.help) console.log(usage);
else if (options) await main(options);
