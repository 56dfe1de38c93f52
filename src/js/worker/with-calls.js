// with-calls.js: the page's methods, made from the table of calls.
import { exportModel } from '../files/export-model.js';

/** @typedef {import('./calls.js').Call} Call */
/** @typedef {import('./calls.js').Kind} Kind */
/** @typedef {import('./Remote.js').Remote} Remote */
/** @typedef {typeof import('./remotes.js').remotes} Remotes */

/**
 * What a call answers in the page, where it answers `R` in the Worker.
 *
 * @template R
 * @template {Call} C
 * @template {Remote} This
 * @typedef {C extends { chains: true } ? Promise<This>
 *   : C extends { iterates: true } ? (R extends Iterable<infer T> ? AsyncGenerator<T, void, void> : never)
 *   : C extends { makes: infer K extends keyof Remotes } ? Promise<InstanceType<Remotes[K]>>
 *   : Promise<Awaited<R>>} Answer
 */

/**
 * The methods of `T` that the table has, as the page calls them.
 *
 * @template T
 * @template {Record<string, Call>} Calls
 * @template {Remote} This
 * @typedef {{ [K in keyof T as K extends keyof Calls ? K : never]:
 *   T[K] extends (...args: infer A) => infer R ? (...args: A) => Answer<R, Calls[K & keyof Calls], This> : never }} Asked
 */

/** Written here: a Worker's script does not have what writes it. @this {any} @param {unknown} format */
function exported(format) {
  return exportModel(this.save(), format);
}

/**
 * @param {new (...args: any[]) => Remote} Base
 * @param {Record<string, Call>} calls
 * @returns {any} `Base` with a method for each call that it does not have itself
 */
export function withCalls(Base, calls) {
  const Asking = class extends Base {};
  for (const [name, call] of Object.entries(calls)) {
    if (name in Base.prototype) continue;
    const method = {
      /** @this {any} @param {unknown[]} args */
      [name](...args) { return this.ask(name, args, call); },
    }[name];
    Object.defineProperty(Asking.prototype, name, { value: method, writable: true, configurable: true });
  }
  if ('quantize' in calls) Object.defineProperty(Asking.prototype, 'export', { value: exported, writable: true, configurable: true });
  return Asking;
}
