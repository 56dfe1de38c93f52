/**
 * Splits a text into the characters that a network knows, in order, and the set of those it does not. Where it knows
 * none of them, `known` is the start of a line.
 *
 * @param {string} text
 * @param {ReadonlySet<string>} alphabet
 */
export function sift(text, alphabet) {
  const chars = [...text];
  const known = chars.filter((char) => alphabet.has(char)).join('');
  const unknown = [...new Set(chars.filter((char) => !alphabet.has(char)))];
  const [first] = alphabet;
  return { known: known || (alphabet.has('\n') ? '\n' : first), unknown };
}
