/** The text that is learnt, and where it comes from. */

import { MOBY_DICK, MOBY_DICK_NAME } from '../assets.js';

/** A longer text would hold up the page while it is handed to the Worker: bytes. */
const LONGEST_FILE = 16e6;
const SHORTEST_TEXT = 200;

/**
 * @typedef {object} Text
 * @property {string} name
 * @property {string} text
 * @property {number} characters   code points
 */

/**
 * @param {string} name
 * @param {string} text
 * @returns {Text}
 */
function makeText(name, text) {
  const characters = text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
  return { name, text, characters };
}

/** @returns {Promise<Text>} */
export async function fetchMobyDick() {
  const response = await fetch(MOBY_DICK).catch(() => undefined);
  if (!response?.ok) {
    const why = response ? `the server answered ${response.status}` : 'the server did not answer';
    throw new Error(`Moby-Dick could not be loaded: ${why}. Open or paste a text instead.`);
  }
  return makeText(MOBY_DICK_NAME, await response.text());
}

/**
 * @param {string} text
 * @returns {Text}
 */
export function pastedText(text) {
  return longEnough(makeText('Your text', text));
}

/**
 * Decodes in pieces, so that a long file does not hold up the page.
 *
 * @param {File} file
 * @returns {Promise<Text>}
 */
export async function readTextFile(file) {
  if (file.size > LONGEST_FILE) {
    const size = (file.size / 1e6).toFixed(0);
    throw new Error(`“${file.name}” has ${size} MB; this page takes texts up to ${LONGEST_FILE / 1e6} MB.`);
  }
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = file.stream().getReader();
  const parts = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      parts.push(decoder.decode(value, { stream: !done }));
      if (done) break;
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Error(`“${file.name}” is no text in UTF-8. Save it as plain text in UTF-8 and open it again.`);
  }
  return longEnough(makeText(file.name, parts.join('')));
}

/** @param {Text} text */
function longEnough(text) {
  if (text.characters < SHORTEST_TEXT) {
    throw new Error(`The text has ${text.characters} characters; to be learnt it needs at least ${SHORTEST_TEXT}.`);
  }
  return text;
}
