import { byId } from '../../dom.js';

/**
 * The choice of a unit, a layer, and which memory of the unit is shown.
 *
 * @param {import('../../model/book/Inspection.js').Inspection} look
 */
export function chooseUnit(look) {
  const unit = /** @type {HTMLInputElement} */ (byId('inside-unit'));
  const layer = /** @type {HTMLSelectElement} */ (byId('inside-layer'));
  const memory = /** @type {HTMLSelectElement} */ (byId('inside-memory'));

  unit.addEventListener('change', () => {
    look.choose(Number.isInteger(unit.valueAsNumber) ? unit.valueAsNumber : look.unit);
    show();
  });
  layer.addEventListener('change', () => look.lookAt(Number(layer.value)));
  memory.addEventListener('change', () => look.remember(memory.value === 'c' ? 'c' : 'h'));

  look.addEventListener('trace', () => {
    const { layerTrace, config } = look;
    unit.disabled = false;
    unit.max = String((layerTrace?.hiddenSize ?? 1) - 1);
    const options = config.map((_, l) => new Option(`${l + 1} of ${config.length}`, String(l)));
    if (layer.length !== options.length) layer.replaceChildren(...options);
    /** @type {HTMLElement} */ (layer.parentElement).hidden = options.length === 1;
    memory.disabled = !layerTrace?.c || !look.hasOutput;
    show();
  });
  look.addEventListener('unit', show);

  function show() {
    unit.value = String(look.unit);
    layer.value = String(look.layer);
    memory.value = look.memory;
  }
}
