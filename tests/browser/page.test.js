/** The built page in real Chromium, used as a visitor would. `./build.sh web` makes build/web. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from 'lstm-wasm';
import { launchChromium, launchFirefox } from './browsers.js';
import { serve } from './server.js';

const folder = fileURLToPath(new URL('../../build/web', import.meta.url));
assert.ok(existsSync(join(folder, 'index.html')), 'build/web is missing: run ./build.sh web');

const files = await mkdtemp(join(tmpdir(), 'lstm-wasm-page-'));
const server = await serve(folder);
const { browser, reason } = await launchChromium();
const firefox = await launchFirefox();
after(async () => {
  await browser?.close();
  await firefox.browser?.close();
  await server.close();
  await rm(files, { recursive: true });
});

/**
 * Opens the page, lets a visitor use it, and sees that nothing was written to the console.
 *
 * @param {(page: import('playwright-core').Page) => Promise<void>} visit
 */
async function visitPage(visit, { url = server.url, mayFail = false, inBrowser = browser } = {}) {
  const page = await inBrowser.newPage({ viewport: { width: 1280, height: 900 } });
  const problems = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  try {
    await page.goto(url);
    if (!mayFail) await page.waitForSelector('#start:enabled');
    await visit(page);
    if (!mayFail) assert.deepEqual(problems, []);
  } finally {
    await page.close();
  }
}

const readNumber = async (page, id) => Number((await page.textContent(`#${id}`)).replaceAll(',', ''));

/** The probabilities that the bars show. */
const readBars = (page) => page.$$eval('#bars li:not([hidden])', (items) => items.map((item) => ({
  name: item.querySelector('.char').textContent,
  probability: Number(item.dataset.probability),
  width: item.querySelector('.bar').getBoundingClientRect().width,
  percent: item.querySelector('.percent').textContent,
})));

/** Types a text and waits for its prediction: the note below the box changes with it. */
async function type(page, text, note) {
  await page.fill('#typed', text);
  await page.waitForFunction((wanted) => document.querySelector('#predict-note').textContent.includes(wanted), note);
}

async function learn(page, steps) {
  await page.click('#start');
  await page.waitForFunction((n) => Number(document.querySelector('#step').textContent.replaceAll(',', '')) >= n, steps);
}

async function pause(page) {
  await page.click('#pause');
  await page.waitForSelector('#start:enabled');
  await page.waitForFunction(() => document.querySelector('#predict-note').textContent.includes('Choose a bar'));
}

function assertWhole(bars) {
  const sum = bars.reduce((total, { probability }) => total + probability, 0);
  assert.ok(Math.abs(sum - 1) < 1e-4, `the probabilities sum to ${sum}`);
}

describe('the page', { skip: browser ? false : `SKIPPED: ${reason}` }, () => {
  test('before any training it says so, and shows that all characters are about equally likely', () => visitPage(async (page) => {
    await page.waitForFunction(() => document.querySelector('#predict-note').textContent.includes('learnt nothing'));
    const bars = await readBars(page);
    assert.equal(bars.length, 10);
    assertWhole(bars);
    for (const { probability } of bars.slice(0, 9)) assert.ok(probability < 0.1, `${probability}`);
    assert.match(bars[9].name, /^\d+ others$/);
    assert.match(await page.textContent('#source-name'), /^Moby-Dick: 1,\d{3},\d{3} characters$/);
    await page.waitForSelector('#sample .caption:text("Untrained")');
  }));

  test('Start: the loss falls, bars and sample follow; Pause stops; Start goes on; Reset forgets', () => visitPage(async (page) => {
    await learn(page, 1);
    const first = await readNumber(page, 'loss');
    await page.waitForFunction((loss) => Number(document.querySelector('#loss').textContent) < loss - 1, first);
    await page.waitForSelector('#sample .caption:text("After")');
    assert.ok(await readNumber(page, 'speed') > 0);
    assert.equal(await page.locator('#chart canvas').count(), 1);

    await pause(page);
    const step = await readNumber(page, 'step');
    const [best] = await readBars(page);
    assert.ok(best.probability > 0.05 && best.width > 0, JSON.stringify(best));
    await page.waitForTimeout(500);
    assert.equal(await readNumber(page, 'step'), step);

    await page.click('#start');
    await page.waitForFunction((n) => Number(document.querySelector('#step').textContent.replaceAll(',', '')) > n, step);
    assert.ok(await readNumber(page, 'loss') < first - 0.5);
    await page.click('#reset');
    await page.waitForFunction(() => document.querySelector('#step').textContent === '0');
    await page.waitForFunction(() => document.querySelector('#predict-note').textContent.includes('learnt nothing'));
  }));

  test('typing predicts: names for what cannot be seen, and a friendly word for what was never seen', () => visitPage(async (page) => {
    await learn(page, 20);
    await pause(page);
    await type(page, '', 'start of a line');
    assertWhole(await readBars(page));
    const before = JSON.stringify(await readBars(page));
    await type(page, 'whale \u{1F40B}\u0301', '“\u{1F40B}”, U+0301: skipped');
    const bars = await readBars(page);
    assertWhole(bars);
    assert.notEqual(JSON.stringify(bars), before);
    await type(page, 'whale ', 'Choose a bar');
    assert.equal(JSON.stringify(await readBars(page)), JSON.stringify(bars), 'characters never seen are skipped');
    assert.ok(bars.some(({ name }) => name === 'space' || name === 'new line'), JSON.stringify(bars));
    await page.click('#bars li:first-child button');
    assert.equal((await page.inputValue('#typed')).length, 'whale '.length + 1);
  }));

  test('no task of the main thread takes over 50 ms while the network learns', () => visitPage(async (page) => {
    await learn(page, 1);
    // A machine busy with something else can hold up any task, but hardly in every one of these spans.
    const longTasks = [];
    for (let span = 0; span < 4; span++) {
      const tasks = await page.evaluate(() => new Promise((resolve) => {
        const observed = [];
        const observer = new PerformanceObserver((list) => observed.push(...list.getEntries().map((e) => e.duration)));
        observer.observe({ type: 'longtask' });
        setTimeout(() => {
          observer.disconnect();
          resolve(observed);
        }, 3000);
      }));
      if (tasks.length === 0) return;
      longTasks.push(tasks);
    }
    assert.fail(`tasks over 50 ms in every span: ${JSON.stringify(longTasks)}`);
  }));

  test('a saved model, opened again, predicts the same and goes on learning', async () => {
    const file = join(files, 'saved.safetensors');
    let saved;
    await visitPage(async (page) => {
      await page.selectOption('#hidden-size', '64');
      await page.selectOption('#layers', '2');
      await page.waitForSelector('#status:text("Ready")');
      await learn(page, 10);
      await pause(page);
      await type(page, 'The wh', 'Choose a bar');
      saved = await readBars(page);
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
      assert.equal(download.suggestedFilename(), 'moby-dick-2x64.safetensors');
      await download.saveAs(file);
    });
    await visitPage(async (page) => {
      await page.fill('#typed', 'The wh');
      await page.setInputFiles('#model-file', file);
      await page.waitForSelector('#sample .caption:text("Opened model")');
      await page.waitForFunction(() => document.querySelector('#predict-note').textContent.includes('Choose a bar'));
      assert.deepEqual(await readBars(page), saved);
      assert.deepEqual([await page.inputValue('#hidden-size'), await page.inputValue('#layers')], ['64', '2']);
      await learn(page, 3);
      await pause(page);
      assert.notDeepEqual(await readBars(page), saved);
    });
    const bytes = await readFile(file);
    await writeFile(join(files, 'damaged.safetensors'), bytes.subarray(0, bytes.length - 1000));
  });

  test('a model with layers of different kinds opens and goes on learning', () => visitPage(async (page) => {
    const file = join(files, 'mixed.safetensors');
    const text = await readFile(join(folder, 'moby-dick.txt'), 'utf8');
    const layers = /** @type {const} */ ([{ kind: 'gru', hiddenSize: 24 }, { kind: 'lstm', hiddenSize: 40 }]);
    const model = (await load()).createCharModel({ text, layers, seed: 1 });
    await writeFile(file, model.save());
    await page.setInputFiles('#model-file', file);
    await page.waitForSelector('#sample .caption:text("Opened model")');
    assert.deepEqual([await page.inputValue('#hidden-size'), await page.inputValue('#layers')], ['40', '2']);
    await learn(page, 3);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
    assert.equal(download.suggestedFilename(), 'moby-dick-2x40.safetensors');
  }));

  test('a damaged model file: a message, and the page goes on', () => visitPage(async (page) => {
    const before = await readBars(page);
    await writeFile(join(files, 'text.safetensors'), 'Call me Ishmael.');
    for (const name of ['damaged.safetensors', 'text.safetensors']) {
      await page.setInputFiles('#model-file', join(files, name));
      await page.waitForSelector(`#alert:has-text("“${name}” could not be opened")`);
    }
    assert.deepEqual(await readBars(page), before);
    await page.click('#alert button');
    assert.equal(await page.textContent('#alert'), '');
    await learn(page, 5);
  }));

  test('a pasted and a dropped text are learnt, in any script; what is no text is refused', () => visitPage(async (page) => {
    await page.click('summary');
    await page.fill('#pasted', 'too short');
    await page.click('#use-pasted');
    await page.waitForSelector('#alert:has-text("9 characters")');

    await page.fill('#pasted', 'хвала киту \u{1F40B}! '.repeat(30));
    await page.click('#use-pasted');
    await page.waitForSelector('#source-name:has-text("Your text: 420 characters")');
    await page.waitForFunction(() => document.querySelector('#step').textContent === '0');
    assert.equal(await page.textContent('#alert'), '');
    assert.equal(await page.inputValue('#typed'), 'хвала киту \u{1F40B}! хвала ');
    await learn(page, 200);
    await pause(page);
    await type(page, 'хвала киту ', 'Choose a bar');
    const [best] = await readBars(page);
    assert.equal(best.name, '\u{1F40B}', JSON.stringify(best));

    const drop = (name, content) => page.evaluate(([fileName, text]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([typeof text === 'string' ? text : new Uint8Array(text)], fileName));
      for (const step of ['dragenter', 'dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(step, { dataTransfer, bubbles: true, cancelable: true }));
      }
    }, [name, content]);
    await drop('picture.png', [0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe]);
    await page.waitForSelector('#alert:has-text("“picture.png” is no text in UTF-8")');
    await drop('song.txt', 'row, row, row your boat, gently down the stream;\r\n'.repeat(50));
    await page.waitForSelector('#source-name:has-text("song.txt: 2,500 characters")');
    assert.equal(await page.isVisible('#drop'), false);
    await learn(page, 20);
    await page.click('#use-moby');
    await page.waitForSelector('#source-name:has-text("Moby-Dick")');
  }));

  test('where WebAssembly is blocked, the page says what happened and what to do', async (t) => {
    const strict = await serve(folder, { 'content-security-policy': "script-src 'self'" });
    t.after(() => strict.close());
    await visitPage(async (page) => {
      await page.waitForSelector('#alert:has-text("The network cannot start"):has-text("WebAssembly")');
      assert.equal(await page.textContent('#alert button'), 'Try again');
    }, { url: strict.url, mayFail: true });
  });

  test('when the Worker dies, the page says so and can begin again', () => visitPage(async (page) => {
    await page.route('**/worker-main*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: 'throw new Error("out of luck")' }));
    await page.reload();
    await page.waitForSelector('#alert:has-text("out of luck")');
    await page.unroute('**/worker-main*.js');
    await page.click('#alert button');
    await page.waitForSelector('#start:enabled');
    await learn(page, 5);
  }, { mayFail: true }));
});

test('the page in Firefox learns and predicts', { skip: firefox.browser ? false : `SKIPPED: ${firefox.reason}` }, () => visitPage(async (page) => {
  await learn(page, 1);
  const first = await readNumber(page, 'loss');
  await page.waitForFunction((loss) => Number(document.querySelector('#loss').textContent) < loss - 1, first);
  await pause(page);
  assertWhole(await readBars(page));
}, { inBrowser: firefox.browser }));
