// The package in the other versions of Node that it supports. npm has Node's own programs as packages.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertLearned } from './learned.js';
import { createProject, learn, run } from './project.js';

const current = process.versions.node.split('.')[0];
const others = ['20', '22', '24'].filter((version) => version !== current);
const program = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** @type {Awaited<ReturnType<typeof createProject>>} */
let project;
before(async () => {
  project = await createProject();
  await project.write({
    'learn.js': learn,
    'main.js': "import { learn } from './learn.js';\nconsole.log(process.version, JSON.stringify(await learn()));\n",
  });
});
after(() => project?.remove());

for (const version of others) {
  test(`learns in Node ${version}`, async (t) => {
    const name = `node-${version}`;
    try {
      const source = `${name}@npm:${program}@${version}`;
      await run('npm', ['install', source, '--no-audit', '--no-fund', '--fetch-retries=0'], project.folder);
    } catch (error) {
      const reason = `Node ${version} cannot be installed: ${/** @type {Error} */ (error).message.split('\n')[0]}`;
      console.log(`SKIPPED: ${reason}`);
      t.skip(reason);
      return;
    }
    const node = join(project.folder, 'node_modules', name, 'bin', 'node');
    const [, major, result] = /^v(\d+)\.\S+ (.*)$/m.exec(await run(node, ['main.js'], project.folder)) ?? [];
    assert.equal(major, version);
    assertLearned(JSON.parse(result), version === '20' ? ['simd'] : ['relaxed']);
  });
}
