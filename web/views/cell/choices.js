import { byId } from '../../dom.js';

/** @typedef {import('../../model/cell/Player.js').Player} Player */

/**
 * Which network reads, which kind of cell, which unit of which layer, in which words.
 *
 * @param {Player} player
 */
export function showChoices(player) {
  const unit = /** @type {HTMLInputElement} */ (byId('cell-unit'));
  const layer = /** @type {HTMLSelectElement} */ (byId('cell-layer'));
  const groups = [
    radios('cell-source', (source) => player.choose({ source: /** @type {any} */ (source) }), () => player.wanted),
    radios('cell-kind', (kind) => player.choose({ kind: /** @type {any} */ (kind) }), () => player.kind),
    radios('cell-names', (names) => player.choose({ names: /** @type {any} */ (names) }), () => player.names),
  ];
  unit.addEventListener('change', () => {
    if (Number.isInteger(unit.valueAsNumber)) player.choose({ unit: unit.valueAsNumber });
    show();
  });
  layer.addEventListener('change', () => player.choose({ layer: Number(layer.value) }));

  function show() {
    for (const group of groups) group.show();
    const { subject, trace } = player;
    if (!subject || !trace) return;
    unit.max = String(trace.hiddenSize - 1);
    unit.value = String(player.unit);
    byId('cell-units').textContent = `of ${trace.hiddenSize}`;
    const { length } = subject.layers;
    if (layer.length !== length) layer.replaceChildren(...subject.layers.map((_, k) => new Option(`${k + 1} of ${length}`, String(k))));
    layer.value = String(player.layer);
    layer.hidden = length === 1;
    /** @type {HTMLElement} */ (layer.previousElementSibling).hidden = length === 1;
  }
  for (const type of ['choice', 'problem']) player.addEventListener(type, show);
}

/**
 * @param {string} id
 * @param {(value: string) => void} choose
 * @param {() => string} now
 */
function radios(id, choose, now) {
  const inputs = [...byId(id).querySelectorAll('input')];
  for (const input of inputs) input.addEventListener('change', () => choose(input.value));
  return { show: () => { for (const input of inputs) input.checked = input.value === now(); } };
}
