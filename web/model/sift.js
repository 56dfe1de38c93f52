/**
 * A text as a network can read it, and the characters of it that the network does not know. Where nothing is left, it
 * is read as the start of a line.
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
