/** A completion is some words: characters. */
const LONGEST = 44;

/** Low enough for words and sentences, high enough not to go round in circles. */
const TEMPERATURE = 0.3;

/** How far each network has read on. @type {WeakMap<import('./OpenNetwork.js').OpenNetwork, { text: string, reading: any }>} */
const readings = new WeakMap();

/**
 * How a text may go on, up to the end of a word: the likeliest character, as the bars have it, and what is drawn after it. The same text gives the same completion.
 *
 * @param {import('./OpenNetwork.js').OpenNetwork} network
 * @param {string} asked a text
 */
export function complete(network, asked) {
  const text = network.sift(asked).characters.join('');
  const former = readings.get(network);
  const goesOn = former !== undefined && text.startsWith(former.text);
  const reading = goesOn ? former.reading : network.model.read();
  const added = goesOn ? text.slice(former.text.length) : text;
  if (added) reading.push(added);
  readings.set(network, { text, reading });
  const stop = network.alphabet.includes('\n') ? { stop: '\n' } : {};
  const first = reading.generate({ length: 1, temperature: 0, ...stop });
  if (!first) return '';
  return wholeWords(first + reading.branch().push(first).generate({ length: LONGEST - 1, temperature: TEMPERATURE, seed: text.length, ...stop }));
}

/**
 * Cuts a completion at the end of its first sentence, or else before a word that may be incomplete.
 *
 * @param {string} text
 */
function wholeWords(text) {
  const sentence = /^.{3,}?[.!?]["'”’)]*(?=\s|$)/u.exec(text);
  if (sentence) return sentence[0];
  if (text.length < LONGEST) return text.trimEnd();
  const words = text.replace(/\s+\S*$/u, '');
  return words.trim() ? words : text;
}
