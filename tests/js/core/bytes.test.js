// What bytes look like: a page, whatever stands before it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { isHtml } from '../../../src/js/core/bytes.js';

const bytesOf = (/** @type {string} */ text) => new TextEncoder().encode(text);

test('a page is recognised behind a byte order mark, spaces and comments', () => {
  for (const before of ['', '\ufeff', ' \r\n', '<!-- a -->', '<!----> <!-- -- > -->\n<!-- <html> -->', '\ufeff <!--\n-->']) {
    assert.ok(isHtml(bytesOf(`${before}<!DOCTYPE html><p>`)), before);
    assert.ok(isHtml(bytesOf(`${before}<html lang="en">`)), before);
    assert.ok(!isHtml(bytesOf(`${before}<svg>`)), before);
  }
  for (const other of ['', 'html', '\0asm', '<!-- <!doctype html>', '<htmlx>']) assert.ok(!isHtml(bytesOf(other)), other);
});

test('a head full of comments takes no time', () => {
  const { href } = new URL('../../../src/js/core/bytes.js', import.meta.url);
  const source = `import { isHtml } from '${href}'; console.log(isHtml(new TextEncoder().encode('<!---->'.repeat(146))));`;
  // It would take longer than there is.
  const told = execFileSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8', timeout: 60_000 });
  assert.equal(told, 'false\n');
});
