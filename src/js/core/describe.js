// describe.js: values in messages.
import { quote } from './quote.js';
import { isA, isDetached } from './realms.js';

/**
 * A short picture of a value for an error message, harmless whatever is in it.
 * @param {unknown} value
 * @returns {string}
 */
export function describe(value) {
  if (typeof value === 'string') {
    const characters = [...value.slice(0, 82)];
    return quote(characters.length > 40 ? `${characters.slice(0, 40).join('')}…` : value);
  }
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value) || isA(value, 'ArrayBuffer')) return describeMemory(/** @type {any} */ (value));
  if (isA(value, 'Date')) return describeDate(/** @type {Date} */ (value));
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

/** A day without its midnight. @param {Date} date */
function describeDate(date) {
  try {
    const time = Date.prototype.getTime.call(date);
    return Number.isNaN(time) ? 'an invalid Date' : new Date(time).toISOString().replace('T00:00:00.000Z', '');
  } catch {
    return 'an object'; // that only calls itself one
  }
}

/** @param {ArrayBufferView & { length?: number }} memory */
function describeMemory(memory) {
  const name = Object.prototype.toString.call(memory).slice(8, -1);
  return isDetached(memory) ? `${name} whose memory was transferred` : `${name} of ${memory.length ?? memory.byteLength}`;
}
