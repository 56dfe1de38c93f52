// What a person can do wrong or meet, told in one line. Any other error is a defect of ours and keeps its stack.

import { getSystemErrorMap } from 'node:util';

/** The command line was not understood: exit code 2, with the usage line of the command. */
export class UsageError extends Error {
  name = 'UsageError';
}

/** The command line was understood but cannot be carried out: exit code 1. */
export class CommandError extends Error {
  name = 'CommandError';
}

/**
 * The operating system's own words for an error: "no such file or directory".
 * @param {unknown} error
 */
export function reasonOf(error) {
  const { errno, message } = /** @type {NodeJS.ErrnoException} */ (error);
  return (errno !== undefined && getSystemErrorMap().get(errno)?.[1]) || message;
}
