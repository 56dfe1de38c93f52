// threads.js: how many Workers train as one.
import { integer } from './check.js';

/** A count of them, for options. */
export const threadsReader = integer(1, 64);
