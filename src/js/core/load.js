// load.js: finds, compiles and instantiates the module.
import { unlessAborted } from './abort.js';
import { faultOf, MODULE_LIMIT } from './bytes.js';
import { abortSignal, oneOf, optional, readOptions } from './check.js';
import { assertCompiles, assertVariant, choices, choose } from './engine.js';
import { ArgumentError, LstmError, OutOfMemoryError } from './errors.js';
import { assertIntegrity, readIntegrity } from './integrity.js';
import { isA } from './realms.js';
import { bodyOf, openAddress, openSource, reasonOf, settle, takeOver } from './source.js';
import { Wasm } from './Wasm.js';

/** @typedef {import('./Wasm.js').Variant} Variant */
/** @typedef {import('./source.js').Opened} Opened */
/** @typedef {WebAssembly.Module | import('./source.js').FileSource} WasmSource */

/**
 * Which module is loaded, and from where.
 * @typedef {object} LoadOptions
 * @property {'auto' | 'repeatable' | Variant} [variant] which build: 'auto' (default) takes the fastest that this engine
 *   runs right; 'repeatable' takes 'simd', or 'scalar' where the engine has no SIMD: these two give the same bits
 *   everywhere. 'relaxed' may round once where they round twice.
 * @property {WasmSource | PromiseLike<WasmSource>} [wasm] the module, for places where it is not found by itself: its bytes,
 *   a Blob, a Response, an address (in Node also a path), or the compiled module. It has to be of `variant`, with
 *   'repeatable' of 'simd' or 'scalar'; with 'auto' of any that this engine runs right. The library's `variant` is what it is.
 * @property {string} [integrity] what the module's bytes must hash to, as in HTML: 'sha256-…', also sha384 and sha512. Several
 *   may stand there, separated by spaces: one for each variant
 * @property {AbortSignal} [signal] ends the loading, which rejects with its reason
 */

/**
 * Where the modules are that `load` chooses from.
 * @typedef {object} Modules
 * @property {(variant: Variant) => URL | undefined} urlOf the file's address, where one is known
 * @property {(variant: Variant) => Promise<Uint8Array<ArrayBuffer>>} [copyOf] the same bytes from inside the package
 */

/** @typedef {{ integrity?: import('./integrity.js').Digest[], signal?: AbortSignal, limit: number }} Conditions */

const HELP = 'give load the module as `wasm`: its bytes, its address, or the compiled module';

/**
 * An instance of the module, with a memory of its own.
 * @param {LoadOptions} options
 * @param {Modules} modules
 * @returns {Promise<Wasm>}
 * @throws {ArgumentError} for unknown options or values, and for a source that cannot be read
 * @throws {LstmError} where WebAssembly or the forced variant is not supported, or the module cannot be had
 */
export async function loadModule(options, modules) {
  takeOver(options?.wasm);
  const { variant, wasm, integrity, signal } = readOptions('load', options, {
    variant: oneOf(choices, 'auto'),
    wasm: (value) => value,
    integrity: optional(readIntegrity),
    signal: optional(abortSignal),
  });
  if (typeof WebAssembly !== 'object') throw new LstmError('load: this engine has no WebAssembly');
  const conditions = { integrity, signal, limit: MODULE_LIMIT };
  return unlessAborted(signal, () =>
    wasm === undefined ? loadOwn(variant, modules, conditions) : loadGiven(variant, wasm, conditions));
}

/**
 * @param {import('./engine.js').Asked} asked
 * @param {unknown} given
 * @param {Conditions} conditions
 */
async function loadGiven(asked, given, conditions) {
  const path = 'load: wasm';
  const source = isA(given, 'WebAssembly.Module') ? given : await settle(given, path);
  const wasm = new Wasm(isA(source, 'WebAssembly.Module')
    ? takeCompiled(/** @type {WebAssembly.Module} */ (source), conditions)
    : await compileGiven(choose(asked), await openSource(source, path, conditions, 'a WebAssembly.Module, '), conditions));
  assertVariant(wasm.variant, asked);
  return wasm;
}

/**
 * @param {WebAssembly.Module} module
 * @param {Conditions} conditions
 */
function takeCompiled(module, { integrity }) {
  if (!integrity) return module;
  throw new ArgumentError('load: integrity is of bytes, which a WebAssembly.Module given as `wasm` has no more');
}

/**
 * @param {Variant} variant
 * @param {Opened} opened
 * @param {Conditions} conditions
 */
async function compileGiven(variant, opened, conditions) {
  assertCompiles();
  try {
    return await compile(opened, conditions);
  } catch (cause) {
    if (cause instanceof ArgumentError) throw cause;
    throw failure(variant, `from ${opened.from}: ${reasonOf(cause)}`, cause);
  }
}

/**
 * The file, else the copy.
 * @param {import('./engine.js').Asked} asked
 * @param {Modules} modules
 * @param {Conditions} conditions
 */
async function loadOwn(asked, { urlOf, copyOf }, conditions) {
  assertCompiles();
  const variant = choose(asked);
  const url = urlOf(variant);
  const file = url?.href ?? 'its file, whose address is not known here';
  try {
    if (!url) throw new LstmError('there is no import.meta.url in what a bundler made of the package');
    return instantiate(variant, await compile(await openAddress(url, conditions), conditions));
  } catch (cause) {
    // Nor would there be for the copy.
    if (cause instanceof OutOfMemoryError) throw cause;
    const reason = `from ${file}: ${reasonOf(cause)}`;
    if (!copyOf || conditions.signal?.aborted) throw failure(variant, `${reason}; ${HELP}`, cause);
    try {
      return instantiate(variant, await compile({ from: 'the copy', bytes: await copyOf(variant) }, conditions));
    } catch (second) {
      throw failure(variant, `${reason}; nor from the copy in the package: ${reasonOf(second)}; ${HELP}`, cause);
    }
  }
}

/**
 * @param {Variant} variant
 * @param {WebAssembly.Module} module
 */
function instantiate(variant, module) {
  const wasm = new Wasm(module);
  assertVariant(wasm.variant, variant);
  return wasm;
}

/**
 * @param {Variant} variant
 * @param {string} reason
 * @param {unknown} cause
 */
const failure = (variant, reason, cause) =>
  new LstmError(`load: cannot load the '${variant}' module ${reason}`, { cause });

/**
 * While it comes, where it comes as what it is and nobody asks for its hash.
 * @param {Opened} opened
 * @param {Conditions} conditions
 * @returns {Promise<WebAssembly.Module>}
 */
async function compile(opened, conditions) {
  const { response, isFetched } = opened;
  // A stream that was given would go on after the signal.
  const mayStream = !conditions.integrity && (isFetched || !conditions.signal);
  if (response && mayStream && canStream(response)) return WebAssembly.compileStreaming(response);
  let bytes = await bodyOf(opened, 'load: wasm', conditions);
  const fault = faultOf(bytes, 'module');
  if (fault) throw new LstmError(fault);
  if (conditions.integrity) {
    // Nobody changes them between the check and the compiler.
    if (!response) bytes = bytes.slice();
    await assertIntegrity(bytes, conditions.integrity);
  }
  return WebAssembly.compile(bytes);
}

/** @param {Response} response */
function canStream(response) {
  return typeof WebAssembly.compileStreaming === 'function' && typeof Response === 'function' && response instanceof Response
    && response.headers.get('content-type') === 'application/wasm';
}
