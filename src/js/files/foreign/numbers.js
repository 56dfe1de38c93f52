// numbers.js: numbers of any width, as they lie in foreign files, to float32.

/** The bytes of a number by its type's name. @type {Record<string, number>} */
export const WIDTHS = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1 };

/**
 * @param {Uint8Array} bytes
 * @param {string} type one of WIDTHS
 * @param {{ count?: number, bigEndian?: boolean }} [how]
 * @returns {Float32Array<ArrayBuffer>}
 */
export function toFloats(bytes, type, { count = bytes.length / WIDTHS[type], bigEndian = false } = {}) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, count * WIDTHS[type]);
  const values = new Float32Array(count);
  const at = readers[type](view, !bigEndian);
  const width = WIDTHS[type];
  for (let i = 0; i < count; i++) values[i] = at(i * width);
  return values;
}

/**
 * Reads single numbers.
 * @param {Uint8Array} bytes
 * @param {string} type one of WIDTHS
 * @param {boolean} bigEndian
 * @returns {(index: number) => number}
 */
export function numberAt(bytes, type, bigEndian) {
  const at = readers[type](new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), !bigEndian);
  const width = WIDTHS[type];
  return (index) => at(index * width);
}

/** @type {Record<string, (view: DataView, little: boolean) => (at: number) => number>} */
const readers = {
  F64: (view, little) => (at) => view.getFloat64(at, little),
  F32: (view, little) => (at) => view.getFloat32(at, little),
  F16: (view, little) => (at) => half(view.getUint16(at, little)),
  BF16: (view, little) => {
    const word = new DataView(new ArrayBuffer(4));
    return (at) => {
      word.setUint16(0, view.getUint16(at, little));
      return word.getFloat32(0);
    };
  },
  I64: (view, little) => (at) => Number(view.getBigInt64(at, little)),
  I32: (view, little) => (at) => view.getInt32(at, little),
  I16: (view, little) => (at) => view.getInt16(at, little),
  U16: (view, little) => (at) => view.getUint16(at, little),
  I8: (view) => (at) => view.getInt8(at),
  U8: (view) => (at) => view.getUint8(at),
  BOOL: (view) => (at) => view.getUint8(at),
};

/** IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of fraction. @param {number} bits */
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}
