/** The GRU, whose only memory runs through a tap that lets in as much of the new as it does not keep of the old. */
import * as names from './names.js';
import { chip, gate, label, look, wire } from './pieces.js';

/** @typedef {import('./types.js').Drawing} Drawing */
/** @typedef {import('./types.js').Place} Place */

const ALL = 'look-back learn remember';
const [TOP, BUS] = [96, 364];

/** From left to right. @param {Record<string, any>} config @param {Place} place @returns {Drawing} */
export function gruWide(config, place) {
  const { resetAfter } = config;
  return {
    width: 880,
    height: 440,
    event: { x: 540, y: 416, width: 200, height: 36, parts: [...ALL.split(' ')] },
    boxes: [
      gate('reset', 'look-back', config, [250, 208, 136, 68], 'level'),
      { ...gate('candidate', 'learn', config, [540, 306, 150, 60]), was: { x: 560, y: 355, anchor: 'end' } },
      gate('update', 'remember', config, [540, TOP, 176, 84], 'tap'),
    ],
    nodes: [],
    chips: [
      chip('hBefore', 'look-back remember', [88, TOP], 'below'),
      ...(resetAfter ? [] : [chip('seen', 'look-back learn', [372, 306], 'below')]),
      chip('h', 'remember', [800, TOP], 'below', { memory: 'h', label: names.shortMemory }),
    ],
    labels: [
      label('h-before', 'look-back remember', names.onlyBefore, [24, TOP - 26], 'start'),
      label('h', 'remember', names.onlyAfter(place), [856, TOP - 26], 'end'),
      label('learn', 'learn', { course: 'Learn', symbols: 'n', pytorch: 'n_t' }, [560, 214], 'start', 'name'),
      ...(resetAfter ? [label('product', 'look-back', { course: 'all of the memory × U', symbols: 'U h′', pytorch: 'W_hn h_(t−1)' }, [266, 150], 'start')] : []),
    ],
    joints: [[150, TOP], [250, TOP], [150, BUS], [480, BUS]],
    wires: [
      wire('h-before', 'look-back remember', 'hBefore', [[24, TOP], [452, TOP]]),
      wire('h', 'remember', 'h', [[628, TOP], [856, TOP]], { leads: true }),
      wire('into-reset', 'look-back', resetAfter ? undefined : 'hBefore', [[250, TOP], [250, 174]]),
      wire('seen', 'look-back learn', resetAfter ? undefined : 'seen', [[250, 242], [250, 306], [465, 306]]),
      wire('candidate', 'learn remember', 'candidate', [[540, 276], [540, 138]]),
      { ...look('memory-looks', ALL, [[150, TOP], [150, BUS]]), leads: false },
      { ...look('bus', ALL, [[150, BUS], [680, BUS]]), leads: false },
      { ...look('event-looks', ALL, [[480, 398], [480, BUS]]), leads: false },
      look('reset-looks', 'look-back', [[168, BUS], [168, 208], [182, 208]]),
      { ...look('event-learns', 'learn', [[580, 398], [580, 336]]), isOver: true },
      look('update-looks', 'remember', [[680, BUS], [680, 176], [604, 176], [604, 138]]),
    ],
  };
}

const [MEMORY, TRUNK, RIGHT] = [78, 190, 278];

/** From top to bottom, for a phone. @param {Record<string, any>} config @param {Place} place @returns {Drawing} */
export function gruNarrow(config, place) {
  const { resetAfter } = config;
  return {
    width: 358,
    height: 544,
    event: { x: TRUNK, y: 42, width: 88, height: 32, head: { x: TRUNK, y: 18, anchor: 'middle' }, parts: [...ALL.split(' ')] },
    boxes: [
      gate('reset', 'look-back', config, [RIGHT, 152, 136, 68], 'level'),
      { ...gate('candidate', 'learn', config, [RIGHT, 294, 136, 52]), was: { x: 212, y: 262, anchor: 'start' } },
      gate('update', 'remember', config, [MEMORY, 374, 144, 84], 'tap'),
    ],
    nodes: [],
    chips: [
      chip('hBefore', 'look-back remember', [MEMORY, 42], 'corner'),
      ...(resetAfter ? [] : [chip('seen', 'look-back learn', [RIGHT, 210], 'corner')]),
      chip('h', 'remember', [MEMORY, 482], 'beside', { memory: 'h', label: names.shortMemory }),
    ],
    labels: [
      label('h-before', 'look-back remember', { ...names.onlyBefore, symbols: 'hidden h′' }, [MEMORY - 6, 18], 'middle'),
      label('h', 'remember', names.onlyAfter(place), [10, 534], 'start'),
      label('learn', 'learn', { course: 'Learn', symbols: 'n', pytorch: 'n_t' }, [264, 338], 'end', 'name'),
      ...(resetAfter ? [label('product', 'look-back', { course: '× U', symbols: 'U h′', pytorch: 'W_hn h_(t−1)' }, [266, 88], 'end')] : []),
    ],
    joints: [[MEMORY, 78], [MEMORY, 98], [TRUNK, 78]],
    wires: [
      wire('h-before', 'look-back remember', 'hBefore', [[MEMORY, 56], [MEMORY, 332]]),
      wire('h', 'remember', 'h', [[MEMORY, 416], [MEMORY, 514]], { leads: true }),
      { ...look('memory-looks', ALL, [[MEMORY, 78], [TRUNK, 78]]), leads: false },
      { ...look('event-looks', ALL, [[TRUNK, 58], [TRUNK, 78]]), leads: false },
      { ...look('bus', ALL, [[TRUNK, 78], [TRUNK, 396]]), leads: false },
      wire('into-reset', 'look-back', resetAfter ? undefined : 'hBefore', [[MEMORY, 98], [RIGHT, 98], [RIGHT, 118]], { isOver: true }),
      wire('seen', 'look-back learn', resetAfter ? undefined : 'seen', [[RIGHT, 186], [RIGHT, 268]]),
      wire('candidate', 'learn remember', 'candidate', [[RIGHT, 320], [RIGHT, 356], [150, 356]], { isOver: true }),
      look('reset-looks', 'look-back', [[TRUNK, 152], [210, 152]]),
      look('event-learns', 'learn', [[234, 42], [353, 42], [353, 294], [346, 294]]),
      look('update-looks', 'remember', [[TRUNK, 396], [150, 396]]),
    ],
  };
}
