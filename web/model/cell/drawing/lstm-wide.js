/** The LSTM and its relatives from left to right: long-term memory on top, short-term memory below. */
import * as names from './names.js';
import { chip, gate, label, look, wire } from './pieces.js';

/** @typedef {import('./types.js').Wire} Wire */
/** @typedef {import('./types.js').Point} Point */

/** The two memories, and where the sum, the learnt and the used stand. */
const [TOP, BOTTOM, SUM, USE] = [96, 364, 500, 692];
const [LEFT, RIGHT] = [24, 856];

/**
 * @param {Record<string, any>} config
 * @param {import('./types.js').Place} place
 * @returns {import('./types.js').Drawing}
 */
export function lstmWide(config, place) {
  const { kind, coupled, peephole = 'none', inputGate = true, forgetGate = true, outputGate = true, projection } = config;
  const { inputActivation = true, outputActivation = true, layerNorm } = config;
  const isFourGate = kind === 'four-gate';
  const squash = `${outputActivation ? 'tanh' : ''}${layerNorm === true ? ' LN' : ''}`.trim();
  /** Between what uses the memory and the output gate. */
  const squashed = isFourGate ? 188 : squash ? 168 : TOP;
  return {
    width: 880,
    height: 440,
    event: { x: 216, y: 416, width: 200, height: 36, parts: ['forget', 'learn', 'use'] },
    boxes: [
      ...(forgetGate ? [gate('forget', 'forget', config, [280, TOP, 136, 76], 'level')] : []),
      ...(inputGate ? [gate('input', 'learn', config, [SUM, 208, 150, 68], 'level')] : []),
      { ...gate('candidate', 'learn', config, [SUM, 306, 150, 60]), was: { x: SUM + 12, y: 355, anchor: 'start' } },
      ...(isFourGate ? [{ ...gate('use', 'use', config, [USE, 160, 104, 56]), was: { x: USE + 58, y: 177, anchor: /** @type {const} */ ('start') } }] : []),
      ...(outputGate ? [gate('output', 'use', config, [USE, 250, 150, 68], 'level')] : []),
      ...(projection ? [{ id: 'projection', parts: ['use'], title: 'mixes all units', x: USE, y: 322, width: 150, height: 34 }] : []),
    ],
    nodes: [
      { id: 'sum', parts: ['remember'], sign: '+', x: SUM, y: TOP, width: 44, height: 44 },
      ...(isFourGate || !squash ? [] : [{ id: 'squash', parts: ['use'], sign: squash, x: USE, y: 152, width: squash.length > 4 ? 84 : 64, height: 32 }]),
    ],
    chips: [
      chip('cBefore', 'forget', [88, TOP], 'below'),
      ...(forgetGate ? [chip('kept', 'forget remember', [392, TOP], 'below')] : []),
      chip('learnt', 'learn remember', [SUM, 146], 'beside'),
      chip('c', 'remember', [800, TOP], 'below', { memory: 'c', label: names.longMemory }),
      ...(projection ? [] : [
        chip('hBefore', 'forget learn use', [88, BOTTOM], 'left'),
        chip('h', 'use', [800, BOTTOM], 'below', { memory: /** @type {const} */ ('h'), label: names.shortMemory }),
      ]),
    ],
    labels: [
      label('c-before', 'forget', names.longBefore, [LEFT, TOP - 26], 'start'),
      label('c', 'remember', names.longAfter, [RIGHT + 8, TOP - 26], 'end'),
      label('h-before', 'forget learn use', names.shortBefore, [LEFT, BOTTOM - 26], 'start'),
      label('h', 'use', names.shortAfter(place), [RIGHT + 8, BOTTOM + (projection ? 30 : -26)], 'end'),
      label('learn', 'learn', names.learnt, [SUM - 44, 151], 'end', 'name'),
      label('remember', 'remember', names.remembered, [SUM, 60], 'middle', 'name'),
      ...(forgetGate ? [] : [label('no-forget', 'forget', 'no forget gate', [280, TOP - 18], 'middle')]),
      ...(inputGate ? [] : [label('no-input', 'learn', 'no input gate', [SUM + 16, 213], 'start')]),
      ...(outputGate ? [] : [label('no-output', 'use', 'no output gate', [USE + 16, 255], 'start')]),
      ...(inputActivation ? [] : [label('no-tanh', 'learn', 'no tanh', [SUM - 12, 355], 'end')]),
      ...(coupled ? [label('coupled', 'forget', { course: '1 − i', symbols: '1 − i', pytorch: '1 − i_t' }, [352, 184], 'middle', 'name')] : []),
      ...(peephole !== 'none' ? [label('peephole', 'forget learn use', peephole === 'full' ? 'of all units' : 'of this unit', [168, 209], 'start')] : []),
    ],
    joints: [
      [216, BOTTOM], ...(isFourGate ? [/** @type {Point} */ ([440, TOP])] : [/** @type {Point} */ ([USE, TOP])]),
      ...(peephole === 'none' ? [] : /** @type {Point[]} */ ([[156, TOP], [605, TOP]])),
    ],
    wires: [
      wire('c-before', 'forget', 'cBefore', [[LEFT, TOP], [forgetGate ? 212 : SUM - 22, TOP]]),
      ...(forgetGate ? [wire('kept', 'forget remember', 'kept', [[348, TOP], [SUM - 22, TOP]])] : []),
      wire('remembered', 'remember use', 'sum', [[SUM + 22, TOP], [USE, TOP]]),
      wire('c', 'remember', 'c', [[USE, TOP], [RIGHT, TOP]], { leads: true }),
      wire('candidate', 'learn', 'candidate', [[SUM, 276], [SUM, inputGate ? 242 : 159]]),
      wire('learnt', 'learn remember', 'learnt', [[SUM, inputGate ? 174 : 159], [SUM, TOP + 22]]),
      ...(isFourGate ? [wire('kept-to-use', 'use', 'kept', [[440, TOP], [440, 28], [USE, 28], [USE, 132]], { isOver: true })]
        : squash ? [wire('c-to-use', 'use', 'sum', [[USE, TOP], [USE, 136]])] : []),
      wire('squashed', 'use', isFourGate ? 'use' : squash === 'tanh' ? 'tanh' : squash ? undefined : 'sum', [[USE, squashed], [USE, outputGate ? 216 : 284]]),
      wire('shown', 'use', 'shown', [[USE, 284], [USE, projection ? 305 : BOTTOM], ...(projection ? [] : /** @type {Point[]} */ ([[732, BOTTOM]]))]),
      wire('h', 'use', projection ? undefined : 'h', [...(projection ? /** @type {Point[]} */ ([[USE, 339], [USE, BOTTOM]]) : []), [732, BOTTOM], [RIGHT, BOTTOM]], { leads: true }),
      wire('h-before', 'forget learn use', projection ? undefined : 'hBefore', [[LEFT, BOTTOM], [216, BOTTOM]]),
      { ...look('event-looks', 'forget learn use', [[216, 398], [216, BOTTOM]]), leads: false },
      { ...look('bus', 'forget learn use', [[216, BOTTOM], [outputGate ? 592 : SUM, BOTTOM]]), leads: false },
      look('candidate-looks', 'learn', [[SUM, BOTTOM], [SUM, 336]]),
      ...(forgetGate && !coupled ? [look('forget-looks', 'forget', [[280, BOTTOM], [280, 134]])] : []),
      ...(coupled ? [look('coupled', 'forget', [[425, 196], [280, 196], [280, 134]])] : []),
      ...(inputGate ? [look('input-looks', 'learn', [[400, BOTTOM], [400, 218], [425, 218]])] : []),
      ...(outputGate ? [look('output-looks', 'use', [[592, BOTTOM], [592, 264], [617, 264]])] : []),
      ...peepholes(config),
    ],
  };
}

/** What the gates see of the cell state: forget and ignore of the one before, use of the new one. @param {Record<string, any>} config @returns {Wire[]} */
function peepholes({ peephole = 'none', inputGate = true, forgetGate = true, outputGate = true, coupled }) {
  if (peephole === 'none') return [];
  return [
    ...(inputGate ? [look('peephole-input', 'learn', [[156, TOP], [156, 190], [425, 190]], 'peephole')] : []),
    ...(forgetGate && !coupled ? [look('peephole-forget', 'forget', [[156, TOP], [156, 190], [244, 190], [244, 134]], 'peephole')] : []),
    ...(outputGate ? [look('peephole-output', 'use', [[605, TOP], [605, 236], [617, 236]], 'peephole')] : []),
  ];
}
