import { byId } from '../../dom.js';
import { decimal } from '../../format.js';
import { FEATURES } from '../../model/book/features.js';

/** @typedef {import('../../model/book/units.js').Finding} Finding */

/** Below this a unit can hardly be said to track anything. */
const WEAK = 0.5;
const BUTTONS = 3;

/**
 * The units that track something, as buttons that choose them.
 *
 * @param {import('../../model/book/Inspection.js').Inspection} look
 */
export function showFindings(look) {
  const rows = FEATURES.map(({ label }) => makeRow(look, label));
  byId('inside-units').append(...rows.map(({ item }) => item));
  const mark = () => rows.forEach((row) => row.mark());
  for (const event of ['unit', 'trace']) look.addEventListener(event, mark);

  /** @param {Finding[][]} found   for each feature, the best first */
  function show(found) {
    rows.forEach((row, f) => row.show(found[f]));
    mark();
  }
  return { show, clear: () => show(FEATURES.map(() => [])) };
}

/**
 * @param {import('../../model/book/Inspection.js').Inspection} look
 * @param {string} label
 */
function makeRow(look, label) {
  const item = document.createElement('li');
  const name = document.createElement('span');
  name.textContent = label;
  /** @type {Finding[]} */
  let found = [];
  const buttons = Array.from({ length: BUTTONS }, (_, k) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.disabled = true;
    button.textContent = '–';
    button.addEventListener('click', () => look.choose(found[k].unit, found[k].layer));
    return button;
  });
  item.append(name, ...buttons);
  return {
    item,
    /** @param {Finding[]} units */
    show(units) {
      found = units;
      buttons.forEach((button, k) => {
        const finding = units[k];
        button.disabled = !finding;
        button.classList.toggle('weak', finding && Math.abs(finding.r) < WEAK);
        if (!finding) {
          button.textContent = '–';
          button.removeAttribute('aria-label');
          return;
        }
        const { unit, layer, r } = finding;
        const place = look.config.length > 1 ? `L${layer + 1} ${unit}` : String(unit);
        const amount = document.createElement('span');
        amount.textContent = decimal(r);
        button.replaceChildren(place, ' ', amount);
        button.setAttribute('aria-label', `${label}: unit ${button.textContent}`);
      });
    },
    mark() {
      buttons.forEach((button, k) => {
        const isChosen = found[k]?.unit === look.unit && found[k]?.layer === look.layer;
        button.setAttribute('aria-pressed', String(isChosen));
      });
    },
  };
}
