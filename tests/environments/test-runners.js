// Test runners: Jest and Vitest, in Node and in the pages that they imitate.
import { readFile } from 'node:fs/promises';
import { attempt, readOutcome } from './program.js';
import { pins, pinned } from './versions.js';

/** @typedef {import('./Project.js').Project} Project */

const body = `
test('learns', async () => {
  writeFileSync('outcome.txt', 'OUTCOME ' + JSON.stringify(await attempt()));
}, 120000);
`;
const head = "import { writeFileSync } from 'node:fs';\nimport { attempt } from './attempt.js';\n";

/** @param {Project} project @param {string} file @param {string[]} flags @param {Record<string, string>} [env] */
async function outcomeOf(project, file, flags, env) {
  await project.write({ 'outcome.txt': '' });
  await project.tool(file, flags, { env, seconds: 150 });
  const outcome = readOutcome(await readFile(project.path('outcome.txt'), 'utf8'));
  if (!outcome) throw new Error('the test wrote nothing');
  return outcome;
}

/** Jest's documentation has these two for ES modules: the flag, and no transform. */
const esm = { NODE_OPTIONS: '--experimental-vm-modules' };

/** @param {Project} project @param {string[]} flags */
const jest = (project, ...flags) => outcomeOf(project, 'jest', flags, esm);
/** @param {Project} project @param {string} environment */
const vitest = (project, environment) => outcomeOf(project, 'vitest', ['run', '--environment', environment]);

/** @type {import('./families.js').Environment[]} */
export default [
  {
    name: 'Jest',
    version: pinned.jest,
    prepare: async (project) => {
      await project.install(pins('jest', 'jest-environment-jsdom'), { jest: { transform: {} } });
      await project.write({ 'attempt.js': attempt(), 'attempt.test.js': head + body });
    },
    rows: [
      { name: 'ESM', run: (project) => jest(project) },
      { name: 'ESM, jsdom', run: (project) => jest(project, '--env=jsdom') },
    ],
  },
  {
    name: 'Vitest',
    version: pinned.vitest,
    prepare: async (project) => {
      await project.install(pins('vitest', 'jsdom', 'happy-dom'));
      await project.write({
        'attempt.js': attempt(),
        'attempt.test.js': `import { test } from 'vitest';\n${head}${body}`,
      });
    },
    rows: ['node', 'jsdom', 'happy-dom'].map((environment) => ({
      name: environment,
      run: (/** @type {Project} */ project) => vitest(project, environment),
    })),
  },
];
