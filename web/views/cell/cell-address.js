import { cellKeys, readCell, untampered, writeCell } from '../../model/cell/address.js';
import { anatomyOf } from '../../model/cell/anatomy.js';
import { BRACKET_KINDS } from '../../model/cell/Shelf.js';

/** @typedef {import('../../model/cell/Player.js').Player} Player */
/** @typedef {import('../../model/cell/types.js').Kind} Kind */

/** What a character goes through, as the address calls it. @param {Kind} kind */
const partsOf = (kind) => anatomyOf({ kind: kind === 'peephole' || kind === 'coupled' ? 'lstm' : kind }).parts.map(({ id }) => id);

/** @param {Kind} kind @param {string | undefined} part */
function partNamed(kind, part) {
  if (part === undefined) return 0;
  const found = partsOf(kind).indexOf(part);
  return found < 0 ? undefined : found;
}

/**
 * The centrepiece in the address. It begins with what the address asks for, or with the text of the page.
 *
 * @param {Player} player
 * @param {import('../address.js').AddressBar} address
 */
export async function keepCellAddress(player, address) {
  /** What stands there where nothing was asked for. @type {string | undefined} */
  let preset;
  /** What was asked for last. @type {import('../../model/address.js').Entries} */
  let asked = [];
  const write = () => writeCell({ ...player, tampering: player.tampering, part: player.part ? partsOf(player.kind)[player.part] : '' });

  for (const type of ['run', 'place', 'choice', 'tampering']) player.addEventListener(type, () => address.changed());
  await address.register('cell', {
    section: 'cell',
    keys: cellKeys,
    async read(query) {
      const { choice, notes } = choose(query);
      asked = [...query].filter(([key]) => cellKeys.includes(key));
      await player.choose(choice);
      return notes;
    },
    reset() {
      if (preset) player.choose(choose(new URLSearchParams(preset)).choice);
    },
    write(isWhole) {
      if (player.isWaiting) return asked; // for the network that the visitor trains
      if (!player.run) return [];
      const entries = write();
      return !isWhole && String(new URLSearchParams(entries)) === preset ? [] : entries;
    },
    needsRun: () => player.source === 'yours',
  });
  if (player.run || player.isWaiting) return;
  await player.choose({});
  if (player.run) preset = String(new URLSearchParams(write()));
}

/**
 * What a player is to choose, and what of the address it cannot.
 *
 * @param {URLSearchParams} query
 */
function choose(query) {
  const { view, notes } = readCell(query);
  if (view.kind && view.source !== 'yours' && !BRACKET_KINDS.includes(view.kind)) {
    notes.push(`kind=${view.kind} can be looked at only in a network that you train; it is left out.`);
    delete view.kind;
  }
  const source = view.source ?? (view.kind && view.kind !== 'lstm' ? 'brackets' : 'moby');
  const kind = view.kind ?? 'lstm';
  const part = partNamed(kind, view.part);
  if (part === undefined) notes.push(`part=${view.part} is none of ${partsOf(kind).join(', ')}; it is left out.`);
  return {
    choice: { ...view, source, ...(source === 'yours' ? {} : { kind }), part: part ?? 0, tampering: view.tampering ?? untampered() },
    notes,
  };
}
