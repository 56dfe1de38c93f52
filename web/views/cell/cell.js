import { byId } from '../../dom.js';
import { showChanges } from './changes.js';
import { showChoices } from './choices.js';
import { showDiagram } from './diagram/diagram.js';
import { showWalk } from './controls.js';
import { showGate } from './gate.js';
import { showMemory } from './memory.js';
import { showNext } from './next.js';
import { showTape } from './tape.js';

/**
 * The first screen: a tape, the cell that reads it, what comes next.
 *
 * @param {import('../../model/cell/Player.js').Player} player
 * @param {import('../../model/LabHost.js').LabHost} lab
 */
export function showCell(player, lab) {
  const tape = showTape(player, lab);
  const next = showNext(player, tape.add);
  showWalk(player);
  showChoices(player);
  showChanges(player);
  const gate = showGate(player, lab);
  const memory = showMemory(player);
  showDiagram(player, byId('cell-diagram'), { onGate: gate.open, onMemory: memory.open });
  return { next };
}
