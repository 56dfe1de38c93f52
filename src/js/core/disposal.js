/// <reference lib="esnext.disposable" preserve="true" />
// disposal.js: what `using` and `await using` look for in engines that have no symbols for it.

/**
 * Compilers write them for such engines as calls of the methods that these names stand for. In a class there, all methods of
 * symbols that are missing have become one, of the name 'undefined'.
 * @param {Function} Class
 * @param {...('dispose' | 'asyncDispose')} names of the symbols
 */
export function nameDisposal({ prototype }, ...names) {
  const value = prototype.undefined;
  delete prototype.undefined;
  for (const name of names) {
    if (!Symbol[name]) Object.defineProperty(prototype, Symbol.for(`Symbol.${name}`), { value, writable: true, configurable: true });
  }
}
