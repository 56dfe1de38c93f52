import { byId } from '../../dom.js';
import { digits, printed, relu, sigmoid, tanh, times } from '../../model/cell/digits.js';
import { holdAt, withHold, withoutHold } from '../../model/cell/tampering.js';
import { gateName, index, memoryName } from './names.js';
import { quoted } from './next.js';
import { make, makePopover } from './popover.js';

/** @typedef {import('../../model/cell/Player.js').Player} Player */
/** @typedef {import('../../model/cell/types.js').GateSum} GateSum */
/** @typedef {import('../../model/cell/types.js').Term} Term */

/**
 * A gate, close by: the sum behind it, and a slider that holds it.
 *
 * @param {Player} player
 * @param {import('../../model/LabHost.js').LabHost} lab
 */
export function showGate(player, lab) {
  const element = byId('cell-gate');
  const popover = makePopover(element);
  const title = make('h3');
  const sum = make('div', { className: 'sum' });
  const slider = make('input', { type: 'range', step: '0.01', autofocus: true });
  const value = make('output');
  const place = choice('Only here', 'From here on');
  const units = choice('', 'All units');
  const [shut, open, letGo] = ['Shut', 'Open', 'Let go'].map((text) => make('button', { type: 'button' }, text));
  const why = make('p', { className: 'note' });
  const held = make('div', { className: 'held' },
    make('label', {}, 'Hold at', slider, value), place.element, units.element, make('p', { className: 'buttons' }, shut, open, letGo));
  element.append(title, held, why, sum);
  let gate = '';
  let isDragged = false;
  /** What is shown last wins. */
  let asked = 0;

  const where = () => ({ gate, unit: player.unit, at: player.at });

  /** @param {number} to */
  function hold(to) {
    const { at } = player;
    const unit = units.isSecond ? /** @type {const} */ ('all') : player.unit;
    const span = place.isSecond ? { from: at } : { from: at, to: at };
    player.tamper((all) => {
      const former = holdAt(all, where());
      return withHold(former && former.from === at ? withoutHold(all, former) : all, { gate, value: to, unit, ...span });
    }, { goesOn: isDragged });
  }

  slider.addEventListener('input', () => {
    hold(slider.valueAsNumber);
    isDragged = true;
  });
  slider.addEventListener('change', () => { isDragged = false; });
  for (const { element: scope } of [place, units]) {
    scope.addEventListener('change', () => { if (holdAt(player.tampering, where())) hold(slider.valueAsNumber); });
  }
  shut.addEventListener('click', () => hold(0));
  open.addEventListener('click', () => hold(1));
  letGo.addEventListener('click', () => player.tamper((all) => {
    const former = holdAt(all, where());
    return former ? withoutHold(all, former) : all;
  }));

  async function draw() {
    const { run, subject, unit, at, names, layer, tampering } = player;
    if (!run || !popover.isOpen) return;
    const { now } = player.numbers();
    if (!(gate in now)) { // of another kind of cell
      popover.close();
      return;
    }
    const former = holdAt(tampering, where());
    const name = gateName(gate, player);
    title.textContent = `${name} at ${quoted(run.characters[at])}: ${digits(former?.value ?? now[gate])}`;
    element.setAttribute('aria-label', name);
    slider.min = gate === 'candidate' || gate === 'use' ? '-1' : '0';
    slider.max = '1';
    if (document.activeElement !== slider || !former) slider.value = String(former?.value ?? now[gate]);
    value.textContent = digits(former?.value ?? now[gate]);
    units.name(`Unit ${unit}`);
    if (former) {
      place.set(former.to !== former.from);
      units.set(former.unit === 'all');
    }
    letGo.disabled = !former;
    held.hidden = subject?.untouchable !== undefined;
    why.textContent = subject?.untouchable ?? '';
    const ask = ++asked;
    const found = await lab.terms(player.id, { text: run.text, layer, unit, at, gate, tampering }).catch((error) => error.message);
    if (ask !== asked) return;
    sum.replaceChildren(...(typeof found === 'string' ? [found] : sumOf(found, names, former !== undefined)));
  }
  for (const type of ['run', 'place', 'choice', 'tampering']) player.addEventListener(type, draw);

  return {
    /** @param {string} which @param {Element} beside */
    open(which, beside) {
      gate = which;
      sum.replaceChildren();
      place.set(false);
      units.set(false);
      popover.open(beside);
      draw();
    },
  };
}

/**
 * The five largest terms, all others, the bias: each as it is printed, and what they make.
 *
 * @param {GateSum} found
 * @param {import('../../model/cell/types.js').Names} names
 * @param {boolean} isHeld
 */
function sumOf({ squash, value, sum, bias, terms, others }, names, isHeld) {
  const products = terms.map(({ weight, value: factor }) => printed(times(weight, factor)));
  const rest = [['all others', others], ['bias', bias]].filter(([, amount]) => amount !== 0);
  const shown = [...products.map(({ right }) => right), ...rest.map(([, amount]) => digits(/** @type {number} */ (amount)))];
  const added = shown.reduce((total, text) => total + Number(text.replace('−', '-')), 0);
  const sign = Math.abs(added - Number(digits(sum).replace('−', '-'))) < 0.005 ? '=' : '≈';
  const rows = [
    ...terms.map((term, k) => [termName(term, names), term.char !== undefined ? products[k].right : products[k].text]),
    ...rest.map(([name, amount]) => [String(name), digits(/** @type {number} */ (amount))]),
    [`sum ${sign}`, digits(sum)],
  ];
  const table = make('table', {}, make('tbody', {}, ...rows.map(([name, text]) =>
    make('tr', {}, make('th', { scope: 'row' }, name), make('td', {}, text)))));
  const squashed = { sigmoid, tanh, relu, none: undefined }[squash];
  const end = squashed ? printed(squashed(sum), value).text : digits(value);
  return [table, make('p', { className: 'squash' }, isHeld ? `${end} if it were let go` : end)];
}

/** @param {Term} term @param {import('../../model/cell/types.js').Names} names */
function termName({ of, unit = 0, char }, names) {
  if (char !== undefined) return quoted(char);
  return of === 'x' ? `unit ${unit} below` : `${memoryName(of, names)}${index(unit)}`;
}

let groups = 0;

/** Two radio buttons. @param {string} first @param {string} second */
function choice(first, second) {
  const name = `cell-held-${groups++}`;
  const radios = [first, second].map((text, k) => {
    const input = make('input', { type: 'radio', name, checked: k === 0 });
    const words = make('span', {}, text);
    return { input, words, label: make('label', {}, input, words) };
  });
  return {
    element: make('div', { className: 'tabs', role: 'radiogroup' }, ...radios.map(({ label }) => label)),
    get isSecond() {
      return radios[1].input.checked;
    },
    /** @param {boolean} isSecond */
    set(isSecond) {
      radios[isSecond ? 1 : 0].input.checked = true;
    },
    /** @param {string} text */
    name(text) {
      radios[0].words.textContent = text;
    },
  };
}
