/** Parameters that are copied before they are written. */
export class Writing {
  /** @type {Record<string, Float32Array>} */
  written = {};
  #values;
  #shapes;

  /** @param {Record<string, Float32Array>} values @param {Record<string, number[]>} shapes */
  constructor(values, shapes) {
    this.#values = values;
    this.#shapes = shapes;
  }

  /** Row n of a matrix, or number n of a vector, to be written. @param {string} name @param {number} n */
  row(name, n) {
    const [, columns = 1] = this.#shapes[name];
    return this.#copy(name).subarray(n * columns, (n + 1) * columns);
  }

  /**
   * @param {string} name of a matrix that may not be there
   * @param {number} column
   * @param {number} stride units of the layer: all columns, or those of a step of a tdnn, which sees the steps before too
   */
  clearColumns(name, column, stride) {
    if (!this.#shapes[name]) return;
    const values = this.#copy(name);
    for (let at = column; at < values.length; at += stride) values[at] = 0;
  }

  /** @param {string} name */
  #copy(name) {
    return (this.written[name] ??= this.#values[name].slice());
  }
}
