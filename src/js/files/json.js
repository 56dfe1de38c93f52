// json.js: JSON from a file. JSON.parse takes the last of two values of one name, so that who reads a file in another way
// sees another file; and a few bytes of brackets become many of memory. Both are refused before anything is made.
import { quote } from '../core/quote.js';

const MOST_DEPTH = 16;
const MOST_PARTS = 2 ** 20;
const MOST_VALUES = 2 ** 22;

/**
 * @param {string} text
 * @param {string} what for messages: 'metadata config'
 * @param {(reason: string) => never} fail
 * @param {(key: string, value: unknown) => unknown} [revive] as JSON.parse takes it
 * @returns {unknown} undefined where it is no JSON
 */
export function parseJson(text, what, fail, revive) {
  try {
    assertPlain(text, (reason) => fail(`${what} ${reason}`));
    return JSON.parse(text, revive);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Looks at names and brackets. Whatever else is wrong, JSON.parse finds.
 * @param {string} text
 * @param {(reason: string) => never} fail
 * @throws {SyntaxError}
 */
function assertPlain(text, fail) {
  /**
   * Around this place, from the outside: the names of an object so far, of an array nothing.
   * @type {(Set<string> | null)[]}
   */
  const open = [];
  let isName = false;
  let [parts, commas] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') {
      const end = endOfString(text, at);
      if (isName) addName(open[open.length - 1], JSON.parse(text.slice(at, end + 1)), fail);
      isName = false;
      at = end;
    } else if (sign === '{' || sign === '[') {
      open.push(sign === '{' ? new Set() : null);
      isName = sign === '{';
      parts += 1;
      if (open.length > MOST_DEPTH) fail(`has more than ${MOST_DEPTH} brackets inside each other`);
      if (parts > MOST_PARTS) fail(`has more than ${MOST_PARTS} objects and arrays`);
    } else if (sign === '}' || sign === ']') {
      open.pop();
      isName = false;
    } else if (sign === ',') {
      isName = open[open.length - 1] instanceof Set;
      commas += 1;
      if (commas > MOST_VALUES) fail(`has more than ${MOST_VALUES} values`);
    }
  }
}

/**
 * @param {Set<string> | null | undefined} names
 * @param {string} name
 * @param {(reason: string) => never} fail
 */
function addName(names, name, fail) {
  if (names?.has(name)) fail(`has the name ${quote(name.slice(0, 40))} twice in one object`);
  names?.add(name);
}

/**
 * The place of the quote that ends the string which begins at `from`.
 * @param {string} text
 * @param {number} from
 * @throws {SyntaxError} where it does not end
 */
function endOfString(text, from) {
  for (let end = text.indexOf('"', from + 1); end > 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  throw new SyntaxError('a string without end');
}
