// hdf5-type.js: the datatype message of HDF5: what numbers or texts a data set or an attribute has.

/** @typedef {{ kind: 'float' | 'integer' | 'text' | 'texts' | 'other', size: number, bigEndian: boolean }} Type `texts` lie in a global heap */

/**
 * @param {import('./ByteReader.js').ByteReader} reader
 * @param {import('./ByteReader.js').Fail} fail
 * @returns {Type}
 */
export function readType(reader, fail) {
  const kind = reader.u8() & 15;
  const bits = reader.u8();
  reader.skip(2);
  const size = reader.u32();
  if (size === 0) fail('damaged: numbers of no size');
  const name = /** @type {Record<number, Type['kind']>} */ ({ 0: 'integer', 1: 'float', 3: 'text' })[kind] ?? (kind === 9 && (bits & 15) === 1 ? 'texts' : 'other');
  return { kind: name, size, bigEndian: (bits & 1) === 1 && name !== 'text' && name !== 'texts' };
}
