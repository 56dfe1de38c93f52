/** The text that is learnt: where it comes from, and what of it fits into a training. */

/** A longer text would hold up the page while it is handed to the Worker: bytes. */
const LONGEST_FILE = 16e6;
const SHORTEST_TEXT = 200;

/** Small, so that a step is short: typing is answered between two. */
const BATCH_SIZE = 16;
const WINDOW = 64;

/** While the validation part is measured nothing else is answered, so it is small: characters. */
const VALIDATION = 10_000;

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
  const response = await fetch('./moby-dick.txt').catch(() => undefined);
  if (!response?.ok) {
    const why = response ? `the server answered ${response.status}` : 'the server did not answer';
    throw new Error(`Moby-Dick could not be loaded: ${why}. Open or paste a text instead.`);
  }
  return makeText('Moby-Dick', await response.text());
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
    throw new Error(`“${file.name}” has ${(file.size / 1e6).toFixed(0)} MB; this page takes texts up to ${LONGEST_FILE / 1e6} MB.`);
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
    throw new Error(`The text has ${text.characters} characters; to learn anything it needs at least ${SHORTEST_TEXT}.`);
  }
  return text;
}

/**
 * How to train on a text of this length: a short text gets a smaller batch, and is learnt as a whole; a large network
 * learns more carefully.
 *
 * @param {number} characters
 * @param {number} hiddenSize
 */
export function trainingOptions(characters, hiddenSize) {
  const learningRate = hiddenSize > 128 ? 0.002 : 0.004;
  const validation = characters >= 50_000 ? Math.min(0.05, VALIDATION / characters) : 0;
  const window = characters >= 2 * WINDOW * BATCH_SIZE ? WINDOW : 32;
  const batchSize = Math.max(1, Math.min(BATCH_SIZE, Math.floor(characters / (2 * window))));
  return { batchSize, window, learningRate, validation };
}
