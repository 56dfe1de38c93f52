/** How a cell is drawn: where its wires, gates and numbers stand, wide or narrow. */
import { gruNarrow, gruWide } from './drawing/gru.js';
import { lstmNarrow } from './drawing/lstm-narrow.js';
import { lstmWide } from './drawing/lstm-wide.js';
import { plainNarrow, plainWide } from './drawing/plain.js';

/** @typedef {import('./drawing/types.js').Drawing} Drawing */
/** @typedef {'wide' | 'narrow'} Shape */

/**
 * @param {Record<string, any>} config a layer, its kind and options
 * @param {Shape} shape
 * @param {import('./drawing/types.js').Place} [place]
 * @returns {Drawing}
 */
export function drawingOf(config, shape, place = { layer: 0, layers: 1 }) {
  const draw = {
    lstm: { wide: lstmWide, narrow: lstmNarrow },
    'four-gate': { wide: lstmWide, narrow: lstmNarrow },
    gru: { wide: gruWide, narrow: gruNarrow },
  }[/** @type {string} */ (config.kind)] ?? { wide: plainWide, narrow: plainNarrow };
  return draw[shape](config, place);
}

/**
 * The ids of what is drawn otherwise than before.
 *
 * @param {Drawing} drawing
 * @param {Drawing} before
 * @returns {Set<string>}
 */
export function differences(drawing, before) {
  const things = (/** @type {Drawing} */ { wires, boxes, chips, nodes, labels }) => [...wires, ...boxes, ...chips, ...nodes, ...labels];
  const known = new Map(things(before).map((thing) => [thing.id, JSON.stringify(thing)]));
  return new Set(things(drawing).filter((thing) => known.get(thing.id) !== JSON.stringify(thing)).map(({ id }) => id));
}
