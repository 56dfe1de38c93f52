// trusted-script.js: pages with Trusted Types start only scripts whose addresses went through a policy that is allowed.
import { LstmError } from '../core/errors.js';

/** @typedef {{ createScriptURL: (url: string) => any }} Policy */

const NAME = 'lstm-wasm';

/** A page takes a policy of one name once. @type {Policy | undefined} */
let policy;

/**
 * The address of a script of this package, as a page with Trusted Types takes it.
 * @param {string} address
 * @returns {any}
 */
export function trusted(address) {
  const { trustedTypes } = /** @type {any} */ (globalThis);
  if (typeof trustedTypes?.createPolicy !== 'function') return address;
  try {
    policy ??= /** @type {Policy} */ (trustedTypes.createPolicy(NAME, { createScriptURL: (/** @type {string} */ url) => url }));
  } catch (cause) {
    throw new LstmError(`the page's Trusted Types refuse the policy '${NAME}': allow it in the content security policy, `
      + `as \`trusted-types ${NAME}\``, { cause });
  }
  return policy.createScriptURL(address);
}

/**
 * Was an address refused because it did not go through a policy?
 * @param {unknown} error
 */
export const wantsTrust = (error) => error instanceof TypeError && 'trustedTypes' in globalThis;
