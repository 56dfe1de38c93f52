import { BRACKET_NETWORKS } from '../cell/brackets.js';
import { scientific } from '../../format.js';
import { STEPS } from '../why/message-flow.js';
import { chance, chanceOf, decimal, gateNames, lastAct, notYet, right } from './checks.js';
import { stage } from './exercises.js';

/** @typedef {import('./types.js').Task} Task */

const { lstm } = BRACKET_NETWORKS;
const last = lstm.text.length - 1;
/** A place inside of the brackets. */
const INSIDE = 4;

/** Where the bracket network stands. @param {Record<string, string | number>} more */
const brackets = (more) => stage({ source: 'brackets', text: lstm.text, unit: lstm.unit, at: INSIDE, ...more });

/** Twelve stops: each waits for what the visitor does. @type {readonly Task[]} */
export const tour = Object.freeze(/** @type {Task[]} */ ([
  {
    id: 'predict',
    title: 'It predicts',
    text: 'This network read Moby-Dick, character by character. The bars are its guess at the next one. Choose a bar, or type.',
    stage: stage({ text: 'There she bl', unit: 95, at: 11 }),
    check: ({ player, start }) => (player.text === start.text ? undefined
      : right('It read your character too, and guesses anew. Nobody told it what a word is.')),
  },
  {
    id: 'event',
    title: 'The event',
    text: 'A smaller network, of six units, closes brackets. One unit is drawn. E, the event, is the character that it reads. Press Step until it reads the next one.',
    stage: brackets({ part: 'use' }),
    check: ({ player, start }) => (player.at <= start.at ? undefined
      : right(`E is “${player.run?.characters[player.at]}” now. All four parts go through it, one after the other.`)),
  },
  {
    id: 'memories',
    title: 'Two memories',
    text: 'LTM, the long-term memory, runs along the top; STM, the short-term memory, along the bottom. Papers call them c and h: choose “symbols”.',
    stage: brackets({}),
    check: ({ player, start }) => (player.names === start.names ? undefined
      : right('The same cell: LTM is c, STM is h, N is g, the ignore factor is i.')),
  },
  {
    id: 'forget',
    title: 'Forget',
    text: 'Forget multiplies the LTM: 1 keeps it, 0 drops it. Click Forget to see the sum behind it.',
    stage: brackets({ part: 'forget' }),
    check: (scene) => pressed(scene, ['forget'], (value) =>
      `${decimal(value)} of the LTM is kept. What it sees are E and the STM before, each with a weight of its own.`),
  },
  {
    id: 'learn',
    title: 'Learn',
    text: 'N is what could be learnt; the ignore factor lets a part of it through. Click either.',
    stage: brackets({ part: 'learn' }),
    check: (scene) => pressed(scene, ['input', 'candidate'], () => {
      const { now } = scene.player.numbers();
      return `N = ${decimal(now.candidate)}, of which ${decimal(now.input)} is let in.`;
    }),
  },
  {
    id: 'remember',
    title: 'Remember',
    text: 'What was kept and what was learnt are added: the new LTM. Step until Remember is lit.',
    stage: brackets({ part: 'forget' }),
    check: ({ player }) => (player.part < 2 ? undefined
      : right('A sum, no weight: the LTM passes by unharmed, and so does the message that comes back in training.')),
  },
  {
    id: 'use',
    title: 'Use',
    text: 'Use chooses what of the LTM is needed now: the new STM, from which the prediction is made. Step until Use is lit.',
    stage: brackets({ part: 'remember' }),
    check: ({ player }) => {
      if (player.part < 3) return undefined;
      const { now } = player.numbers();
      return right(`STM = ${decimal(now.h)}: of tanh(LTM) = ${decimal(Math.tanh(now.c))}, ${decimal(now.output)} is shown.`);
    },
  },
  {
    id: 'tamper',
    title: 'Tamper with it',
    text: `It read “${lstm.text}” and is sure of “)”. Click Forget, and hold it at 0.`,
    stage: brackets({ at: INSIDE }),
    check({ player }) {
      const { holds } = player.tampering;
      if (!holds.length) return undefined;
      if (holds.every(({ gate, value }) => gate !== 'forget' || value > 0.05)) return notYet('That is held now. Hold Forget, and at 0.');
      const { now, untouched } = chanceOf(player, ')');
      return right(`“)” goes from ${chance(untouched)} to ${chance(now)}. The ticks on the bars are the network without your change.`);
    },
  },
  {
    id: 'swap',
    title: 'Another memory',
    text: `Click the LTM, and take the memories that “${lstm.other}” leaves; or set it to another number.`,
    stage: brackets({ at: lstm.other.length - 1 }),
    check({ player }) {
      const { swaps, edits } = player.tampering;
      if (!swaps.length && !edits.length) return undefined;
      const { now } = chanceOf(player, ']');
      return right(`“]” has ${chance(now)} now. ${now > 0.5 ? 'One unit held the bracket.' : 'Another number, or another unit, brings more.'}`);
    },
  },
  {
    id: 'rnn',
    title: 'The RNN',
    text: 'Now choose RNN. What is missing?',
    stage: brackets({ at: last }),
    check({ player }) {
      if (player.kind !== 'rnn') return undefined;
      const { now } = chanceOf(player, ')');
      return right(`No line passes by: all of its memory is written anew with every character. One of two brackets it can latch so (“)” has ${chance(now)}), a number it cannot.`);
    },
  },
  {
    id: 'why',
    title: 'Why it forgets',
    text: 'In training, a message comes back along the tape: what should have been different. Press Play, and watch it die in the RNN.',
    stage: stage({ message: 0.98 }, 'why'),
    check({ others: { message } }) {
      if (!message || message.back < STEPS) return undefined;
      const [rnn, , arrived] = message.left.map((/** @type {Float64Array} */ left) => scientific(left[STEPS]));
      return right(`Of the message ${rnn} reaches the first step in the RNN, ${arrived} in the LSTM: each step multiplies it by weights and slopes there, here by a gate that is open. The race below shows what comes of it.`);
    },
  },
  {
    id: 'train',
    title: 'Watch it learn',
    text: 'Last: a network that knows nothing. Press Start, and read what it writes after 10, 100, 1 000 steps.',
    stage: stage({}, 'learn'),
    check({ others: { session } }) {
      if (!session?.last?.step) return undefined;
      return right('That is all there is: guess, be surprised, push every weight a little. Now the exercises: they are part 6.');
    },
  },
]));

/**
 * @param {import('./types.js').Scene} scene
 * @param {string[]} gates   one of which is to be pressed
 * @param {(value: number) => string} words
 */
function pressed(scene, gates, words) {
  const gate = lastAct(scene, 'gate');
  if (!gate) return undefined;
  if (!gates.includes(gate)) return notYet(`That is ${gateNames[gate]}. Click ${gates.map((name) => gateNames[name]).join(' or ')}.`);
  return right(words(scene.player.numbers().now[gate]));
}
