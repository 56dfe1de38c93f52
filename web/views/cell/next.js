import { byId, oncePerTurn } from '../../dom.js';
import { charName, decimal, isNamed } from '../../format.js';
import { makeBars } from './bars.js';

/** @typedef {import('../../model/cell/Player.js').Player} Player */

/**
 * What comes after the character that is read, what tampering changed in it, and a word where one is needed.
 *
 * @param {Player} player
 * @param {(char: string) => void} add   writes a character at the end of the text
 */
export function showNext(player, add) {
  const bars = makeBars(byId('bars'), add);
  const note = byId('cell-note');
  let isMoved = false;
  let isUntrained = false;

  const draw = oncePerTurn(() => {
    if (!player.run) return;
    const { now, untouched } = player.probabilities();
    bars.draw(now, player.run.tampered && untouched);
    byId('cell-difference').replaceChildren(...difference(player));
    note.replaceChildren(...explain(player, { isMoved, isUntrained }));
  });
  player.addEventListener('run', draw);
  player.addEventListener('place', draw);
  player.addEventListener('choice', (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    if (detail.isMoved || player.source !== 'brackets') isMoved = detail.isMoved;
    draw();
  });

  return {
    /** Has the visitor's network learnt nothing yet? @param {boolean} is */
    setUntrained(is) {
      if (is === isUntrained) return;
      isUntrained = is;
      draw();
    },
  };
}

/** @param {string} char */
export const quoted = (char) => (isNamed(char) ? charName(char) : `“${char}”`);

/** As the choices call it. @param {string} kind */
const kindName = (kind) => (['lstm', 'gru', 'rnn'].includes(kind) ? kind.toUpperCase() : kind);

/** @param {Player} player */
function difference(player) {
  const change = player.difference();
  if (!change) return [];
  const key = document.createElement('span');
  key.className = 'tick-key';
  const { nats, next } = change;
  const amount = `${decimal(Math.abs(nats))} nats`;
  const effect = next === undefined ? `moves it by ${amount} (KL)`
    : `${nats >= 0 ? 'takes' : 'gives'} ${quoted(next)}, which comes next, ${amount}`;
  return [key, ` without your change, which ${effect}.`];
}

/**
 * What there is to say about this text and this network.
 *
 * @param {Player} player
 * @param {{ isMoved: boolean, isUntrained: boolean }} state
 * @returns {(string | Node)[]}
 */
function explain({ unknown, source, text, kind, run }, { isMoved, isUntrained }) {
  if (unknown.length) {
    return [`This network has never read ${unknown.slice(0, 5).map(quoted).join(', ')}${unknown.length > 5 ? ' …' : ''}: skipped.`];
  }
  if (source === 'yours' && isUntrained) {
    const link = document.createElement('a');
    link.href = '#start';
    link.textContent = 'Start';
    return ['Your network has learnt nothing yet: all are about equally likely. Press ', link, ' below.'];
  }
  if (isMoved && source === 'brackets') return [`The network that you chose has no ${kindName(kind)} cell: the ${kindName(kind)} that closes brackets reads.`];
  if (run?.skipped) return [`The last ${run.characters.length} characters are read.`];
  return [text === '' ? 'At the start of a line.' : 'Choose a bar to add its character.'];
}
