/** What was found out about a network, in sentences that say no more than was measured. */
import { charName, decimal, isNamed, percent } from '../../format.js';

/** @typedef {import('./Book.js').Tracker} Tracker */
/** @typedef {import('./Costs.js').Cost} Cost */

/** A character whose absence costs the guess less hardly counts: nats. */
const LEAST_HEARD = 0.2;
/** So many are named with their numbers. */
const NAMED = 6;

/** Below this part of what is usual a unit says next to nothing. */
const QUIET = 0.25;
/** Together they cost so many times what they cost one by one: then each hides what another would do. */
const HIDDEN = 1.5;
/** Nats a character that two sums may differ by where nothing is said of it. */
const NOTHING = 0.002;

/** @param {string} char */
const shown = (char) => (isNamed(char) ? charName(char) : `“${char}”`);

/**
 * What a guess listens to.
 *
 * @param {readonly string[]} characters up to the guess
 * @param {ArrayLike<number>} nats that leaving out each of them costs it
 */
export function sayHeard(characters, nats) {
  const counts = characters.map((_, t) => t).filter((t) => nats[t] >= LEAST_HEARD);
  if (counts.length === 0) return `It hardly listens: leaving out any one character costs it less than ${LEAST_HEARD} nats.`;
  const reach = characters.length - counts[0];
  const isAll = counts.length === reach;
  const what = isAll
    ? `the last ${reach === 1 ? 'character' : `${inWords(reach)} characters`}`
    : `${inWords(counts.length)} of the last ${inWords(reach)} characters`;
  const before = reach === characters.length ? '' : '; none before them counts';
  const named = counts.slice(-NAMED).map((t) => `${shown(characters[t])} ${nats[t].toFixed(1)}`).join(', ');
  return `It listens to ${what}${before}. Nats lost without: ${named}.`;
}

/**
 * What the network guesses after a character.
 *
 * @param {string} char
 * @param {{ char: string, probability: number }} best
 */
export const sayGuess = (char, { char: next, probability }) => `After ${shown(char)} it guesses ${shown(next)}, ${percent(probability)}.`;

/**
 * What a unit's silence costs, and where most.
 *
 * @param {Cost} cost
 */
export function sayCost({ length, costliest }) {
  const [most] = costliest;
  const where = most ? ` Most, ${decimal(most.untouched - most.tampered)} nats, at ${shown(most.char)} after “${visible(most.before)}”.` : '';
  return `Nats a character, over ${length.toLocaleString('en')} characters.${where}`;
}

/**
 * Why silencing a unit costs what it costs: how much it says, and whether those that track the same stand in for it.
 *
 * @param {Tracker} tracker
 * @param {{ units: readonly { unit: number }[], alone: number, together: number }} peers
 */
export function sayWhy({ unit, feature, amount, usual }, { units, alone, together }) {
  const says = amount === undefined || usual === undefined ? [] : [amount < QUIET * usual
    ? `Unit ${unit} tracks it and hardly says so: its h is about ${decimal(amount)}, others' about ${decimal(usual)}.`
    : `Unit ${unit} does speak: its h is about ${decimal(amount)}, others' about ${decimal(usual)}.`];
  if (units.length < 2) return says.join(' ');
  const numbers = `The ${inWords(units.length)} that track ${feature} best cost ${nats(together)} together, one by one ${nats(alone)}`;
  if (together > HIDDEN * alone && together - alone > NOTHING) return [...says, `${numbers}: they stand in for one another.`].join(' ');
  return [...says, `${numbers}: they do not stand in for one another.`].join(' ');
}

/** @param {number} x */
export const nats = (x) => (Math.abs(x) < 0.0005 ? '0.000' : `${x < 0 ? '−' : ''}${Math.abs(x).toFixed(3)}`);

/** Line ends can be seen. @param {string} text */
const visible = (text) => text.replaceAll('\n', '↵');

/** @param {number} n */
const inWords = (n) => ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'][n] ?? String(n);
