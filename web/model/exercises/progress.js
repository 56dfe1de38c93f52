/** Which exercises a visitor has solved, kept in the browser where it lets pages keep something. */

const KEY = 'lstm-wasm-solved';

/** @returns {string[]} */
export function loadSolved() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string').slice(0, 100) : [];
  } catch {
    return [];
  }
}

/** @param {Iterable<string>} solved */
export function saveSolved(solved) {
  try {
    localStorage.setItem(KEY, JSON.stringify([...solved]));
  } catch {
    // it is known until the page is closed
  }
}
