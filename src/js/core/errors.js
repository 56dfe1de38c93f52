// errors.js: every error that the library throws on purpose. All are LstmErrors and have a `code`. Their names are written out,
// because minifiers rename classes.

/**
 * What an error says, of whatever realm; or what was thrown in its place.
 * @param {unknown} error
 */
export function messageOf(error) {
  const { message } = /** @type {Partial<Error>} */ (error ?? {});
  return typeof message === 'string' ? message : String(error);
}

/** The base of all errors of this library. */
export class LstmError extends Error {
  static name = 'LstmError';

  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super(message, options);
    this.name = 'LstmError';
    /** What went wrong, for programs: 'ERR_UNSUPPORTED' here, another in each subclass. */
    this.code = 'ERR_UNSUPPORTED';
  }
}

/** An argument is not what it has to be. The message names it, says what was expected and what was got. */
export class ArgumentError extends LstmError {
  static name = 'ArgumentError';

  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super(message, options);
    this.name = 'ArgumentError';
    this.code = 'ERR_ARGUMENT';
  }
}

/** An object was used after its dispose(). */
export class DisposedError extends LstmError {
  static name = 'DisposedError';

  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super(message, options);
    this.name = 'DisposedError';
    this.code = 'ERR_DISPOSED';
  }
}

/** The WebAssembly module has stopped by a trap, and nothing of this load() can be used any more. Another load() can. */
export class TrappedError extends LstmError {
  static name = 'TrappedError';

  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super(message, options);
    this.name = 'TrappedError';
    this.code = 'ERR_TRAPPED';
  }
}

/** There is not enough memory for what was asked for. What existed before is as it was. */
export class OutOfMemoryError extends LstmError {
  static name = 'OutOfMemoryError';

  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super(message, options);
    this.name = 'OutOfMemoryError';
    this.code = 'ERR_OUT_OF_MEMORY';
  }
}

/** A file is damaged, of another format, or of another configuration. */
export class FileFormatError extends LstmError {
  static name = 'FileFormatError';

  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super(message, options);
    this.name = 'FileFormatError';
    this.code = 'ERR_FILE_FORMAT';
  }
}

/** The loss, a gradient, logits or a forecast became infinite or NaN. Parameters, optimiser and state are as before. */
export class DivergedError extends LstmError {
  static name = 'DivergedError';

  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super(message, options);
    this.name = 'DivergedError';
    this.code = 'ERR_DIVERGED';
  }
}
