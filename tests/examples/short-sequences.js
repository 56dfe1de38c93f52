// Many short sequences of different lengths: read 700 numbers in words, each a text of its own; then write such, also
// some of the 299 that were not read.
//
//   npm run build && node tests/examples/short-sequences.js
import { load } from 'lstm-wasm';
import { Random } from '../../web/model/why/Random.js';

const lstm = await load({ variant: 'simd' }); // the same bits on every machine; load() alone takes the fastest

const small = ('zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen ' +
  'sixteen seventeen eighteen nineteen').split(' ');
const tens = '- - twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
function inWords(n) {
  if (n < 20) return small[n];
  if (n < 100) return tens[Math.floor(n / 10)] + (n % 10 ? `-${small[n % 10]}` : '');
  return `${small[Math.floor(n / 100)]} hundred${n % 100 ? ` ${inWords(n % 100)}` : ''}`;
}

// Each begins after a line's end and ends with one: there generate() without a prime starts, and stops.
const numbers = new Random(1).shuffle(Array.from({ length: 999 }, (_, i) => inWords(i + 1)));
const [read, unread] = [numbers.slice(0, 700), numbers.slice(700)];

const model = lstm.createCharModel({ text: numbers, hiddenSize: 48, seed: 1 });
const options = { batchSize: 16, window: 30, learningRate: 0.01, schedule: { type: 'cosine' }, steps: 800 };
const reports = { validation: { text: unread }, validateEvery: 200, reportEvery: 200 };
for (const { step, loss, valLoss } of model.train(read, { ...options, ...reports })) {
  console.log(`step ${step}: ${loss.toFixed(3)} nats a character, ${valLoss.toFixed(3)} of those that it has not read`);
}

const made = Array.from({ length: 200 }, (_, seed) => model.generate({ length: 40, seed }));
const valid = made.filter((number) => numbers.includes(number));
const invented = new Set(valid.filter((number) => unread.includes(number)));
console.log(`it writes ${made.slice(0, 4).join(', ')}, ...`);
console.log(`${valid.length / 2} % of 200 are numbers; ${invented.size} of them it has never read`);
