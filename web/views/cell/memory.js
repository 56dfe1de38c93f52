import { byId } from '../../dom.js';
import { digits } from '../../model/cell/digits.js';
import { hasOutput } from '../../model/cell/readings.js';
import { memoryName } from './names.js';
import { quoted } from './next.js';
import { make, makePopover } from './popover.js';

/** @typedef {import('../../model/cell/Player.js').Player} Player */

const OTHER_BRACKET = new Map([['(', '['], ['[', '('], [')', ']'], [']', ')']]);
const OTHER_TEXT = 'The white wh';

/**
 * A memory, close by: it can be set to another number, both of the unit's memories can be those of another text, and
 * the unit can be silenced.
 *
 * @param {Player} player
 */
export function showMemory(player) {
  const element = byId('cell-memory');
  const popover = makePopover(element);
  const title = make('h3');
  const number = make('input', { type: 'number', step: 'any', autofocus: true });
  const text = make('input', { type: 'text', spellcheck: false, autocomplete: 'off' });
  const silence = make('button', { type: 'button' });
  const setForm = make('form', {}, make('label', {}, 'Set it to', number), make('button', {}, 'Set'));
  const swapForm = make('form', {}, make('label', {}, 'Both memories as after', text), make('button', {}, 'Swap'));
  const why = make('p', { className: 'note' });
  element.append(title, setForm, swapForm, make('p', { className: 'buttons' }, silence), why);
  /** @type {'c' | 'h'} */
  let memory = 'c';
  let shown = '';

  /** Whose memory it is, and where. */
  const place = () => JSON.stringify([player.id, player.kind, player.layer, player.unit, player.at]);

  for (const type of ['run', 'place', 'choice']) {
    player.addEventListener(type, () => { if (popover.isOpen && place() !== shown) popover.close(); });
  }
  setForm.addEventListener('submit', (event) => {
    event.preventDefault();
    const value = number.valueAsNumber;
    if (!Number.isFinite(value)) return;
    const { unit, at } = player;
    player.tamper((all) => ({
      ...all,
      edits: [...all.edits.filter((edit) => edit.memory !== memory || edit.unit !== unit || edit.at !== at), { memory, unit, at, value }],
    }));
    popover.close();
  });
  swapForm.addEventListener('submit', (event) => {
    event.preventDefault();
    const { unit, at } = player;
    const swap = { unit, at, text: text.value };
    player.tamper((all) => ({ ...all, swaps: [...all.swaps.filter((one) => one.unit !== unit || one.at !== at), swap] }));
    popover.close();
  });
  silence.addEventListener('click', () => {
    const { unit } = player;
    player.tamper((all) => ({
      ...all, silenced: all.silenced.includes(unit) ? all.silenced.filter((one) => one !== unit) : [...all.silenced, unit],
    }));
    popover.close();
  });

  return {
    /** @param {'c' | 'h'} name @param {Element} beside */
    open(name, beside) {
      const { run, trace, unit, names, tampering, at, source } = player;
      if (!run || !trace) return;
      player.pause();
      memory = name;
      shown = place();
      /** @type {number | undefined} */
      const value = player.numbers().now[name];
      const label = memoryName(name, names);
      title.textContent = `${label} after ${quoted(run.characters[at])}${value === undefined ? '' : `: ${digits(value)}`}`;
      element.setAttribute('aria-label', label);
      number.value = value?.toFixed(2) ?? '';
      text.value = exampleFor(run.characters.slice(0, at + 1), source);
      silence.textContent = `${tampering.silenced.includes(unit) ? 'Hear' : 'Silence'} unit ${unit}`;
      setForm.hidden = value === undefined;
      swapForm.hidden = !hasOutput(trace);
      why.textContent = hasOutput(trace) ? '' : 'This layer projects h: no number of it is a unit’s own.';
      popover.open(beside);
    },
  };
}

/** A text that leaves other memories: with the other brackets, where there are brackets. @param {string[]} characters @param {string} source */
function exampleFor(characters, source) {
  return source === 'brackets' ? characters.map((char) => OTHER_BRACKET.get(char) ?? char).join('') : OTHER_TEXT;
}
