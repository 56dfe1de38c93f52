// The environments that need no other tool than this Node, the browsers and esbuild. `npm run environments` tries them all.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pack, tryEnvironment } from './attempts.js';
import { families } from './families.js';
import { closeBrowsers } from './pages.js';
import { nameOf } from './table.js';

/** @type {Awaited<ReturnType<typeof pack>>} */
let packed;
before(async () => {
  packed = await pack();
});
after(closeBrowsers);

for (const environment of Object.values(families).flat().filter(({ quick }) => quick)) {
  test(`loads, trains and predicts in ${environment.name}`, async (t) => {
    /** @type {import('./table.js').Result[]} */
    const results = [];
    await tryEnvironment(environment, environment.rows, packed, (result) => results.push(result));
    assert.equal(results.length, environment.rows.length);
    for (const { row, why, notHere } of results) {
      await t.test(nameOf(environment, row), (t) => {
        if (notHere) {
          console.log(`SKIPPED: ${nameOf(environment, row)}: ${notHere}`);
          t.skip(notHere);
        } else {
          assert.deepEqual(why, []);
        }
      });
    }
  });
}
