// Models, checkpoints and texts that a visitor opens and saves, in real Chromium; and a Worker that dies.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { unzipSync } from 'fflate';
import { load } from 'lstm-wasm';
import { addressHas, isSaved, lossBelow, runIsOver, saveFile } from './learn-setup.js';
import { learn, openPage, pageIsReady, pause, readNumber } from './page-setup.js';

const { files, skip, url, visitPage } = await openPage();

describe('the files of the section that learns', { skip }, () => {
  test('a saved model, opened again, goes on learning; a damaged one is refused and the page goes on', async () => {
    let file = '';
    await visitPage(async (page) => {
      await learn(page, 10);
      await pause(page);
      file = await saveFile(page, files, '#learn-save', 'moby-dick-chapters-1-to-12-2x64.safetensors');
    }, { url: '?size=64&layers=2&kind=gru' });
    const damaged = join(files, 'damaged.safetensors');
    const none = join(files, 'text.safetensors');
    const bytes = await readFile(file);
    await writeFile(damaged, bytes.subarray(0, bytes.length - 1000));
    await writeFile(none, 'Call me Ishmael.');

    await visitPage(async (page) => {
      await page.setInputFiles('#learn-model-file', file);
      await page.waitForSelector('#learn-status:text("Paused.")');
      assert.equal(await page.textContent('#learn-settings-summary'), 'GRU, 2 × 64, seed 1');
      assert.ok((await readFile(await saveFile(page, files, '#learn-save'))).equals(bytes), 'it is the same model');
      for (const wrong of [damaged, none]) {
        await page.setInputFiles('#learn-model-file', wrong);
        await page.waitForSelector(`#alert:has-text("“${wrong.slice(files.length + 1)}” could not be opened")`);
      }
      await page.click('#alert button');
      assert.ok((await readFile(await saveFile(page, files, '#learn-save'))).equals(bytes), 'nothing has changed');
      await learn(page, 3);
      await page.setInputFiles('#learn-model-file', damaged);
      await page.waitForSelector('#alert:has-text("“damaged.safetensors” could not be opened"):has-text("truncated")');
      assert.equal(await page.textContent('#learn-status'), 'Learning Moby-Dick, chapters 1 to 12.');
      const step = await readNumber(page, 'step');
      await page.waitForFunction((n) => Number(document.querySelector('#step').textContent.replaceAll(',', '')) > n, step);
    });
  });

  test('the model is exported for other frameworks, and what they have not is said', async () => {
    await visitPage(async (page) => {
      await learn(page, 3);
      await pause(page);
      const saved = await readFile(await saveFile(page, files, '#learn-save'));
      const lstm = await load();
      for (const [format, opens] of Object.entries({ onnx: ['model.onnx', 'model-step.onnx'], torch: ['model.safetensors'], keras: ['model.safetensors'] })) {
        const name = `moby-dick-chapters-1-to-12-1x64-${format}`;
        const [download] = await Promise.all([page.waitForEvent('download'), page.selectOption('#learn-export', format)]);
        assert.equal(download.suggestedFilename(), `${name}.zip`);
        const exported = unzipSync(await readFile(await download.path()));
        assert.equal(await page.inputValue('#learn-export'), '', 'it is a menu');
        for (const file of opens) {
          const model = await lstm.open(exported[`${name}/${file}`]);
          assert.deepEqual(Buffer.from(model.save()), saved, file);
          model.dispose();
        }
        if (format !== 'onnx') assert.ok(exported[`${name}/model.py`].length > 1000);
      }
    }, { url: '?size=64' });
    await visitPage(async (page) => {
      await page.selectOption('#learn-export', 'onnx');
      await page.waitForSelector("#alert:has-text(\"The model could not be exported: export: layers[0] is a four-gate, which ONNX has not: export('torch')\")");
    }, { url: '?size=64&kind=four-gate' });
  });

  test('a checkpoint file goes on bit for bit', () => visitPage(async (page) => {
    await learn(page, 20);
    await pause(page);
    assert.ok(await readNumber(page, 'step') < 400, 'it was paused in its midst');
    const name = 'moby-dick-chapters-1-to-12-1x64-checkpoint.safetensors';
    const file = await saveFile(page, files, '#learn-save-checkpoint', name);
    await page.click('#start');
    await runIsOver(page);
    const end = await readFile(await saveFile(page, files, '#learn-save'));

    await page.goto(url);
    await pageIsReady(page);
    await page.click('#learn-reset');
    await page.waitForSelector('#learn-status:has-text("Ready")');
    await page.setInputFiles('#learn-model-file', file);
    await page.waitForSelector('#learn-status:text("Paused.")');
    await addressHas(page, '?size=64&steps=400');
    await page.click('#start');
    await runIsOver(page);
    assert.equal(await readNumber(page, 'step'), 400);
    assert.ok((await readFile(await saveFile(page, files, '#learn-save'))).equals(end));
  }, { url: '?size=64&steps=400' }));

  test('a model with layers of different kinds opens and goes on learning', () => visitPage(async (page) => {
    const text = await readFile(new URL('../../build/moby-dick.txt', import.meta.url), 'utf8');
    const layers = /** @type {const} */ ([{ kind: 'gru', hiddenSize: 24 }, { kind: 'lstm', hiddenSize: 40 }]);
    const file = join(files, 'mixed.safetensors');
    await writeFile(file, (await load()).createCharModel({ text, layers, seed: 1 }).save());
    await page.setInputFiles('#learn-model-file', file);
    await page.waitForSelector('#learn-status:text("Paused.")');
    assert.deepEqual([await page.inputValue('#learn-hidden-size'), await page.inputValue('#learn-layers')], ['40', '2']);
    await learn(page, 3);
    await saveFile(page, files, '#learn-save', 'moby-dick-chapters-1-to-12-2x40.safetensors');
  }));

  test('pasted and dropped texts are learnt, in any script; what is no text is refused', () => visitPage(async (page) => {
    await page.click('#learn-paste summary');
    await page.fill('#learn-pasted', 'too short');
    await page.click('#learn-use-pasted');
    await page.waitForSelector('#alert:has-text("9 characters")');

    await page.fill('#learn-pasted', 'хвала киту \u{1F40B}! '.repeat(30));
    await page.click('#learn-use-pasted');
    await page.waitForSelector('#learn-source-name:has-text("Your text: 420 characters")');
    await page.waitForFunction(() => document.querySelector('#step').textContent === '0');
    assert.equal(await page.textContent('#alert'), '');
    await learn(page, 1);
    await lossBelow(page, 0.5);
    await page.waitForSelector('#learn-sample:has-text("хвала киту \u{1F40B}!")');
    await pause(page);

    /** @param {string} name @param {string | number[]} content */
    const drop = (name, content) => page.evaluate(([fileName, text]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([typeof text === 'string' ? text : new Uint8Array(text)], fileName));
      for (const step of ['dragenter', 'dragover', 'drop']) {
        document.body.dispatchEvent(new DragEvent(step, { dataTransfer, bubbles: true, cancelable: true }));
      }
    }, /** @type {const} */ ([name, content]));
    await drop('picture.png', [0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe]);
    await page.waitForSelector('#alert:has-text("“picture.png” is no text in UTF-8")');
    await drop('song.txt', 'row, row, row your boat, gently down the stream;\r\n'.repeat(50));
    await page.waitForSelector('#learn-source-name:has-text("song.txt: 2,500 characters")');
    assert.equal(await page.isVisible('#drop'), false);
    await learn(page, 20);
    await page.click('#learn-use-moby');
    await page.waitForSelector('#learn-source-name:has-text("Moby-Dick")');
    assert.equal(await page.isVisible('#learn-use-moby'), false);
  }));

  test('when the Worker dies, the run goes on from what was kept last', () => visitPage(async (page) => {
    await learn(page, 20);
    await pause(page);
    await isSaved(page);
    const step = await readNumber(page, 'step');
    await page.click('#start');
    for (const worker of page.workers()) {
      await worker.evaluate(() => { setTimeout(() => { throw new Error('out of luck'); }); });
    }
    // The Worker that predicts dies too, and is heard first where the one that learns is in a step.
    await page.waitForSelector('#learn-status:text("Stopped.")');
    await page.waitForSelector('#alert:has-text("The network that you train"):has-text("out of luck")');
    await page.click('#alert button:text("Try again")');
    await page.waitForSelector('#start:enabled');
    assert.equal(await readNumber(page, 'step'), step);
    await learn(page, step + 5);
  }, { mayFail: true, until: '#start:enabled' }));
});
