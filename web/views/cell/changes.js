import { byId } from '../../dom.js';
import { digits } from '../../model/cell/digits.js';
import { countChanges, withoutHold } from '../../model/cell/tampering.js';
import { gateName, memoryName } from './names.js';
import { quoted } from './next.js';

/** @typedef {import('../../model/cell/Player.js').Player} Player */
/** @typedef {import('../../model/cell/types.js').Tampering} Tampering */

/**
 * All that is tampered with, each with a button that takes it back.
 *
 * @param {Player} player
 */
export function showChanges(player) {
  const panel = byId('cell-changes');
  const list = /** @type {HTMLElement} */ (panel.querySelector('ul'));
  const undo = /** @type {HTMLButtonElement} */ (byId('cell-undo'));
  const undoAll = /** @type {HTMLButtonElement} */ (byId('cell-undo-all'));
  undo.addEventListener('click', () => player.undo());
  undoAll.addEventListener('click', () => player.untamper());

  function show() {
    const had = document.activeElement;
    const changes = changesOf(player);
    panel.hidden = !countChanges(player.tampering) && !player.canUndo;
    undo.disabled = !player.canUndo;
    undoAll.disabled = !changes.length;
    list.replaceChildren(...changes.map(({ name, without }) => {
      const item = document.createElement('li');
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = '×';
      button.setAttribute('aria-label', `Take back: ${name}`);
      button.addEventListener('click', () => player.tamper(without));
      item.append(`${name} `, button);
      return item;
    }));
    if (had && !had.isConnected) byId('cell-diagram').focus({ preventScroll: true }); // its button has gone with what it took back
  }
  for (const type of ['tampering', 'run', 'choice']) player.addEventListener(type, show);
}

/**
 * @param {Player} player
 * @returns {{ name: string, without: (tampering: Tampering) => Tampering }[]}
 */
function changesOf(player) {
  const { tampering, run, names, unit } = player;
  const at = (/** @type {number} */ place) => quoted(run?.characters[place] ?? '…');
  const of = (/** @type {number | 'all'} */ one) => (one === 'all' ? ', all units' : one === unit ? '' : `, unit ${one}`);
  const { holds, edits, swaps, silenced } = tampering;
  return [
    ...holds.map((hold) => {
      const span = hold.to === hold.from ? `at ${at(hold.from)}` : hold.to === undefined ? `from ${at(hold.from)} on` : `${at(hold.from)} to ${at(hold.to)}`;
      return {
        name: `${gateName(hold.gate, player)} = ${digits(hold.value)} ${span}${of(hold.unit)}`,
        without: (/** @type {Tampering} */ all) => withoutHold(all, hold),
      };
    }),
    ...edits.map((edit) => ({
      name: `${memoryName(edit.memory, names)} = ${digits(edit.value)} after ${at(edit.at)}${of(edit.unit)}`,
      without: (/** @type {Tampering} */ all) => ({ ...all, edits: all.edits.filter((one) => one !== edit) }),
    })),
    ...swaps.map((swap) => ({
      name: `memory of “${swap.text}” after ${at(swap.at)}${of(swap.unit)}`,
      without: (/** @type {Tampering} */ all) => ({ ...all, swaps: all.swaps.filter((one) => one !== swap) }),
    })),
    ...silenced.map((silent) => ({
      name: `unit ${silent} silenced`,
      without: (/** @type {Tampering} */ all) => ({ ...all, silenced: all.silenced.filter((one) => one !== silent) }),
    })),
  ];
}
