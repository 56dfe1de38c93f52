// tasks.js: what translators are measured on: pairs drawn at random, of which none that is tested was trained on.

/** Numbers from 0 to below n. @typedef {(n: number) => number} Draw */
/** @typedef {[source: string, target: string]} Pair */
/** @typedef {{ name: string, draw: (draw: Draw) => Pair, options: object, training: object }} Task */

/** @param {number} seed @returns {Draw} */
export function drawer(seed) {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
  'November', 'December'];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** A day between 1800 and 2099 as people write it, and as ISO 8601 does. @param {Draw} draw @returns {Pair} */
function date(draw) {
  const day = new Date(Date.UTC(1800 + draw(300), 0, 1 + draw(365)));
  const [y, m, d] = [day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()];
  const [month, name] = [MONTHS[m], DAYS[day.getUTCDay()]];
  const forms = [
    `${name}, ${d} ${month} ${y}`, `${d} ${month} ${y}`, `${month} ${d}, ${y}`, `${name} ${month} ${d} ${y}`,
    `${d} ${month.slice(0, 3)} ${y}`, `${d}.${m + 1}.${y}`,
  ];
  return [forms[draw(forms.length)], day.toISOString().slice(0, 10)];
}

/** @param {Draw} draw @param {number} least @param {number} most */
const digits = (draw, least, most) => Array.from({ length: least + draw(most - least + 1) }, () => `${draw(10)}`).join('');

const ONES = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve',
  'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'];
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

/** @param {number} n below a million @returns {string} */
export function words(n) {
  if (n < 20) return ONES[n];
  if (n < 100) return TENS[Math.floor(n / 10)] + (n % 10 ? `-${ONES[n % 10]}` : '');
  const [size, name] = n < 1000 ? [100, 'hundred'] : [1000, 'thousand'];
  const rest = n % size;
  return `${words(Math.floor(n / size))} ${name}${rest ? ` ${words(rest)}` : ''}`;
}

const usual = { attention: 'product', hiddenSize: 96, embedding: 32, seed: 1 };
const training = { batchSize: 32, learningRate: 0.006 };

/** @type {Task[]} */
export const tasks = [
  { name: 'dates to ISO', draw: date, options: usual, training },
  {
    name: 'reversal of 3 to 10 digits',
    draw(draw) {
      const text = digits(draw, 3, 10);
      return [text, [...text].reverse().join('')];
    },
    options: usual,
    training,
  },
  {
    name: 'sorting of 3 to 10 digits',
    draw(draw) {
      const text = digits(draw, 3, 10);
      return [text, [...text].sort().join('')];
    },
    options: usual,
    training,
  },
  {
    name: 'numbers below a million to words',
    draw(draw) {
      const n = draw(10 ** (1 + draw(6)));
      return [`${n}`, words(n)];
    },
    options: usual,
    training,
  },
];

/**
 * @param {Task} task
 * @param {number} learnt
 * @param {number} tested
 * @param {number} [seed]
 */
export function dataOf(task, learnt, tested, seed = 1) {
  const draw = drawer(seed);
  const train = Array.from({ length: learnt }, () => task.draw(draw));
  const known = new Set(train.map(([source]) => source));
  /** @type {Pair[]} */
  const unseen = [];
  // Where almost all are known, as short numbers are, fewer are tested.
  for (let tries = 0; unseen.length < tested && tries < 100 * tested; tries++) {
    const pair = task.draw(draw);
    if (known.has(pair[0])) continue;
    known.add(pair[0]);
    unseen.push(pair);
  }
  return { train, unseen };
}
