// data.js: what is told apart. Each set: { labels, features? | by?, train, test }, examples as createClassifier takes them.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** @typedef {{ sequence: any, label: string }} Example */
/**
 * @typedef {object} Data
 * @property {string} name
 * @property {string[]} labels
 * @property {number} [features] of each step
 * @property {'character' | 'word'} [by] how texts are cut into tokens
 * @property {Example[]} train
 * @property {Example[]} test
 */

/** Numbers from 0 to below 1, the same everywhere. @param {number} seed */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @template T @param {T[]} list @param {() => number} random */
function shuffle(list, random) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

/**
 * Three movements of a hand, as the differences of its place: a circle, a swipe, a zigzag, of any size, speed and
 * direction, and trembling.
 * @param {{ train: number, test: number }} counts of each label
 * @param {number} [seed]
 * @returns {Data}
 */
export function gestures(counts, seed = 1) {
  const random = randomOf(seed);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const shapes = /** @type {const} */ ({
    circle: (/** @type {number} */ u) => [Math.cos(2 * Math.PI * u), Math.sin(2 * Math.PI * u)],
    swipe: (/** @type {number} */ u) => [2 * u - 1, 0.2 * Math.sin(Math.PI * u)],
    zigzag: (/** @type {number} */ u) => [2 * u - 1, 0.5 * Math.asin(Math.sin(5 * Math.PI * u))],
  });
  const labels = Object.keys(shapes);
  const draw = (/** @type {string} */ label) => {
    const steps = 12 + Math.floor(random() * 25);
    const [size, turn] = [0.5 + random(), 2 * Math.PI * random()];
    const at = Array.from({ length: steps + 1 }, (_, t) => {
      const [x, y] = shapes[/** @type {'circle'} */ (label)](t / steps);
      return [
        size * (Math.cos(turn) * x - Math.sin(turn) * y) + 0.02 * gauss(),
        size * (Math.sin(turn) * x + Math.cos(turn) * y) + 0.02 * gauss(),
      ];
    });
    return { sequence: at.slice(1).map(([x, y], t) => [100 * (x - at[t][0]), 100 * (y - at[t][1])]), label };
  };
  const many = (/** @type {number} */ count) => labels.flatMap((label) => Array.from({ length: count }, () => draw(label)));
  return { name: 'gestures', labels, features: 2, train: many(counts.train), test: many(counts.test) };
}

const words = {
  good: 'great wonderful moving funny brilliant charming clever gripping superb touching lovely fresh'.split(' '),
  bad: 'awful boring dull weak stupid painful messy tired clumsy hollow dreadful flat'.split(' '),
  thing: 'film story plot acting cast music script ending dialogue camera hero villain'.split(' '),
  more: 'really very quite truly rather simply'.split(' '),
  filler: 'last night|with my sister|at home|in a small cinema|on a rainy day|for two hours'.split('|'),
};

/**
 * Sentences of praise and blame, where the words alone do not tell: "not" turns what follows, "never", too, and behind
 * "but" stands what counts.
 * @param {{ train: number, test: number }} counts of both labels together
 * @param {number} [seed]
 * @returns {Data}
 */
export function reviews(counts, seed = 1) {
  const random = randomOf(seed);
  const one = (/** @type {string[]} */ list) => list[Math.floor(random() * list.length)];
  const clause = (/** @type {boolean} */ isGood) => {
    const isTurned = random() < 0.45;
    const word = one(isGood !== isTurned ? words.good : words.bad);
    const more = random() < 0.4 ? `${one(words.more)} ` : '';
    const turn = isTurned ? one(['was not', 'was never', 'is hardly']) : one(['was', 'is', 'felt']);
    return `the ${one(words.thing)} ${turn} ${more}${word}`;
  };
  const draw = () => {
    const isGood = random() < 0.5;
    const parts = [];
    if (random() < 0.3) parts.push(one(['i saw it', 'we watched it']) + ` ${one(words.filler)} and`);
    if (random() < 0.5) parts.push(`${clause(!isGood)} ${one(['but', 'yet'])}`);
    parts.push(clause(isGood));
    if (random() < 0.3) parts.push(`and ${clause(isGood)}`);
    if (random() < 0.3) parts.push(`although ${clause(!isGood)}`);
    return { sequence: parts.join(' '), label: isGood ? 'praise' : 'blame' };
  };
  const seen = new Set();
  const fresh = () => {
    for (;;) {
      const example = draw();
      if (seen.has(example.sequence)) continue;
      seen.add(example.sequence);
      return example;
    }
  };
  const many = (/** @type {number} */ count) => Array.from({ length: count }, fresh);
  return { name: 'reviews', labels: ['praise', 'blame'], by: 'word', train: many(counts.train), test: many(counts.test) };
}

const locales = {
  hr: 'Croatian', cs_CZ: 'Czech', en: 'English', de: 'German', it: 'Italian', pl: 'Polish', ro: 'Romanian', es: 'Spanish',
  tr: 'Turkish',
};

/**
 * Family names by language, from @faker-js/faker (MIT). Those of two languages are left out; every fifth of each language,
 * in an order that is drawn, is for the test.
 * @param {string} faker the path of the package's module
 * @param {number} [seed]
 * @returns {Promise<Data>}
 */
export async function names(faker, seed = 1) {
  const { allLocales } = await import(pathToFileURL(faker).href);
  /** @type {Map<string, string[]>} */
  const languages = new Map();
  for (const [locale, language] of Object.entries(locales)) {
    const { generic, male } = allLocales[locale].person.last_name;
    for (const name of male ?? generic) {
      if (!/^[\p{L}' -]+$/u.test(name)) continue;
      const key = name.normalize('NFC').toLowerCase();
      languages.set(key, [...new Set([...(languages.get(key) ?? []), language])]);
    }
  }
  const labels = Object.values(locales);
  /** @type {Example[][]} */
  const parts = [[], []];
  for (const label of labels) {
    const own = [...languages].flatMap(([name, known]) => (known.length === 1 && known[0] === label ? [name] : [])).sort();
    shuffle(own, randomOf(seed)).forEach((sequence, i) => parts[i % 5 === 0 ? 1 : 0].push({ sequence, label }));
  }
  return { name: 'names', labels, by: 'character', train: parts[0], test: parts[1] };
}

/**
 * Nine speakers by their vowels (Kudo et al. 1999): 7 to 29 steps of 12 numbers; the split is the archive's. The package
 * sktime ships it.
 * @param {string} folder with JapaneseVowels_TRAIN.ts and JapaneseVowels_TEST.ts
 * @returns {Data}
 */
export function vowels(folder) {
  const read = (/** @type {string} */ part) => readFileSync(`${folder}/JapaneseVowels_${part}.ts`, 'utf8')
    .split('@data')[1].trim().split('\n').map((line) => {
      const columns = line.trim().split(':');
      const label = `speaker ${columns.pop()}`;
      const series = columns.map((column) => column.split(',').map(Number));
      return { sequence: series[0].map((_, t) => series.map((values) => values[t])), label };
    });
  const labels = Array.from({ length: 9 }, (_, i) => `speaker ${i + 1}`);
  return { name: 'vowels', labels, features: 12, train: read('TRAIN'), test: read('TEST') };
}
