// quote.js: any text, harmless in a message or on a terminal.

/**
 * As JSON, with everything that cannot be seen escaped too: control and format characters, which move a terminal's cursor
 * or turn the direction of what follows, and lone surrogates.
 * @param {string} text
 */
export function quote(text) {
  return JSON.stringify(text).replace(/[^ \P{C}]|[^ \P{Z}]/gu, (invisible) =>
    Array.from({ length: invisible.length }, (_, i) =>
      `\\u${invisible.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''));
}

/** A name as it stands, where it is a plain word; else quoted. @param {string} name */
export const nameOf = (name) => (/^[\w.-]{1,40}$/.test(name) ? name : quote(name.slice(0, 40)));
