import { scientific } from '../../format.js';
import { BRACKET_NETWORKS } from '../cell/brackets.js';
import { writeFragment } from '../address.js';
import { keep } from '../keep.js';
import { fetchMobyDick } from '../learn/text.js';
import { GUESSING_ERROR } from '../why/tasks/remember.js';
import { atFirstAndAfter, chance, chanceOf, decimal, gateNames, lastAct, notYet, opensAtFirst, otherChanges, right } from './checks.js';

/** @typedef {import('./types.js').Task} Task */
/** @typedef {import('../cell/types.js').Run} Run */

const { lstm, 'four-gate': fourGate, rnn } = BRACKET_NETWORKS;

/** Of the network that read Moby-Dick: its memory follows capital letters. A test sees that it does. */
export const CAPITALS = 88;
/** A gate with the usual forget bias: σ(1). */
const HALF_OPEN = 1 / (1 + Math.exp(-1));
/** It is measured on so many characters what a change costs. */
const EXCERPT = 6000;

/** Forget is shut beforehand while the letters from the first to this one are read. */
const SHUT_AT = 5;

/** @param {Record<string, string | number>} entries */
export const stage = (entries, section = 'cell') =>
  writeFragment(section, Object.entries(entries).map(([key, value]) => [key, String(value)])).slice(1);

const last = (/** @type {string} */ text) => text.length - 1;

/** Each is judged by what the visitor did to the cell, and by what the cell then does. @type {readonly Task[]} */
export const exercises = Object.freeze(/** @type {Task[]} */ ([
  {
    id: 'opened',
    title: 'Which gate opened at “(”?',
    text: 'One gate of this unit is open at “(” and nearly shut for the letters after it. Step through them, compare, then click that gate.',
    stage: stage({ source: 'brackets', text: lstm.text, unit: lstm.unit, at: 0 }),
    check(scene) {
      const gate = lastAct(scene, 'gate');
      const values = gate && atFirstAndAfter(scene.player, gate);
      if (!gate || !values) return undefined;
      const told = `${gateNames[gate]} is ${decimal(values.first)} at “(” and ${decimal(values.after)} on average after it`;
      if (gate === opensAtFirst(scene.player, ['forget', 'input', 'output'])) {
        return right(`${told}: the bracket is learnt, the letters are ignored.`);
      }
      return notYet(gate === 'candidate' ? `${told}. That is what could be learnt; which gate lets it in?` : `${told}: it does not shut. Try another.`);
    },
  },
  {
    id: 'forget',
    title: 'Make it forget the bracket',
    text: `It read “${lstm.text}” and is sure of “)”. Hold one gate so that the bracket is forgotten: “)” below 60 %.`,
    stage: stage({ source: 'brackets', text: lstm.text, unit: lstm.unit, at: last(lstm.text) }),
    check({ player }) {
      const { holds } = player.tampering;
      if (otherChanges(player)) return notYet('A memory was changed, or a unit silenced. Undo it, and hold a gate instead.');
      if (!holds.length) return undefined;
      const { now, untouched } = chanceOf(player, ')');
      const told = `“)” goes from ${chance(untouched)} to ${chance(now)}`;
      if (now >= 0.6) {
        const isForget = holds.some(({ gate, value }) => gate === 'forget' && value < 0.5);
        return notYet(`${told}. ${isForget ? 'Shut it further, or after the bracket was read, or for all units.' : 'Which gate decides what is kept of the memory?'}`);
      }
      if (holds.some(({ gate }) => gate !== 'forget')) {
        return notYet(`${told}, but this keeps it from being ${holds.some(({ gate }) => gate === 'output') ? 'shown' : 'learnt'}. Which gate forgets?`);
      }
      return right(`${told}: f · LTM is what is kept, and f is ${decimal(Math.min(...holds.map(({ value }) => value)))} now.`);
    },
  },
  {
    id: 'repair',
    title: 'Repair a memory',
    text: `Forget was shut for “${lstm.text.slice(1, SHUT_AT + 1)}”, in all units: written anew, as in an RNN. Leave it shut, and bring “)” back above 90 %: change a memory after it, or hold another gate.`,
    stage: stage({ source: 'brackets', text: lstm.text, unit: lstm.unit, at: SHUT_AT, hold: `f:0@1-${SHUT_AT}!all` }),
    check({ player }) {
      const { holds, edits, swaps } = player.tampering;
      const isShut = holds.some(({ gate, value, unit, from, to = Infinity }) =>
        gate === 'forget' && value === 0 && unit === 'all' && from === 1 && to >= SHUT_AT);
      if (!isShut) return notYet('Forget is open again there: then nothing was lost. Start again, and leave it shut.');
      if (holds.length + edits.length + swaps.length < 2) return undefined;
      const { now } = chanceOf(player, ')');
      if (now <= 0.9) {
        return notYet(`“)” has ${chance(now)}. Which unit kept the bracket, and what was its memory before? Look one step back.`);
      }
      return right(`“)” has ${chance(now)} again: a memory is a number, and whoever writes it back has repaired it.`);
    },
  },
  {
    id: 'always',
    title: 'Always forget, or never?',
    text: 'The network that read Moby-Dick reads 6 000 characters with Forget held for all units. Which costs more? Try both on the cell if you like, then answer; the page measures it.',
    stage: stage({ text: 'There she blows! cried the old man', unit: 95, at: 33 }),
    choices: ['Always to forget: Forget at 0', 'Never to forget: Forget at 1'],
    async check({ lab, answer }) {
      if (answer === undefined) return undefined;
      const text = await excerpt();
      const costs = [];
      for (const value of [0, 1]) {
        const tampering = { holds: [{ gate: 'forget', value, unit: /** @type {const} */ ('all'), from: 0 }], edits: [], swaps: [], silenced: [] };
        costs.push(await lab.call('cost', 'moby', { text, tampering, layer: 0 }));
      }
      const [always, never] = costs.map(({ tampered }) => tampered);
      const told = `Measured, in nats a character: untouched ${decimal(costs[0].untouched)}, always ${decimal(always)}, never ${decimal(never)}`;
      return costs[answer].tampered === Math.max(always, never)
        ? right(`${told}. Who never forgets drowns: sums grow, tanh and gates are stuck at their ends.`)
        : notYet(`${told}. So which is worse?`);
    },
  },
  {
    id: 'capitals',
    title: 'The unit that knows capitals',
    text: `The memory of unit ${CAPITALS} follows capital letters. Silence it: what does that cost? Then say why.`,
    stage: stage({ text: 'Then Ahab and Starbuck saw the White Whale', unit: CAPITALS, at: 5 }),
    choices: ['Capital letters do not matter', 'It notes them, and hardly shows it', 'Silenced units learn again'],
    async check({ lab, player, answer }) {
      const { silenced } = player.tampering;
      if (player.source !== 'moby' || !silenced.includes(CAPITALS)) {
        const others = silenced.length > 0 ? `Unit ${silenced.at(-1)} is silent: the task is unit ${CAPITALS}.` : undefined;
        return others || answer !== undefined ? notYet(others ?? `First silence unit ${CAPITALS}: click its short-term memory.`) : undefined;
      }
      const tampering = { holds: [], edits: [], swaps: [], silenced: [CAPITALS] };
      const { untouched, tampered } = await lab.call('cost', 'moby', { text: await excerpt(), tampering, layer: 0 });
      const told = `Measured on 6 000 characters: it costs ${Math.abs(tampered - untouched).toFixed(3)} nats a character`;
      if (answer === undefined) return notYet(`${told}. Why?`);
      if (answer !== 1) return notYet(`${told}. Go to the capitals, and compare its LTM with its STM there.`);
      const [memory, shown] = ['c', 'h'].map((name) => meanAtCapitals(/** @type {Run} */ (player.run), name, CAPITALS));
      return right(`${told}. At the capitals here its LTM is ${decimal(memory)} on average, and its STM ${decimal(shown)}: it notes them, and Use hardly shows it.`);
    },
  },
  {
    id: 'listens',
    title: 'What does this guess listen to?',
    text: `One character of “${lstm.text}” decides what comes next. Click it on the tape.`,
    stage: stage({ source: 'brackets', text: lstm.text, unit: lstm.unit, at: last(lstm.text) }),
    async check({ lab, player, start }) {
      const { at, text, run } = player;
      if (!run || text !== start.text || at === start.at) return undefined;
      const nats = await lab.call('listensTo', 'brackets-lstm', { text });
      const told = `Without “${run.characters[at]}” the guess loses ${decimal(nats[at])} nats`;
      const most = nats.indexOf(Math.max(...nats));
      return at === most ? right(`${told}; without any other, at most ${decimal(Math.max(...nats.filter((/** @type {number} */ _, /** @type {number} */ t) => t !== most)))}. It was kept for ${last(text)} steps.`)
        : notYet(`${told}. Another one matters more.`);
    },
  },
  {
    id: 'half-open',
    title: 'Why 0.58?',
    text: 'Gates begin half open, and 60 steps are to be remembered. Press Start, wait for 2 000 sequences, then say why all four stay at 0.58.',
    stage: stage({ lag: 60, gates: 'usual', seed: 1 }, 'why'),
    choices: ['They remember half of it', 'They answer 0, whatever was shown', 'They guess at random'],
    check({ answer, others: { race } }) {
      if (race?.settings.task !== 'remember' || race.settings.lag !== 60 || race.settings.gates !== 'usual') return answer === undefined ? undefined : notYet('The race is about 60 steps and half open gates: start this exercise again.');
      if (race.sequences(race.round) < 2000) return answer === undefined ? undefined : notYet('See it first: press Start, and wait for 2 000 sequences.');
      const errors = race.lastErrors.map((/** @type {number} */ error) => error.toFixed(2)).join(', ');
      if (answer === undefined) return notYet(`Errors: ${errors}. Why?`);
      const given = ['Half of it would be half the error', '', 'Random answers would be worse: an error of √(2/3) = 0.82'][answer];
      if (given) return notYet(`${given}. Look at the dots: what do they answer?`);
      return right(`Yes: numbers from −1 to 1 are √(1/3) = ${GUESSING_ERROR.toFixed(2)} from 0, root mean square. A gate at ${HALF_OPEN.toFixed(2)} leaves ${scientific(HALF_OPEN ** 60)} of the message after 60 steps.`);
    },
  },
  {
    id: 'wire',
    title: 'The wire that differs from your notes',
    text: 'In an LSTM, Use shows o · tanh(LTM), the new LTM. In this cell one gate takes the memory from elsewhere. Click it.',
    stage: stage({ source: 'brackets', kind: 'four-gate', text: fourGate.text, unit: fourGate.unit, at: last(fourGate.text), part: 'use' }),
    check(scene) {
      const gate = lastAct(scene, 'gate');
      if (!gate) return undefined;
      if (scene.player.kind !== 'four-gate') return notYet('That is another cell: choose four-gate.');
      if (gate === 'use') return right('Yes: U = tanh(W_u · (f · LTM′)), from what was kept, before anything was learnt, by weights of its own.');
      return notYet(gate === 'output' ? 'This is V, which looks at E and STM, as o does in an LSTM. What does it multiply?'
        : `${gateNames[gate]} looks at E and STM in both cells. Follow the wires from the LTM.`);
    },
  },
  {
    id: 'swap',
    title: 'Make it close the other bracket',
    text: `It read “${lstm.text}”. Change the memory of one unit, no gate, so that “]” comes with more than 90 %.`,
    stage: stage({ source: 'brackets', text: lstm.text, unit: lstm.unit, at: last(lstm.text) }),
    check({ player }) {
      const { holds, edits, swaps, silenced } = player.tampering;
      if (holds.length + silenced.length) return notYet('Let go of gates and silent units: only a memory may change.');
      if (!edits.length && !swaps.length) return undefined;
      const units = new Set([...edits, ...swaps].map(({ unit }) => unit));
      if (units.size > 1) return notYet('Two units were changed: undo one. One is enough.');
      const { now } = chanceOf(player, ']');
      if (now <= 0.9) return notYet(`“]” has ${chance(now)}. Take the memory that “${lstm.other}” leaves, or change its sign.`);
      return right(`“]” has ${chance(now)}: which bracket was opened is one number, in unit ${[...units][0]}.`);
    },
  },
  {
    id: 'cells',
    title: 'What passes by',
    text: 'An RNN writes all of its memory anew with every character. In another cell, find a unit whose memory passes by: more than 0.98 of it is kept, and nothing is learnt. Then click the gate that keeps it.',
    stage: stage({ source: 'brackets', kind: 'rnn', text: rnn.text, unit: rnn.unit, at: last(rnn.text) }),
    check(scene) {
      const { player, start } = scene;
      if (player.kind === start.kind || player.text !== start.text) return undefined;
      const { forget, update, input = 1 - update, c, h } = player.numbers().now;
      const [keeper, kept] = forget === undefined ? ['update', update] : ['forget', forget];
      const told = `In unit ${player.unit} ${decimal(kept)} is kept, and ${decimal(input)} of what is new is let in`;
      if (kept <= 0.98 || input >= 0.05) return notYet(`${told}. Try other units, or another cell.`);
      const gate = lastAct(scene, 'gate');
      if (gate !== keeper) return notYet(`${told}. Which gate keeps it? ${gate && gate in gateNames ? `It is not ${gateNames[gate]}.` : 'Click it.'}`);
      return right(`${told}: ${decimal(c ?? h)} stays as it is, as long as it takes. An RNN can latch a bracket, yet no number: see part 2.`);
    },
  },
]));

/**
 * How large a memory of a unit is at capital letters.
 *
 * @param {Run} run
 * @param {string} name   c or h
 * @param {number} unit
 */
function meanAtCapitals({ characters, untouched: { trace } }, name, unit) {
  const values = /** @type {Float32Array} */ (name === 'c' ? trace.c : trace.h);
  const found = characters.flatMap((char, t) => (/\p{Lu}/u.test(char) ? Math.abs(values[t * trace.hiddenSize + unit]) : []));
  return found.reduce((sum, value) => sum + value, 0) / Math.max(1, found.length);
}

/** The end of what the page has of the book, however much that is. */
const excerpt = keep(async () => (await fetchMobyDick()).text.slice(-EXCERPT));
