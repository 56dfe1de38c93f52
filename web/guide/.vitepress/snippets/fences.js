/**
 * What stands behind the ``` of a block of code, for the guide's build, its pages and its tests. See CONTRIBUTING.
 *
 * @typedef {object} Fence
 * @property {string} language '' where none is named
 * @property {Set<string>} words such as run, continued, browser
 * @property {Map<string, string>} values such as skip="the reason"
 */

/**
 * @param {string} info as it stands behind the ```
 * @returns {Fence}
 */
export function parseInfo(info) {
  const fence = { language: '', words: new Set(), values: new Map() };
  for (const [, key, value, word] of info.matchAll(/(\w+)="([^"]*)"|(\S+)/g)) {
    if (key) fence.values.set(key, value);
    else if (!fence.language) fence.language = word;
    else fence.words.add(word);
  }
  return fence;
}

/**
 * A snippet with those that it continues before it, whose output does not count.
 * @param {string[]} parts from the first to the snippet itself
 */
export const compose = (parts) => parts.join('\nconsole.clear();\n');

/**
 * The code with the package's public names replaced by addresses, for where no import map is: in a Worker.
 * @param {string} code
 * @param {(name: string) => string | undefined} addressOf
 */
export function withAddresses(code, addressOf) {
  return code.replace(/(\bfrom\s*|\bimport\s*\(?\s*)(['"])(lstm-wasm(?:\/[\w.-]+)?)\2/g, (all, before, quote, name) => {
    const address = addressOf(name);
    return address === undefined ? all : `${before}${quote}${address}${quote}`;
  });
}
