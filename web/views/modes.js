import { byId } from '../dom.js';
import { modeKeys, parts, readModes, writeModes } from '../model/modes.js';

/** @typedef {import('../model/modes.js').Modes} Modes */
/** @typedef {import('../model/modes.js').Part} Part */

/** Where each part stands. @type {Record<Part, string>} */
const places = {
  cell: '#cell', tamper: '#cell', why: '#why', message: '[data-figure=message]', race: '[data-figure=race]', train: '#learn', book: '#book',
  beyond: '#beyond', exercises: '#exercises', use: '#use',
};

/**
 * How the page is shown: large for a projector, without the parts that a teacher hides, or one part alone, as another
 * page embeds it.
 *
 * @param {import('./address.js').AddressBar} address
 */
export function showModes(address) {
  /** @type {Modes} */
  let modes = { big: false, hide: [] };
  const big = byId('big');

  const show = () => {
    const { classList } = document.body;
    document.documentElement.classList.toggle('big', modes.big); // all sizes are relative to the root's
    classList.toggle('only', modes.only !== undefined);
    classList.toggle('no-tampering', modes.hide.includes('tamper'));
    big.setAttribute('aria-pressed', String(modes.big));
    for (const element of document.querySelectorAll('.away')) element.classList.remove('away');
    for (const name of modes.hide) if (name !== 'tamper') hide(name);
    if (modes.only) showAlone(modes.only);
  };
  const change = (/** @type {Partial<Modes>} */ changes) => {
    modes = { ...modes, ...changes };
    show();
    address.changed();
  };

  big.addEventListener('click', () => change({ big: !modes.big }));
  teachersMenu(address, () => modes);
  return address.register('modes', {
    keys: modeKeys,
    read(query) {
      const { modes: given, notes } = readModes(query);
      change(given);
      return notes;
    },
    reset: () => change({ big: false, hide: [], only: undefined }),
    write: () => writeModes(modes),
  });
}

/** With the links that lead there. @param {Part} name */
function hide(name) {
  for (const element of document.querySelectorAll(`${places[name]}, nav a[href="${places[name]}"]`)) {
    (element.closest('nav li') ?? element).classList.add('away');
  }
}

/** Only what contains the part is left, and what tells. @param {Part} name */
function showAlone(name) {
  let element = document.querySelector(places[name]);
  while (element && element !== document.body) {
    const parent = element.parentElement;
    for (const other of parent?.children ?? []) {
      if (other !== element && !other.matches('script, #alert, [role=status], dialog')) other.classList.add('away');
    }
    element = parent;
  }
}

/**
 * The parts to choose from, and a link without them.
 *
 * @param {import('./address.js').AddressBar} address
 * @param {() => Modes} modes
 */
function teachersMenu(address, modes) {
  const boxes = Object.entries(parts).filter(([name]) => name !== 'exercises').map(([name, title]) => {
    const label = document.createElement('label');
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.value = name;
    box.autocomplete = 'off';
    label.append(box, ` ${title}`);
    byId('ex-hide').append(label);
    return box;
  });
  const link = /** @type {HTMLAnchorElement} */ (byId('ex-hide-link'));
  const update = () => {
    const hide = boxes.filter(({ checked }) => checked).map(({ value }) => /** @type {Part} */ (value));
    link.href = address.linkWith('modes', writeModes({ ...modes(), hide, only: undefined }));
  };
  byId('ex-hide').addEventListener('change', update);
  byId('ex-teachers').addEventListener('toggle', () => {
    for (const box of boxes) box.checked = modes().hide.includes(/** @type {Part} */ (box.value));
    update();
  });
}
