// engine.js: which builds of the module this engine runs, and runs right.
import { ArgumentError, LstmError, messageOf } from './errors.js';

/** @typedef {import('./Wasm.js').Variant} Variant */
/** @typedef {'auto' | 'repeatable' | Variant} Asked */

/** Fastest first. @type {readonly Variant[]} */
const variants = ['relaxed', 'simd', 'scalar'];

/** What `load({ variant })` takes. */
export const choices = /** @type {const} */ (['auto', 'repeatable', 'relaxed', 'simd', 'scalar']);

// One function with one instruction each, to ask the engine about: a module with a head (magic, version), one type
// () -> v128 or () -> i32, one function, and a body.
const magic = [0, 97, 115, 109, 1, 0, 0, 0];
const probeHead = (/** @type {number} */ type) => [...magic, 1, 5, 1, 96, 0, 1, type, 3, 2, 1, 0];
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

/**
 * Throws where nothing can be compiled, which no other module would change: without WebAssembly, or under a policy.
 * @throws {LstmError}
 */
export function assertCompiles() {
  try {
    new WebAssembly.Module(new Uint8Array(magic));
  } catch (cause) {
    throw new LstmError(
      'load: bytes cannot be compiled as WebAssembly here. A page\'s content security policy needs \'wasm-unsafe-eval\' in ' +
        `script-src; an engine that takes only modules which were imported needs one as \`wasm\`: ${messageOf(cause)}`,
      { cause },
    );
  }
}

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
  try {
    const { f } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(dotProbe))).exports;
    return /** @type {() => number} */ (f)() === 1;
  } catch {
    // Engines that take only imported modules are younger than that fault.
    return true;
  }
}

/**
 * The build to take here.
 * @param {Asked} asked
 * @returns {Variant}
 * @throws {LstmError} where the engine does not support it
 */
export function choose(asked) {
  const chosen = asked === 'auto' ? variants.find(isSound) ?? 'scalar'
    : asked !== 'repeatable' ? asked : isSupported('simd') ? 'simd' : 'scalar';
  if (isSupported(chosen)) return chosen;
  const usable = variants.filter(isSupported).map((name) => `'${name}'`);
  throw new LstmError(`load: this engine does not support variant '${chosen}', only ${usable.join(', ')}`);
}

/**
 * Throws where the module of an instance is not of a variant that was asked for, or that auto would take. The engine supports
 * what it has compiled.
 * @param {Variant} got
 * @param {Asked} asked
 * @throws {ArgumentError}
 */
export function assertVariant(got, asked) {
  const fits = (/** @type {Variant} */ variant) =>
    asked === 'auto' ? variant !== 'relaxed' || isSound(variant) : asked === 'repeatable' ? variant !== 'relaxed' : variant === asked;
  if (fits(got)) return;
  const expected = variants.filter(fits).map((name) => `'${name}'`).join(' or ');
  throw new ArgumentError(`load: the module must be of variant ${expected}, got one of '${got}'`);
}
