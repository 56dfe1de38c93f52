// Days made as midnights of a zone where clocks change, as new Date(2026, 0, 1) is: they are 23, 24 and 25 hours apart.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const times = new URL('../../../../src/js/models/forecaster/times.js', import.meta.url);

/**
 * What readTimes makes of dates in a zone, which only a process of its own has.
 * @param {string} zone
 * @param {string} dates an expression
 * @param {string} [known] step
 */
function readIn(zone, dates, known = 'undefined') {
  const script = `import { readTimes, timeAt } from ${JSON.stringify(times.href)};
    const dates = ${dates};
    try {
      const { times, rows } = readTimes(dates, (row) => 'row ' + row, ${known});
      console.log(JSON.stringify({ step: times.step, first: new Date(timeAt(times, 0)), last: new Date(timeAt(times, rows.at(-1))), rows: rows.length }));
    } catch (error) {
      console.log(JSON.stringify(String(error)));
    }`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, TZ: zone }, cwd: fileURLToPath(new URL('.', times)), encoding: 'utf8',
  });
  return JSON.parse(printed);
}
const midnight = (/** @type {string} */ day) => `${day}T00:00:00.000Z`;
const daily = 'Array.from({ length: 120 }, (_, i) => new Date(2026, 0, 1 + i))';
const days = { step: { ms: 864e5 }, first: midnight('2026-01-01'), last: midnight('2026-04-30'), rows: 120 };

for (const zone of ['Europe/Berlin', 'America/New_York', 'UTC']) {
  test(`days of ${zone} are days of the calendar, and so are weeks and months`, () => {
    assert.deepEqual(readIn(zone, daily), days);
    assert.deepEqual(readIn(zone, 'Array.from({ length: 52 }, (_, i) => new Date(2026, 0, 1 + 7 * i))'),
      { step: { ms: 7 * 864e5 }, first: midnight('2026-01-01'), last: midnight('2026-12-24'), rows: 52 });
    assert.deepEqual(readIn(zone, 'Array.from({ length: 24 }, (_, i) => new Date(2026, i, 1))'),
      { step: { months: 1 }, first: midnight('2026-01-01'), last: midnight('2027-12-01'), rows: 24 });
    assert.deepEqual(readIn(zone, '[new Date(2026, 6, 1)]', '{ months: 1 }').first, midnight('2026-07-01'));
  });
}

test('where clocks leap over midnight, a day begins later', () => {
  assert.deepEqual(readIn('Africa/Cairo', daily), days, 'the 24th of April begins at 1');
});

test('midnights of UTC stay what they are in any zone, and hours too', () => {
  assert.deepEqual(readIn('Europe/Berlin', 'Array.from({ length: 120 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)))'), days);
  const hours = readIn('Europe/Berlin', 'Array.from({ length: 48 }, (_, i) => new Date(Date.UTC(2026, 0, 1, i)))');
  assert.deepEqual(hours.step, { ms: 36e5 });
  assert.equal(readIn('Europe/Berlin', '[new Date(2026, 6, 1)]', '{ ms: 36e5 }').first, '2026-06-30T22:00:00.000Z', 'an hour that comes alone');
});

test('texts that are midnights of their own zones are days too', () => {
  const texts = "['2026-03-28T00:00+01:00', '2026-03-29T00:00+01:00', '2026-03-30 00:00:00+02:00', '2026-03-31T00:00:00.0+0200']";
  const read = { step: { ms: 864e5 }, first: midnight('2026-03-28'), last: midnight('2026-03-31'), rows: 4 };
  assert.deepEqual(readIn('America/New_York', texts), read);
  assert.equal(readIn('UTC', "['2026-03-28T00:00+01:00', '2026-03-28T01:00+01:00']").first, '2026-03-27T23:00:00.000Z', 'these are hours');
  assert.match(readIn('UTC', "['2026-02-30T00:00+01:00']"), /row 0 must be a day that there is/);
});
