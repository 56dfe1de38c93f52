// network-format.js: the file of a network alone.

/** @satisfies {import('../files/model-metadata.js').ModelFormat} */
export const networkFormat = {
  kind: /** @type {const} */ ('network'),
  name: 'a network',
  read: () => ({}),
  tell: () => ({}),
};
