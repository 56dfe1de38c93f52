import { Random } from '../why/Random.js';

/** @typedef {import('./recipes.js').TaskName} TaskName */

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const FIRST = Date.UTC(1970, 0, 1);
const LAST = Date.UTC(2039, 11, 31);
const DAY = 86_400_000;

/** @param {Random} random @returns {[string, string]} */
function digits(random) {
  const text = Array.from({ length: random.integer(3, 8) }, () => random.integer(0, 9)).join('');
  return [text, [...text].reverse().join('')];
}

/** @param {Random} random @returns {[string, string]} */
function dates(random) {
  const date = new Date(FIRST + DAY * random.integer(0, (LAST - FIRST) / DAY));
  const [day, month, year] = [date.getUTCDate(), months[date.getUTCMonth()], date.getUTCFullYear()];
  const forms = [`${day} ${month} ${year}`, `${month} ${day}, ${year}`, `${days[date.getUTCDay()]}, ${day} ${month} ${year}`];
  return [random.pick(forms), date.toISOString().slice(0, 10)];
}

const makers = { digits, dates };

/** What is translated at first. @type {Readonly<Record<TaskName, string>>} */
export const samples = Object.freeze({ digits: '271828', dates: 'Saturday, 3 May 1997' });

/** Pairs to learn, all different, the same for each seed. @param {TaskName} task @param {number} count @param {number} [seed] */
export function makePairs(task, count, seed = 1) {
  const random = new Random(seed);
  const pairs = new Map();
  while (pairs.size < count) {
    const [source, target] = makers[task](random);
    if (source !== samples[task]) pairs.set(source, target);
  }
  return /** @type {[string, string][]} */ ([...pairs]);
}
