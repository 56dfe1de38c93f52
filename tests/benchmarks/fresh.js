// What is measured in fresh processes of Node: the time of load(), the memory that training takes.

import { execFileSync } from 'node:child_process';
import { median } from './measure.js';

const loads = 7;

/** Megabytes (10^6 bytes) that the module's memory may have, for the memory cases. */
export const memoryCases = [
  { name: 'memory 2x512 (32, 50)', layers: 2, hidden: 512, batch: 32, window: 50, limit: 130 },
  { name: 'memory 2x512 (64, 100)', layers: 2, hidden: 512, batch: 64, window: 100, limit: 300 },
];

/** @param {string} script @returns {number} what it prints */
function measured(script) {
  const output = execFileSync(process.execPath, [...process.execArgv, '--input-type=module', '-e', script]);
  return Number(output.toString());
}

const library = JSON.stringify(import.meta.resolve('lstm-wasm'));
const cases = JSON.stringify(new URL('cases.js', import.meta.url).href);

/** Milliseconds of load(), median of several. @param {string} variant */
export function loadTime(variant) {
  const script = `import { load } from ${library};
    const start = performance.now();
    await load({ variant: '${variant}' });
    console.log(performance.now() - start);`;
  return { name: 'load', variant, milliseconds: median(Array.from({ length: loads }, () => measured(script))) };
}

/**
 * Megabytes of the module's memory after a step of training, when nothing else has been in it.
 * @param {typeof memoryCases[number]} work
 * @param {string} variant
 */
export function memoryOf({ name, limit, ...size }, variant) {
  const megabytes = measured(`import { load } from ${library};
    import { prepare } from ${cases};
    const lstm = await load({ variant: '${variant}' });
    prepare(${JSON.stringify({ ...size, work: 'train' })}, lstm).run();
    console.log(lstm.memoryBytes / 1e6);`);
  return { name, variant, ...size, megabytes, limit, ofLimit: megabytes / limit };
}
