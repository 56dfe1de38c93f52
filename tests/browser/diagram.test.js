// The drawing of a cell by itself, in Chromium: every kind and option, wide and on a phone, in three vocabularies, with
// and without tampering: nothing lies over a text, nothing is too small, and who does not see it can use it.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from 'lstm-wasm';
import { anatomyOf } from '../../web/model/cell/anatomy.js';
import { violations } from './axe.js';
import { launchChromium } from './browsers.js';
import { unreadable } from './drawing.js';
import { serve } from './server.js';

/** @typedef {import('playwright-core').Page} Page */

const lstm = await load({ variant: 'simd' });
const { browser, reason } = await launchChromium();
const server = await serve(fileURLToPath(new URL('../..', import.meta.url)));
after(async () => {
  await browser?.close();
  await server.close();
});
const skip = browser ? /** @type {const} */ (false) : `SKIPPED: ${reason}`;

const text = 'Ah (abcde a';
const wide = { viewport: { width: 1280, height: 720 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const names = ['course', 'symbols', 'pytorch'];

const layers = {
  lstm: { kind: 'lstm' }, 'four-gate': { kind: 'four-gate' }, peephole: { kind: 'lstm', peephole: 'diagonal' },
  'full peephole': { kind: 'lstm', peephole: 'full' }, coupled: { kind: 'lstm', coupled: true }, gru: { kind: 'gru' },
  'gru, reset after': { kind: 'gru', resetAfter: true }, rnn: { kind: 'rnn' }, relu: { kind: 'rnn', activation: 'relu' },
  'no forget gate': { kind: 'lstm', forgetGate: false }, 'no input gate': { kind: 'lstm', inputGate: false },
  'no output gate': { kind: 'lstm', outputGate: false }, 'nothing squashed': { kind: 'lstm', inputActivation: false, outputActivation: false },
  'no gate at all': { kind: 'lstm', inputGate: false, forgetGate: false, outputGate: false, outputActivation: false },
  normalised: { kind: 'lstm', layerNorm: true }, 'its products normalised': { kind: 'lstm', layerNorm: 'products', multiplicative: 'diagonal' }, 'normalised only': { kind: 'lstm', layerNorm: true, outputActivation: false },
  projection: { kind: 'lstm', projection: 3 }, feedforward: { kind: 'feedforward' }, tdnn: { kind: 'tdnn', delays: 3 },
};
const UNIT = 2;
const at = [...text].length - 1;

/**
 * What a player says of a network that has read the text.
 * @param {Record<string, any>} options of its layer
 * @param {{ scale?: number, hiddenSize?: number }} [size] scale: of the weights, so that numbers are large
 */
function reading(options, { scale = 2.2, hiddenSize = 192 } = {}) {
  const model = lstm.createCharModel({ text, seed: 3, layers: [/** @type {any} */ ({ hiddenSize, ...options })] });
  const change = (/** @type {(name: string, x: number) => number} */ to) => {
    const values = model.network.parameters();
    for (const [name, array] of Object.entries(values)) array.forEach((x, k) => { array[k] = to(name, x); });
    model.network.setParameters(values);
  };
  const plain = () => JSON.parse(JSON.stringify(model.trace(text).layers[0], (_, value) => (value instanceof Float32Array ? [...value] : value)));
  change((name, x) => (name.includes('norm') ? x : x * scale));
  const trace = plain();
  change((name, x) => (name.includes('weight_hh') ? -x : x));
  const { layers: configs } = model.network.config;
  return {
    trace, tampered: plain(), at, unit: UNIT, part: 0, names: 'course', layer: 0, kind: anatomyOf(configs[0]).kind,
    tampering: { holds: [], edits: [], swaps: [], silenced: [] },
    run: { text, characters: [...text], layer: 0 }, subject: { id: 'test', alphabet: [], layers: configs },
  };
}

/** The same, untouched. @param {ReturnType<typeof reading>} all */
const untouched = ({ tampered, ...all }) => all;

/** All gates held, both memories set. */
const tampering = {
  holds: ['forget', 'input', 'candidate', 'output', 'use', 'reset', 'update'].map((gate) => ({ gate, value: 0.5, unit: 'all', from: 0 })),
  edits: [{ memory: 'c', unit: UNIT, at, value: 1 }, { memory: 'h', unit: UNIT, at, value: 1 }], swaps: [], silenced: [],
};

/**
 * @param {import('playwright-core').BrowserContextOptions} context
 * @param {(page: Page, show: (state: Record<string, any>) => Promise<void>) => Promise<unknown>} visit
 */
async function open(context, visit) {
  assert.ok(browser);
  const page = await browser.newPage({ reducedMotion: 'reduce', ...context });
  /** @type {string[]} */
  const problems = [];
  page.on('console', (message) => problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(new URL('tests/browser/diagram.html', server.url).href);
  await page.waitForFunction(() => 'diagram' in globalThis);
  await visit(page, (state) => page.evaluate((all) => /** @type {any} */ (globalThis).diagram.show(all), state));
  assert.deepEqual(problems, []);
  await page.close();
}

describe('a drawing of every kind can be read', { skip }, () => {
  for (const [name, context] of Object.entries({ wide, phone })) {
    for (const [kind, options] of Object.entries(layers)) {
      test(`${kind}, ${name}`, async () => {
        const [all, huge] = [reading(options), reading(options, { scale: 8, hiddenSize: 6 })];
        await open(context, async (page, show) => {
          for (const state of [
            untouched(all), ...names.map((vocabulary) => ({ ...all, tampering, names: vocabulary })), { ...(kind === 'relu' ? all : huge), tampering },
          ]) {
            await show(state);
            assert.deepEqual(await unreadable(page), [], `${state.names}, forget ${state.trace.gates.forget?.[UNIT]}`);
          }
          const size = await page.locator('.diagram > svg').boundingBox();
          assert.ok(size);
          if (name === 'phone') assert.ok(size.height <= 560, `${size.height} px high`);
          else assert.ok(size.width === 880 && Math.abs(size.height - 440) <= 2, `${size.width} x ${size.height}`);
        });
      });
    }
  }
});

describe('the drawing', { skip }, () => {
  test('is a list of true equations for who does not see it, with what they were without tampering', () => open(wide, async (page, show) => {
    for (const options of Object.values(layers)) {
      const all = reading(options, { hiddenSize: 6 });
      await show(untouched(all));
      const items = await page.locator('.diagram ul li').allTextContents();
      const { parts } = anatomyOf(all.subject.layers[0]);
      assert.equal(items.length, parts.length);
      items.forEach((item, k) => {
        assert.ok(item.startsWith(`${parts[k].title.course}: `), item);
        assert.doesNotMatch(item, /NaN|undefined|without/);
      });
      await show(all);
      const changed = await page.locator('.diagram ul li').allTextContents();
      if (options.kind !== 'feedforward' && options.kind !== 'tdnn') assert.ok(changed.some((item) => item.includes('; without your change ')), changed.join());
    }
  }));

  test('has gates and memories that are buttons, large enough for a finger, and tells which was pressed', () => open(phone, async (page, show) => {
    for (const [kind, options] of Object.entries(layers)) {
      const all = untouched(reading(options, { hiddenSize: 6 }));
      await show({ ...all, tampering: { ...tampering, edits: [] } });
      const { gates } = anatomyOf(all.subject.layers[0]);
      const buttons = page.locator('.diagram [data-gate]');
      assert.deepEqual((await buttons.evaluateAll((list) => list.map((one) => /** @type {any} */ (one).dataset.gate))).sort(), [...gates].sort(), kind);
      for (const button of await page.locator('.diagram [role=button]').all()) {
        const box = await button.boundingBox();
        assert.ok(box && box.width >= 44 && box.height >= 44, `${await button.getAttribute('aria-label')}: ${box?.width} x ${box?.height}`);
      }
    }
    await show({ ...untouched(reading(layers.lstm)), tampering: { ...tampering, edits: [] } });
    await page.getByRole('button', { name: /^Forget gate, 0\.\d\d, held$/ }).tap();
    await page.getByRole('button', { name: /^new long-term memory, −?\d\.\d\d$/ }).tap();
    await page.locator('[data-gate=output] [role=button]').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    const pressed = await page.evaluate(() => /** @type {any} */ (globalThis).diagram.pressed);
    assert.deepEqual(pressed.map((/** @type {string[]} */ [what, tag]) => `${what} ${tag}`), ['forget g', 'c g', 'output g', 'output g']);
  }));

  test('lights the part that the player is at, and what stands on the wires are its numbers', () => open(wide, async (page, show) => {
    const all = untouched(reading(layers.lstm, { hiddenSize: 6 }));
    const lit = () => page.locator('.diagram .lit').evaluateAll((list) => list.map((one) => /** @type {any} */ (one).dataset.id));
    for (const [part, id] of [['gate-forget', 'chip-kept'], ['gate-input', 'gate-candidate'], ['sum', 'chip-c'], ['gate-output', 'chip-h']].entries()) {
      await show({ ...all, part });
      const ids = await lit();
      for (const one of id) assert.ok(ids.includes(one), `${one} is not lit in part ${part}: ${ids}`);
      assert.equal(ids.includes('gate-output'), part === 3);
    }
    const here = at * 6 + UNIT;
    const kept = all.trace.gates.forget[here] * all.trace.c[here - 6];
    const shown = await page.locator('[data-id=chip-kept] .number').textContent();
    assert.equal(Number(shown?.replace('−', '-')), Number(kept.toFixed(2)));
    assert.equal(await page.locator('[data-id=kept]').getAttribute('data-sign'), kept < 0 ? 'minus' : 'plus');
  }));

  test('a tap of old and new has its knob by what it lets through', () => open(wide, async (page, show) => {
    const all = untouched(reading(layers.gru, { hiddenSize: 6 }));
    for (const [z, end] of /** @type {const} */ ([[1, 'old'], [0, 'new']])) { // z h' + (1 - z) n
      all.trace.gates.update[at * 6 + UNIT] = z;
      await show(all);
      const box = page.locator('[data-gate=update]');
      const knob = Number(await box.locator('.knob').getAttribute('cx'));
      const ends = await box.locator('.end').evaluateAll((list, from) => list.map((one) => ({ text: one.textContent, far: Math.abs(Number(one.getAttribute('x')) - from) })), knob);
      const [nearest] = ends.sort((a, b) => a.far - b.far);
      assert.equal(nearest.text, end);
      assert.ok(nearest.far >= 8, `the knob lies over ${end}`);
    }
  }));

  test('marks what differs from the cell before, and nothing when only the network is another', () => open(wide, async (page, show) => {
    const marked = () => page.locator('.diagram .new').evaluateAll((list) => list.map((one) => /** @type {any} */ (one).dataset.id).sort());
    await show(untouched(reading(layers.lstm)));
    assert.deepEqual(await marked(), []);
    await show(untouched(reading(layers.lstm, { hiddenSize: 6 })));
    assert.deepEqual(await marked(), []);
    await show(untouched(reading(layers['four-gate'], { hiddenSize: 6 })));
    assert.deepEqual(await marked(), ['gate-use', 'kept-to-use', 'squashed']);
    await show(untouched(reading(layers.lstm, { hiddenSize: 6 })));
    await show(untouched(reading(layers.peephole, { hiddenSize: 6 })));
    assert.deepEqual(await marked(), ['label-peephole', 'peephole-forget', 'peephole-input', 'peephole-output']);
    await show(untouched(reading(layers.rnn, { hiddenSize: 6 })));
    assert.ok((await marked()).includes('label-caption-0'));
    await page.waitForFunction(() => document.querySelector('.diagram .new') === null);
  }));

  test('keeps the focus on a gate when the kind changes, and says what a deeper layer reads', () => open(wide, async (page, show) => {
    const all = untouched(reading(layers.lstm, { hiddenSize: 6 }));
    await show(all);
    await page.locator('[data-gate=forget] [role=button]').focus();
    await show(untouched(reading(layers['four-gate'], { hiddenSize: 6 })));
    assert.equal(await page.evaluate(() => document.activeElement?.closest('[data-gate]')?.getAttribute('data-gate')), 'forget');
    await show({ ...all, layer: 1, subject: { ...all.subject, layers: [...all.subject.layers, ...all.subject.layers] } });
    assert.match(await page.locator('[data-id=event]').textContent() ?? '', /event E: layer 1/);
    assert.match(await page.locator('[data-id=label-h]').textContent() ?? '', /prediction/);
    await show({ ...all, layer: 0, subject: { ...all.subject, layers: [...all.subject.layers, ...all.subject.layers] } });
    assert.match(await page.locator('[data-id=label-h]').textContent() ?? '', /layer 2/);
  }));

  test('has the equations of its kind for who opens them: diagonal and full peepholes have their own', () => open(wide, async (page, show) => {
    const first = () => page.locator('.equations p').first().textContent();
    await show({ ...untouched(reading(layers.peephole, { hiddenSize: 6 })), names: 'symbols' });
    await page.getByText('Equations').click();
    assert.equal(await first(), 'f = σ(Wf [h′, x] + pf ⊙ c′ + bf)');
    await show({ ...untouched(reading(layers['full peephole'], { hiddenSize: 6 })), names: 'symbols' });
    assert.equal(await first(), 'f = σ(Wf [c′, h′, x] + bf)');
    await show({ ...untouched(reading(layers.rnn, { hiddenSize: 6 })), names: 'pytorch' });
    assert.deepEqual(await page.locator('.equations p').allTextContents(), ['ht = tanh(Wih xt + bih + Whh ht−1 + bhh)']);
    assert.ok(await page.locator('.equations p').first().isVisible());
    assert.deepEqual(await violations(page), []);
  }));

  test('is there before anything was read, without numbers', () => open(wide, async (page) => {
    assert.equal(await page.locator('[data-id=chip-c] .number').textContent(), '–');
    assert.equal(await page.locator('.diagram .lit').count(), 0);
    assert.deepEqual(await violations(page), []);
  }));

  test('leaves axe nothing to say: light, dark, forced colours, on a phone, tampered', async () => {
    for (const context of [{ ...wide, colorScheme: 'light' }, { ...wide, colorScheme: 'dark' }, { ...wide, forcedColors: 'active' }, { ...phone, colorScheme: 'dark' }]) {
      await open(/** @type {any} */ (context), async (page, show) => {
        for (const kind of /** @type {const} */ (['four-gate', 'gru', 'rnn'])) {
          await show({ ...reading(layers[kind]), tampering });
          assert.deepEqual(await violations(page), [], `${kind} ${JSON.stringify(context)}`);
        }
      });
    }
  });
});
