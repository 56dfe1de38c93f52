// precision.js: of what numbers the products of a trainer's cells are.
import { oneOf } from '../core/check.js';

/**
 * 'float32': of floats. 'int16' and 'int8': of both operands rounded to whole numbers of 12 and of 7 bits.
 * @typedef {'float32' | 'int16' | 'int8'} Precision
 */

/** In the order of the module's numbers. @type {readonly Precision[]} */
export const PRECISIONS = ['float32', 'int16', 'int8'];

/** @type {import('../core/check.js').Reader<Precision>} */
export const readPrecision = oneOf(PRECISIONS, 'float32');
