// remote-object.js: the page's class for a kind of object in the Worker, made from the tables of calls.
import { objectOf } from '../core/check.js';
import { readFitOptions } from '../training/fit.js';
import { calls, told } from './calls.js';
import { sendable, sendableData } from './train-arguments.js';
import { withCalls } from './with-calls.js';
import { WorkerObject } from './WorkerObject.js';

/** @typedef {import('./WorkerConnection.js').WorkerConnection} WorkerConnection */

/**
 * What stands in the page for a `T` of the Worker.
 *
 * @template T
 * @template {Record<string, import('./calls.js').Call>} Calls
 * @template {keyof T} Told
 * @template {import('./Remote.js').Remote} This
 * @typedef {new (...args: RemoteArguments) => WorkerObject & Pick<T, Told>
 *   & import('./with-calls.js').Asked<T, Omit<Calls, 'dispose' | 'set'>, This>
 *   & (T extends { fit(...args: any[]): any } ? Pick<T, 'fit'> : {})
 *   & (T extends { export(...args: any[]): any } ? Pick<T, 'export'> : {})} RemoteClass
 */

/** @typedef {[connection: WorkerConnection, target: number, description: Record<string, any>, maker: object]} RemoteArguments */

/**
 * @param {keyof typeof calls} kind
 * @param {string} [what] how messages call it
 * @param {Record<string, import('../core/check.js').Reader<any>>} [settable] how the properties are read that can be set
 * @returns {any} a class of a method for each call, with a property for all that is told of it
 */
export function remoteObject(kind, what = kind, settable = {}) {
  class Base extends WorkerObject {
    #told;
    /** @type {object} */
    #maker;

    /** @param {RemoteArguments} args */
    constructor(...[connection, target, description, maker]) {
      super(connection, target, what);
      this.#told = description;
      // Kept, so that it is not forgotten and freed while this is used; of several in a row, what the first was made of.
      this.#maker = maker instanceof Base ? maker.#maker : maker;
    }

    /** @protected @param {Record<string, unknown>} told */
    hearOf(told) {
      this.#told = { ...this.#told, ...told };
    }

    /** @param {string} name */
    toldOf(name) {
      return this.#told[name];
    }

    /** @param {string} name @param {unknown} value */
    setTold(name, value) {
      this.hearOf({ [name]: value });
      this.call('set', [name, value]).catch(() => {}); // it is disposed, or the Worker gone, as the next call tells
    }
  }
  for (const name of told[kind]) {
    const read = settable[name];
    Object.defineProperty(Base.prototype, name, {
      configurable: true,
      /** @this {any} */
      get() { return this.toldOf(name); },
      ...(read && {
        /** @this {any} @param {unknown} value */
        set(value) { this.setTold(name, read(value, `${what[0].toUpperCase()}${what.slice(1)}.${name}`)); },
      }),
    });
  }
  return withCalls('train' in calls[kind] ? trainable(Base) : Base, calls[kind]);
}

/**
 * @param {new (...args: any[]) => WorkerObject} Base
 * @returns {new (...args: any[]) => WorkerObject} with the calls that train
 */
const trainable = (Base) => class extends Base {
  /** @param {unknown} data @param {any} [options] */
  train(data, options = {}) {
    objectOf('train', options);
    return /** @type {any} */ (this.ask('train', [sendableData(data), sendable(options, this.connection)], calls.model.train));
  }

  /** @param {unknown} data @param {unknown} [options] */
  async fit(data, options = {}) {
    const { onReport, ...others } = readFitOptions(options);
    let last;
    for await (const report of this.train(data, others)) {
      last = report;
      await onReport?.(report);
    }
    return last;
  }
};
