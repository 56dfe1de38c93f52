// load.js: finds, compiles and instantiates the module.
import { readBytes, oneOf, readOptions } from './check.js';
import { ArgumentError, LstmError, messageOf } from './errors.js';
import { isA } from './realms.js';
import { Wasm } from './Wasm.js';

/** @typedef {import('./Wasm.js').Variant} Variant */

/**
 * @typedef {object} LoadOptions
 * @property {'auto' | 'repeatable' | Variant} [variant] which build: 'auto' (default) takes the fastest that this engine
 *   runs right; 'repeatable' takes 'simd', or 'scalar' where the engine has no SIMD: these two give the same bits
 *   everywhere. 'relaxed' may round once where they round twice.
 * @property {BufferSource | SharedArrayBuffer | WebAssembly.Module} [wasm] the module's bytes, or the compiled module, for
 *   places where it cannot be fetched. They have to be of `variant`, with 'repeatable' of 'simd' or 'scalar'; with 'auto'
 *   of any that this engine runs right. The library's `variant` is what they are.
 */

/** Fastest first. @type {readonly Variant[]} */
const variants = ['relaxed', 'simd', 'scalar'];

// One function with one instruction each, to ask the engine about: a module with a head (magic, version), one type
// () -> v128 or () -> i32, one function, and a body.
const probeHead = (/** @type {number} */ type) => [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, type, 3, 2, 1, 0];
const zero = [65, 0, 253, 15]; // i32.const 0, i8x16.splat
const probes = {
  // i8x16.popcnt
  simd: [...probeHead(123), 10, 10, 1, 8, 0, ...zero, 253, 98, 11],
  // three operands, f32x4.relaxed_madd (opcode 0x105)
  relaxed: [...probeHead(123), 10, 19, 1, 17, 0, ...zero, ...zero, ...zero, 253, 133, 2, 11],
};
// Exported as f: lane 0 of i32x4.relaxed_dot_i8x16_i7x16_add_s (opcode 0x113) of 0, 0 and 1, which is 1.
const dotProbe = [
  ...probeHead(127), 7, 5, 1, 1, 102, 0, 0, // export "f"
  10, 22, 1, 20, 0, ...zero, ...zero, 65, 1, 253, 17, 253, 147, 2, 253, 27, 0, 11,
];

/** @param {Variant} variant */
function isSupported(variant) {
  return variant === 'scalar' || WebAssembly.validate(new Uint8Array(probes[variant]));
}

/**
 * Supported and right: some of the first engines with relaxed SIMD, such as V8 11.3 and 11.8 of Node 20 and 21, overwrite
 * an operand of the dot product in code that they have not optimised yet, and int8 models would predict nonsense.
 * @param {Variant} variant
 */
function isSound(variant) {
  if (!isSupported(variant)) return false;
  if (variant !== 'relaxed') return true;
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(dotProbe))).exports;
  return /** @type {() => number} */ (f)() === 1;
}

/** @param {'auto' | 'repeatable' | Variant} asked @returns {Variant} */
function choose(asked) {
  if (asked === 'auto') return variants.find(isSound) ?? 'scalar';
  return asked !== 'repeatable' ? asked : isSupported('simd') ? 'simd' : 'scalar';
}

/**
 * Where the module is. Written out for each variant, so that bundlers see them.
 * @param {Variant} variant
 */
function urlOf(variant) {
  switch (variant) {
    case 'relaxed':
      return new URL('../../../dist/lstm-relaxed.wasm', import.meta.url);
    case 'simd':
      return new URL('../../../dist/lstm-simd.wasm', import.meta.url);
    default:
      return new URL('../../../dist/lstm-scalar.wasm', import.meta.url);
  }
}

/**
 * @param {URL} url
 * @returns {Promise<BufferSource>}
 */
async function read(url) {
  // Node cannot fetch files. Asked for in this way, a bundler for the browser does not see node:fs.
  const node = /** @type {any} */ (globalThis).process;
  if (url.protocol === 'file:' && node?.getBuiltinModule) {
    return node.getBuiltinModule('node:fs/promises').readFile(url);
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
  return response.arrayBuffer();
}

/**
 * @param {Variant} variant
 * @param {Uint8Array<ArrayBuffer> | WebAssembly.Module | undefined} wasm
 * @returns {Promise<WebAssembly.Module>}
 */
async function compile(variant, wasm) {
  if (isA(wasm, 'WebAssembly.Module')) return /** @type {WebAssembly.Module} */ (wasm);
  const bytes = /** @type {Uint8Array<ArrayBuffer> | undefined} */ (wasm);
  const source = wasm ? 'the bytes given as `wasm`' : urlOf(variant).href;
  try {
    return await WebAssembly.compile(bytes ?? (await read(urlOf(variant))));
  } catch (cause) {
    throw new LstmError(`load: cannot load the '${variant}' module from ${source}: ${messageOf(cause)}`, { cause });
  }
}

/** @type {import('./check.js').Reader<Uint8Array<ArrayBuffer> | WebAssembly.Module | undefined>} */
function moduleOrBytes(value, path) {
  if (value === undefined) return undefined;
  if (isA(value, 'WebAssembly.Module')) return /** @type {WebAssembly.Module} */ (value);
  return readBytes(value, path, 'an ArrayBuffer, a typed array or a WebAssembly.Module');
}

/**
 * Throws where a module is not of a variant that was asked for, or that auto would take.
 * @param {string} got
 * @param {'auto' | 'repeatable' | Variant} asked
 */
function assertVariant(got, asked) {
  const fitting = asked === 'auto' ? variants.filter(isSound) : asked === 'repeatable' ? ['simd', 'scalar'] : [asked];
  if (fitting.includes(/** @type {Variant} */ (got))) return;
  const expected = fitting.map((name) => `'${name}'`).join(' or ');
  throw new ArgumentError(`load: the module must be of variant ${expected}, got one of '${got}'`);
}

/**
 * An instance of the module, with a memory of its own.
 * @param {LoadOptions} options
 * @returns {Promise<Wasm>}
 * @throws {import('./errors.js').ArgumentError} for unknown options or values
 * @throws {LstmError} where WebAssembly or the forced variant is not supported, or the module cannot be fetched
 */
export async function loadModule(options) {
  const { variant, wasm } = readOptions('load', options, {
    variant: oneOf(/** @type {const} */ (['auto', 'repeatable', 'relaxed', 'simd', 'scalar']), 'auto'),
    wasm: moduleOrBytes,
  });
  if (typeof WebAssembly !== 'object') throw new LstmError('load: this engine has no WebAssembly');
  const chosen = choose(variant);
  if (!isSupported(chosen)) {
    const usable = variants.filter(isSupported).map((name) => `'${name}'`);
    throw new LstmError(`load: this engine does not support variant '${chosen}', only ${usable.join(', ')}`);
  }
  const instance = new Wasm(await compile(chosen, wasm));
  assertVariant(instance.variant, wasm ? variant : chosen);
  return instance;
}
