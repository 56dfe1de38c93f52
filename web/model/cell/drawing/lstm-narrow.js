/** The LSTM and its relatives from top to bottom, for a phone: long-term memory on the left, short-term on the right. */
import * as names from './names.js';
import { chip, gate, label, look, wire } from './pieces.js';

/** @typedef {import('./types.js').Wire} Wire */
/** @typedef {import('./types.js').Point} Point */

/** The long-term memory, what the gates look at, and the gates beside it. */
const [LONG, BUS, SHORT] = [78, 190, 278];
/** The sum, the output gate, the ends. */
const [SUM, USE, END] = [300, 392, 514];

/**
 * @param {Record<string, any>} config
 * @param {import('./types.js').Place} place
 * @returns {import('./types.js').Drawing}
 */
export function lstmNarrow(config, place) {
  const { kind, coupled, peephole = 'none', inputGate = true, forgetGate = true, outputGate = true, projection } = config;
  const { inputActivation = true, outputActivation = true, layerNorm } = config;
  const isFourGate = kind === 'four-gate';
  const squash = `${outputActivation ? 'tanh' : ''}${layerNorm === true ? ' LN' : ''}`.trim();
  const squashed = isFourGate ? 172 : squash ? 166 : LONG;
  return {
    width: 358,
    height: 544,
    event: { x: BUS, y: 42, width: 88, height: 32, head: { x: BUS, y: 18, anchor: 'middle' }, parts: ['forget', 'learn', 'use'] },
    boxes: [
      ...(forgetGate ? [gate('forget', 'forget', config, [LONG, 140, 124, 68], 'level')] : []),
      { ...gate('candidate', 'learn', config, [SHORT, 134, 136, 52]), was: { x: 212, y: 102, anchor: 'start' } },
      ...(inputGate ? [gate('input', 'learn', config, [SHORT, 222, 136, 68], 'level')] : []),
      ...(isFourGate ? [{ ...gate('use', 'use', config, [132, USE, 84, 52]), was: { x: 132, y: USE + 43, anchor: /** @type {const} */ ('middle') } }] : []),
      ...(outputGate ? [gate('output', 'use', config, [SHORT, USE, 136, 68], 'level')] : []),
      ...(projection ? [{ id: 'projection', parts: ['use'], title: 'mixes all units', x: SHORT, y: 462, width: 136, height: 34 }] : []),
    ],
    nodes: [
      { id: 'sum', parts: ['remember'], sign: '+', x: LONG, y: SUM, width: 40, height: 40 },
      ...(isFourGate || !squash ? [] : [{ id: 'squash', parts: ['use'], sign: squash, x: 132, y: USE, width: 68, height: 30 }]),
    ],
    chips: [
      chip('cBefore', 'forget', [LONG, 42], 'corner'),
      ...(forgetGate ? [chip('kept', 'forget remember', [LONG, 216], 'beside')] : []),
      chip('learnt', 'learn remember', [234, SUM], 'below'),
      chip('c', 'remember', [LONG, 482], 'beside', { memory: 'c', label: names.longMemory }),
      ...(projection ? [] : [
        chip('hBefore', 'forget learn use', [296, 42], 'inside'),
        chip('h', 'use', [SHORT, 482], 'above', { memory: /** @type {const} */ ('h'), label: names.shortMemory }),
      ]),
    ],
    labels: [
      label('c-before', 'forget', names.longBeforeShort, [LONG - 6, 18], 'middle'),
      label('c', 'remember', names.longAfter, [LONG, 534], 'middle'),
      label('h-before', 'forget learn use', names.shortBeforeShort, [354, 18], 'end'),
      label('h', 'use', names.shortAfter(place), [354, 534], 'end'),
      label('learn', 'learn', names.learnt, [288, SUM + 5], 'start', 'name'),
      label('remember', 'remember', names.remembered, [100, SUM - 13], 'start', 'name'),
      ...(forgetGate ? [] : [label('no-forget', 'forget', 'no gate', [LONG + 12, 144], 'start')]),
      ...(inputGate ? [] : [label('no-input', 'learn', 'no gate', [SHORT - 12, 226], 'end')]),
      ...(outputGate ? [] : [label('no-output', 'use', 'no gate', [SHORT, USE - 18], 'middle')]),
      ...(inputActivation ? [] : [label('no-tanh', 'learn', 'no tanh', [SHORT - 10, 178], 'end')]),
      ...(coupled ? [label('coupled', 'forget', { course: '1 − i', symbols: '1 − i', pytorch: '1 − i_t' }, [158, 190], 'end', 'name')] : []),
    ],
    joints: [
      [BUS, 84], ...(isFourGate ? [/** @type {Point} */ ([LONG, 252])] : [/** @type {Point} */ ([LONG, USE])]),
      ...(peephole === 'none' ? [] : /** @type {Point[]} */ ([[LONG, 84], [LONG, 350]])),
    ],
    wires: [
      ...peepholes(config),
      wire('c-before', 'forget', 'cBefore', [[LONG, 56], [LONG, forgetGate ? 106 : SUM - 20]]),
      ...(forgetGate ? [wire('kept', 'forget remember', 'kept', [[LONG, 174], [LONG, SUM - 20]], { isOver: true })] : []),
      wire('remembered', 'remember use', 'sum', [[LONG, SUM + 20], [LONG, USE]]),
      wire('c', 'remember', 'c', [[LONG, USE], [LONG, END]], { leads: true }),
      { ...look('event-looks', 'forget learn use', [[BUS, 58], [BUS, 84]]), leads: false },
      wire('h-before', 'forget learn use', projection ? undefined : 'hBefore', [[296, projection ? 26 : 56], [296, 84], [BUS, 84]]),
      { ...look('bus', 'forget learn use', [[BUS, 84], [BUS, 222]]), leads: false },
      ...(forgetGate && !coupled ? [look('forget-looks', 'forget', [[BUS, 140], [140, 140]])] : []),
      look('candidate-looks', 'learn', [[BUS, 134], [210, 134]]),
      ...(inputGate ? [look('input-looks', 'learn', [[BUS, 222], [210, 222]])] : []),
      ...(outputGate ? [look('output-looks', 'use', [[BUS, 222], [BUS, 340], [SHORT, 340], [SHORT, 358]])] : []),
      ...(coupled ? [look('coupled', 'forget', [[210, 210], [166, 210], [166, 150], [140, 150]])] : []),
      wire('candidate', 'learn', 'candidate', [[SHORT, 160], [SHORT, inputGate ? 188 : 256]]),
      wire('learnt', 'learn remember', 'learnt', [[SHORT, 256], [SHORT, SUM], [LONG + 20, SUM]], { isOver: true }),
      ...(isFourGate ? [wire('kept-to-use', 'use', 'kept', [[LONG, 252], [22, 252], [22, USE], [90, USE]], { isOver: true })]
        : squash ? [wire('c-to-use', 'use', 'sum', [[LONG, USE], [98, USE]])] : []),
      wire('squashed', 'use', isFourGate ? 'use' : squash === 'tanh' ? 'tanh' : squash ? undefined : 'sum', [
        [isFourGate ? 174 : squashed, USE], [outputGate ? 210 : SHORT, USE]]),
      wire('shown', 'use', 'shown', [[SHORT, outputGate ? 426 : USE], [SHORT, projection ? 445 : 470]]),
      wire('h', 'use', projection ? undefined : 'h', [[SHORT, projection ? 479 : 470], [SHORT, END]], { leads: true }),
    ],
  };
}

/** @param {Record<string, any>} config @returns {Wire[]} */
function peepholes({ peephole = 'none', inputGate = true, forgetGate = true, outputGate = true, coupled }) {
  if (peephole === 'none') return [];
  return [
    ...(forgetGate && !coupled ? [look('peephole-forget', 'forget', [[LONG, 84], [6, 84], [6, 150], [16, 150]], 'peephole')] : []),
    ...(inputGate ? [look('peephole-input', 'learn', [[LONG, 84], [6, 84], [6, 186], [200, 186], [200, 210], [210, 210]], 'peephole')] : []),
    ...(outputGate ? [look('peephole-output', 'use', [[LONG, 350], [200, 350], [200, 376], [210, 376]], 'peephole')] : []),
  ];
}
