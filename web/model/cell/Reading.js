import { Emitter } from '../Emitter.js';
import { anatomyOf } from './anatomy.js';
import { BRACKET_NETWORKS } from './brackets.js';
import { differenceAt, numbersOf, predictionsAt } from './readings.js';
import { NOTHING } from './tampering.js';

/** @typedef {import('./types.js').Source} Source */
/** @typedef {import('./types.js').Kind} Kind */
/** @typedef {import('./types.js').Names} Names */
/** @typedef {import('./types.js').Subject} Subject */
/** @typedef {import('./types.js').Tampering} Tampering */
/** @typedef {import('./types.js').Run} Run */

/** The text that each source begins with. */
export const FIRST_TEXTS = { moby: 'There she bl', brackets: BRACKET_NETWORKS.lstm.text, yours: 'There she bl' };

/** What the centrepiece shows: which network has read which text, which of its units is looked at, and where. */
export class Reading extends Emitter {
  /** @type {Source} */
  source = 'moby';
  /** @type {Kind} */
  kind = 'lstm';
  text = FIRST_TEXTS.moby;
  layer = 0;
  unit = 0;
  /** The character on the tape that the cell reads. */
  at = 0;
  /** The part of the cell that is lit, from 0. */
  part = 0;
  /** @type {Names} */
  names = 'course';
  /** @type {Tampering} */
  tampering = NOTHING;
  /** @type {Run | undefined} */
  run;
  /** @type {Subject | undefined} */
  subject;
  /** Of the layer that is looked at. */
  anatomy = anatomyOf({ kind: 'lstm' });
  /** Of the text, those that the network does not know: they are not on the tape. @type {string[]} */
  unknown = [];

  /** The characters on the tape. */
  get length() {
    return this.run?.characters.length ?? 0;
  }

  /** So many things the cell does with a character, one after the other. */
  get parts() {
    return this.anatomy.parts.length;
  }

  get trace() {
    return (this.run?.tampered ?? this.run?.untouched)?.trace;
  }

  /**
   * The numbers of the unit at the character that is read.
   *
   * @returns {{ now: Record<string, number>, untouched: Record<string, number> }}
   */
  numbers() {
    const { run, unit, at } = this;
    if (!run || at < 0) return { now: {}, untouched: {} };
    const untouched = numbersOf(run.untouched.trace, unit, at);
    return { now: run.tampered ? numbersOf(run.tampered.trace, unit, at) : untouched, untouched };
  }

  /**
   * What may come after a character, likeliest first.
   *
   * @param {number} [at]
   */
  probabilities(at = this.at) {
    const { run, subject } = this;
    if (!run || !subject) return { now: [], untouched: [] };
    const untouched = predictionsAt(run.untouched.probabilities, subject.alphabet, at);
    return { now: run.tampered ? predictionsAt(run.tampered.probabilities, subject.alphabet, at) : untouched, untouched };
  }

  /** What tampering changed in the prediction after a character. @param {number} [at] */
  difference(at = this.at) {
    return this.run && differenceAt(this.run, at);
  }
}
