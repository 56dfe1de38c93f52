// The guide for teachers: each of its links opens the page at what the answer beside it says, numbers included.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { openPage } from '../browser/page-setup.js';

const { visitPage, skip } = await openPage();
const text = readFileSync(new URL('../../web/guide/teaching.md', import.meta.url), 'utf8');
const questions = text.split(/^(?=\*\*\d+\. )/m).slice(1).map((part) => part.split(/^## /m)[0]);

describe('ten questions', { skip }, () => {
  test('are ten', () => assert.equal(questions.length, 10));

  for (const question of questions) {
    const title = /\*\*(.*?)\*\*/.exec(question)?.[1] ?? '';
    // What is said stands before the link that shows it.
    for (const [, said, link] of question.matchAll(/(?:`([^`]+)`[^`]*?)?<a href="\.\.\/(#[^"]+)"/g)) {
      test(`${title} ${said ?? ''}`, () => visitPage(async (page) => {
        if (!said) return void await page.waitForSelector('#race-start:visible');
        await page.waitForFunction((words) => {
          const shown = /** @type {HTMLElement} */ (document.querySelector('#cell')).innerText + [...document.querySelectorAll('#cell svg text')].map((line) => line.textContent).join('\n');
          return shown.replace(/[\u2066-\u2069]/g, '').includes(words);
        }, said).catch(async () => assert.equal(await page.innerText('#cell'), said));
        assert.equal(await page.locator('#alert > div').count(), 0);
      }, { url: link.replaceAll('&amp;', '&') }));
    }
  }
});
