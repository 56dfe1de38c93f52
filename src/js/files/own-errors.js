// own-errors.js: errors of what is bundled apart, and so has classes of its own.
import { ArgumentError, FileFormatError } from '../core/errors.js';

/** The same error, of this bundle's class. @param {unknown} error */
export function asOwn(error) {
  const { code, message, cause } = /** @type {Partial<import('../core/errors.js').LstmError>} */ (error ?? {});
  if (code === 'ERR_ARGUMENT') return new ArgumentError(String(message), { cause });
  if (code === 'ERR_FILE_FORMAT') return new FileFormatError(String(message), { cause });
  return error;
}
