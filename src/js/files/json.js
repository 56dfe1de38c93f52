// json.js: JSON from a file. JSON.parse takes the last of two values of one name, so that who reads a file in another way
// sees another file; and a few bytes of brackets and names become many of memory. Both are refused before anything is made.
import { TextDecoder, TextEncoder } from '../core/builtin.js';
import { quote } from '../core/quote.js';

const MOST_DEPTH = 16;
/**
 * What a text may have at most: objects and arrays, names, values.
 * @typedef {{ parts: number, names: number, values: number }} Most
 */
/** Of a thousand layers; of an alphabet of a million tokens, of which a translator has two. @type {Most} */
const METADATA = { parts: 2 ** 16, names: 2 ** 16, values: 2 ** 21 + 2 ** 16 };
/** Of another framework's vocabulary. @type {Most} */
export const VOCABULARY = { ...METADATA, names: 2 ** 21 };

/**
 * @param {string} text
 * @param {string} what for messages: 'metadata config'
 * @param {(reason: string) => never} fail
 * @param {(key: string, value: unknown) => unknown} [revive] as JSON.parse takes it
 * @param {Most} [most]
 * @returns {unknown} undefined where it is no JSON
 */
export function parseJson(text, what, fail, revive, most = METADATA) {
  const value = parseBytes(new TextEncoder().encode(text), () => text, (reason) => fail(`${what} ${reason}`), most);
  return revive && value !== undefined ? JSON.parse(text, revive) : value;
}

/**
 * @param {Uint8Array} bytes UTF-8
 * @param {() => string} decode gives their text
 * @param {(reason: string) => never} fail
 * @param {Most} most
 * @returns {unknown} undefined where it is no JSON
 */
export function parseBytes(bytes, decode, fail, most) {
  const names = countNames(bytes, fail, most);
  const text = decode();
  try {
    const value = JSON.parse(text);
    if (namesIn(value) !== names) countNames(bytes, fail, most, true);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [OPEN, CLOSE] = [[0x5b, 0x7b], [0x5d, 0x7d]]; // [ { and ] }

/**
 * The names of all objects. Looks at brackets, commas and quotes: whatever else is wrong, JSON.parse finds.
 * @param {Uint8Array} bytes
 * @param {(reason: string) => never} fail
 * @param {Most} most
 * @param {boolean} [isTwice] one of them stands twice in an object: which?
 */
function countNames(bytes, fail, most, isTwice = false) {
  /** Around this place, from the outside: of an object its names so far, of an array nothing. @type {(Set<string> | null)[]} */
  const open = [];
  let isName = false;
  let [parts, names, values] = [0, 0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const sign = bytes[at];
    if (sign === QUOTE) {
      const from = ++at;
      while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
      if (!isName) continue;
      isName = false;
      if (++names > most.names) fail(`has more than ${most.names} names`);
      if (isTwice) addName(open[open.length - 1], bytes.subarray(from, at), fail);
    } else if (sign === COMMA) {
      isName = Boolean(open[open.length - 1]);
      if (++values > most.values) fail(`has more than ${most.values} values`);
    } else if (sign === OPEN[0] || sign === OPEN[1]) {
      isName = sign === OPEN[1];
      open.push(isName ? new Set() : null);
      if (open.length > MOST_DEPTH) fail(`has more than ${MOST_DEPTH} brackets inside each other`);
      if (++parts > most.parts) fail(`has more than ${most.parts} objects and arrays`);
    } else if (sign === CLOSE[0] || sign === CLOSE[1]) {
      open.pop();
      isName = false;
    }
  }
  return names;
}

/**
 * @param {Set<string> | null | undefined} names
 * @param {Uint8Array} bytes of one more
 * @param {(reason: string) => never} fail
 */
function addName(names, bytes, fail) {
  const name = JSON.parse(`"${new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)}"`);
  if (names?.has(name)) fail(`has the name ${quote(name.slice(0, 40))} twice in one object`);
  names?.add(name);
}

/** How many names the objects in a value have. @param {unknown} value @returns {number} */
function namesIn(value) {
  if (typeof value !== 'object' || value === null) return 0;
  const isArray = Array.isArray(value);
  const inside = isArray ? value : Object.values(value);
  let count = isArray ? 0 : inside.length;
  for (const one of inside) if (typeof one === 'object') count += namesIn(one);
  return count;
}
