// builtin.js: what Node gives where the web's own is missing.

/**
 * A module of Node, without an import, which bundlers for the browser would follow; undefined elsewhere.
 * @param {string} name 'node:util'
 */
export const builtin = (name) => /** @type {any} */ (globalThis).process?.getBuiltinModule?.(name);

// Jest's jsdom has none.
/** @type {Pick<typeof globalThis, 'TextEncoder' | 'TextDecoder'>} */
export const { TextEncoder, TextDecoder } = typeof globalThis.TextEncoder === 'function' ? globalThis : builtin('node:util') ?? {};
