// ParameterTable.js: the names, shapes and places of a network's parameters, read from the C core's one table.
import { copyNumbers, describe, object } from '../core/check.js';
import { ArgumentError } from '../core/errors.js';

/**
 * @typedef {object} ParameterRow
 * @property {string} name PyTorch's
 * @property {number[]} shape [rows, columns], or [length] of a vector
 * @property {number} offset in numbers, from the start of the flat array
 * @property {number} count
 * @property {boolean} isColumnMajor stored column by column
 */

/** Values as they are stored. @typedef {{ row: ParameterRow, values: Float32Array }[]} Checked */

export class ParameterTable {
  #wasm;

  /**
   * @param {import('../core/Wasm.js').Wasm} wasm
   * @param {number} network its address
   */
  constructor(wasm, network) {
    this.#wasm = wasm;
    const { exports } = wasm;
    /** @type {ParameterRow[]} */
    this.rows = [];
    for (let row = 0; row < exports.lstm_network_parameter_count(network); row++) {
      const rows = exports.lstm_network_parameter_rows(network, row);
      const columns = exports.lstm_network_parameter_columns(network, row);
      this.rows.push({
        name: wasm.text(exports.lstm_network_parameter_name(network, row)),
        shape: columns === 0 ? [rows] : [rows, columns],
        offset: exports.lstm_network_parameter_offset(network, row),
        count: rows * (columns || 1),
        isColumnMajor: exports.lstm_network_parameter_is_column_major(network, row) === 1,
      });
    }
    /** How many numbers all parameters have. */
    this.valueCount = exports.lstm_network_value_count(network);
  }

  /**
   * Copies of all parameters (or gradients, or moments) in a flat array, row-major.
   * @param {number} pointer
   * @returns {Record<string, Float32Array>}
   */
  read(pointer) {
    const all = this.#wasm.floats(pointer, this.valueCount);
    return Object.fromEntries(
      this.rows.map(({ name, shape, offset, count, isColumnMajor }) => {
        const values = all.slice(offset, offset + count);
        return [name, isColumnMajor ? transpose(values, shape[1], shape[0]) : values];
      }),
    );
  }

  /** The largest magnitude in a flat array; NaN or Infinity where one is not finite. @param {number} pointer */
  largest(pointer) {
    // Magnitudes are ordered as their bits are.
    let most = 0;
    for (const word of this.#wasm.ints(pointer, this.valueCount)) most = Math.max(most, word & 0x7fffffff);
    return new Float32Array(Int32Array.of(most).buffer)[0];
  }

  /**
   * Checks some or all parameters, and copies them.
   * @param {unknown} given by name, row-major
   * @param {string} where the call, for messages
   * @returns {Checked}
   * @throws {ArgumentError}
   */
  check(given, where) {
    const values = object(given, `${where}: values`, 'an object of arrays by name');
    return Object.entries(values).map(([name, source]) => {
      const row = this.rows.find((known) => known.name === name);
      if (!row) {
        const names = this.rows.map((known) => known.name).join(', ');
        throw new ArgumentError(`${where}: unknown parameter ${describe(name)}, expected only ${names}`);
      }
      const values = new Float32Array(row.count);
      copyNumbers(values, source, `${where}: ${name}`, `${row.count} numbers (${row.shape.join(' x ')})`);
      return { row, values: row.isColumnMajor ? transpose(values, row.shape[0], row.shape[1]) : values };
    });
  }

  /**
   * Sets what was checked in a flat array.
   * @param {number} pointer
   * @param {Checked} checked
   */
  put(pointer, checked) {
    const all = this.#wasm.floats(pointer, this.valueCount);
    for (const { row, values } of checked) all.set(values, row.offset);
  }
}

/**
 * A (rows, columns) matrix as (columns, rows), both row-major.
 * @param {Float32Array} values
 * @param {number} rows
 * @param {number} columns
 */
function transpose(values, rows, columns) {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column];
  }
  return result;
}
