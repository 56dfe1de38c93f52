/** Cells without gates: one box, and no line that passes by. */
import * as names from './names.js';
import { chip, label, look, wire } from './pieces.js';

/** @typedef {import('./types.js').Drawing} Drawing */
/** @typedef {import('./types.js').Place} Place */

const PARTS = 'write';

/** @param {Record<string, any>} config */
function box({ kind, activation = 'tanh', hiddenSize }) {
  const isRnn = kind === 'rnn';
  return {
    id: 'write', parts: [PARTS],
    title: { course: isRnn ? 'Write anew' : 'Answer', symbols: `h = ${activation}(…)`, pytorch: `rows 0:${hiddenSize}` },
  };
}

/** @param {Record<string, any>} config @param {'middle'} anchor @param {import('./types.js').Point[]} lines */
const caption = ({ kind }, anchor, lines) => {
  const words = kind === 'rnn' ? ['nothing', 'passes by'] : ['nothing is', 'remembered'];
  const texts = lines.length === 1 ? [words.join(' ')] : words;
  return texts.map((text, k) => label(`caption-${k}`, PARTS, text, lines[k], anchor, 'caption'));
};

/** From left to right. @param {Record<string, any>} config @param {Place} place @returns {Drawing} */
export function plainWide(config, place) {
  const isRnn = config.kind === 'rnn';
  return {
    width: 880,
    height: 440,
    event: { x: isRnn ? 216 : 440, y: 416, width: 200, height: 36, parts: [PARTS] },
    boxes: [{ ...box(config), x: 440, y: 224, width: 150, height: 64 }],
    nodes: [],
    chips: [
      ...(isRnn ? [chip('hBefore', PARTS, [88, 364], 'left')] : []),
      chip('h', PARTS, [800, 364], 'below', { memory: 'h', label: isRnn ? names.shortMemory : 'output' }),
    ],
    labels: [
      ...caption(config, 'middle', [[440, 102]]),
      ...(isRnn ? [label('h-before', PARTS, names.shortBefore, [24, 338], 'start')] : []),
      label('h', PARTS, isRnn ? names.shortAfter(place) : output(place), [864, 338], 'end'),
    ],
    joints: isRnn ? [[216, 364]] : [],
    wires: [
      ...(isRnn ? [
        wire('h-before', PARTS, 'hBefore', [[24, 364], [216, 364]]),
        { ...look('event-looks', PARTS, [[216, 398], [216, 364]]), leads: false },
        look('looks', PARTS, [[216, 364], [440, 364], [440, 256]]),
      ] : [look('looks', PARTS, [[440, 398], [440, 256]])]),
      wire('h', PARTS, 'h', [[515, 224], [656, 224], [656, 364], [856, 364]], { leads: true }),
    ],
  };
}

/** From top to bottom, for a phone. @param {Record<string, any>} config @param {Place} place @returns {Drawing} */
export function plainNarrow(config, place) {
  const isRnn = config.kind === 'rnn';
  return {
    width: 358,
    height: 544,
    event: { x: 190, y: 42, width: 88, height: 32, head: { x: 190, y: 18, anchor: 'middle' }, parts: [PARTS] },
    boxes: [{ ...box(config), x: 206, y: 262, width: 150, height: 64 }],
    nodes: [],
    chips: [
      ...(isRnn ? [chip('hBefore', PARTS, [296, 42], 'inside')] : []),
      chip('h', PARTS, [206, 482], 'above', { memory: 'h', label: isRnn ? names.shortMemory : 'output' }),
    ],
    labels: [
      ...caption(config, 'middle', [[66, 256], [66, 278]]),
      ...(isRnn ? [label('h-before', PARTS, names.shortBeforeShort, [354, 18], 'end')] : []),
      label('h', PARTS, isRnn ? names.shortAfter(place) : output(place), [206, 534], 'middle'),
    ],
    joints: isRnn ? [[190, 96]] : [],
    wires: [
      ...(isRnn ? [wire('h-before', PARTS, 'hBefore', [[296, 56], [296, 96], [190, 96]])] : []),
      look('looks', PARTS, [[190, 58], [190, 230]]),
      wire('h', PARTS, 'h', [[206, 294], [206, 514]], { leads: true }),
    ],
  };
}

/** @param {Place} place */
const output = (place) => /** @type {const} */ ({ course: `→ ${names.goal(place)}`, symbols: `h → ${names.goal(place)}`, pytorch: `h_t → ${names.goal(place)}` });
