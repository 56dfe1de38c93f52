// pickle.js: Python's pickles, protocols 0 to 5, read as data (Lib/pickletools.py). Nothing in them is run: classes are made
// from a list of those that are known; any other becomes an Unknown, which has a name and nothing else.
import { ByteReader, decode } from './ByteReader.js';

/** @typedef {import('./ByteReader.js').Fail} Fail */

/** What a class that is not on the list would have made. */
export class Unknown {
  /** @param {string} name 'module.Class' */
  constructor(name) {
    this.name = name;
  }
}

/** @typedef {(args: any[]) => unknown} Build */

const MARK = Symbol('mark');
/** More than this is no state of a model: with a vocabulary of a million words; of forty thousand tensors. */
const MOST_STEPS = 2 ** 22;
const MOST_MADE = 2 ** 18;

/**
 * @param {ByteReader} reader stands behind the pickle afterwards
 * @param {{ fail: Fail, classes: Record<string, Build>, persistent: (id: any) => unknown }} about what classes are made of their
 *   arguments, by 'module.name', and what persistent ids stand for
 * @returns {unknown}
 */
export function unpickle(reader, { fail, classes, persistent }) {
  /** @type {any[]} */
  const stack = [];
  /** @type {unknown[]} */
  const memo = [];
  let made = 0;
  const pop = () => (stack.length > 0 ? stack.pop() : fail('damaged: its pickle takes from an empty stack'));
  const top = () => (stack.length > 0 ? stack[stack.length - 1] : fail('damaged: its pickle looks at an empty stack'));
  const toMark = () => {
    const at = stack.lastIndexOf(MARK);
    if (at < 0) fail('damaged: its pickle has no mark');
    return stack.splice(at).slice(1);
  };
  const get = (/** @type {number} */ key) => (key in memo ? memo[key] : fail('damaged: its pickle remembers nothing there'));
  const put = (/** @type {number} */ key) => {
    if (!(key >= 0 && key < MOST_STEPS)) fail('damaged: its pickle remembers at no place');
    memo[key] = top();
  };
  const wordOf = (/** @type {unknown} */ value) => (typeof value === 'string' ? value : fail('damaged: its pickle has a class without a name'));
  const global = (/** @type {string} */ module, /** @type {string} */ name) => new Global(`${module}.${name}`);
  const call = (/** @type {unknown} */ made, /** @type {any[]} */ args) => {
    if (!(made instanceof Global)) return new Unknown(made instanceof Unknown ? made.name : 'no class');
    return Object.hasOwn(classes, made.name) ? classes[made.name](Array.isArray(args) ? args : []) : new Unknown(made.name);
  };
  const setAll = (/** @type {any} */ target, /** @type {any[]} */ items) => {
    if (!(target instanceof Map)) return;
    for (let i = 0; i + 1 < items.length; i += 2) target.set(items[i], items[i + 1]);
  };
  const addAll = (/** @type {any} */ target, /** @type {any[]} */ items) => {
    if (Array.isArray(target)) for (const item of items) target.push(item);
  };
  const push = (/** @type {unknown} */ value) => stack.push(value);
  /** @template T @param {T} value a list, a map or a class */
  const make = (value) => {
    if (++made > MOST_MADE) fail(`its pickle has more than ${MOST_MADE} lists, maps and names of classes: no state of a model has`);
    return push(value);
  };
  const long = (/** @type {number} */ size) => {
    let value = 0n;
    const bytes = reader.take(size > 32 ? fail(`damaged: a whole number of ${size} bytes`) : size);
    for (let i = size - 1; i >= 0; i--) value = value * 256n + BigInt(bytes[i]);
    if (size > 0 && bytes[size - 1] > 127) value -= 1n << BigInt(8 * size);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  };
  /** By their bytes. @type {Record<string, () => unknown>} */
  const steps = {
    '\x80': () => reader.u8(),
    '\x95': () => reader.u64(),
    '(': () => push(MARK),
    0: () => pop(),
    1: () => toMark(),
    2: () => push(top()),
    N: () => push(null),
    '\x88': () => push(true),
    '\x89': () => push(false),
    I: () => { const text = reader.until(10); push(text === '01' ? true : text === '00' ? false : Number(text)); },
    L: () => push(Number(reader.until(10).replace(/L$/, ''))),
    F: () => push(Number(reader.until(10))),
    J: () => push(reader.i32()),
    K: () => push(reader.u8()),
    M: () => push(reader.u16()),
    '\x8a': () => push(long(reader.u8())),
    '\x8b': () => push(long(reader.u32())),
    G: () => push(reader.f64(false)),
    V: () => push(reader.until(10)),
    S: () => push(reader.until(10).replace(/^['"]|['"]$/g, '')),
    U: () => push(decode(reader.take(reader.u8()))),
    T: () => push(decode(reader.take(reader.u32()))),
    X: () => push(reader.text(reader.u32())),
    '\x8c': () => push(reader.text(reader.u8())),
    '\x8d': () => push(reader.text(reader.u64())),
    B: () => push(reader.take(reader.u32())),
    C: () => push(reader.take(reader.u8())),
    '\x8e': () => push(reader.take(reader.u64())),
    '\x96': () => push(reader.take(reader.u64())),
    ')': () => make([]),
    ']': () => make([]),
    t: () => make(toMark()),
    l: () => make(toMark()),
    '\x85': () => make([pop()]),
    '\x86': () => { const b = pop(); make([pop(), b]); },
    '\x87': () => { const [c, b] = [pop(), pop()]; make([pop(), b, c]); },
    '}': () => make(new Map()),
    d: () => { const map = new Map(); setAll(map, toMark()); make(map); },
    s: () => { const [value, key] = [pop(), pop()]; setAll(top(), [key, value]); },
    u: () => { const items = toMark(); setAll(top(), items); },
    a: () => { const item = pop(); addAll(top(), [item]); },
    e: () => { const items = toMark(); addAll(top(), items); },
    '\x8f': () => make([]),
    '\x90': () => { const items = toMark(); addAll(top(), items); },
    '\x91': () => make(toMark()),
    c: () => make(global(reader.until(10), reader.until(10))),
    '\x93': () => { const [name, module] = [pop(), pop()]; make(global(wordOf(module), wordOf(name))); },
    R: () => { const args = pop(); push(call(pop(), args)); },
    '\x81': () => { const args = pop(); push(call(pop(), args)); },
    '\x92': () => { const [, args] = [pop(), pop()]; push(call(pop(), args)); },
    i: () => { const made = global(reader.until(10), reader.until(10)); push(call(made, toMark())); },
    o: () => { const [made, ...args] = toMark(); push(call(made, args)); },
    b: () => pop(),
    p: () => put(Number(reader.until(10))),
    q: () => put(reader.u8()),
    r: () => put(reader.u32()),
    '\x94': () => put(memo.length),
    g: () => push(get(Number(reader.until(10)))),
    h: () => push(get(reader.u8())),
    j: () => push(get(reader.u32())),
    P: () => push(persistent([reader.until(10)])),
    Q: () => push(persistent(pop())),
  };
  /** By their codes. @type {((() => unknown) | undefined)[]} */
  const known = Array.from({ length: 256 }, (_, code) => steps[String.fromCharCode(code)]);
  for (let count = 0; count < MOST_STEPS; count++) {
    const code = reader.u8();
    if (code === 0x2e) {
      const value = pop();
      return value instanceof Global ? new Unknown(value.name) : value;
    }
    const step = known[code];
    if (!step) return fail(`damaged, or a pickle that is not known: it has ${code} at byte ${reader.at - 1}`);
    step();
  }
  return fail(`its pickle has more than ${MOST_STEPS} steps: no state of a model has`);
}

/** A class or function by its name, of which nothing is known but that. */
export class Global {
  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }
}
