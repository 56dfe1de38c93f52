import { oncePerFrame, setText } from '../../../dom.js';
import { charName, isNamed } from '../../../format.js';
import { anatomyOf } from '../../../model/cell/anatomy.js';
import { differences, drawingOf } from '../../../model/cell/drawing.js';
import { event as eventNames } from '../../../model/cell/drawing/names.js';
import { holdAt } from '../../../model/cell/tampering.js';
import { Picture } from './Picture.js';
import { makeEquations } from './equations.js';
import { makeLegend } from './legend.js';
import { before } from './boxes.js';

/** @typedef {import('../../../model/cell/Player.js').Player} Player */

/** Below this width, in pixels, the drawing runs from top to bottom. */
const NARROW = 660;
/** How long what is drawn otherwise is marked: milliseconds. */
const MARKED = 4000;
const CELLS = /** @type {Record<string, string>} */ ({
  lstm: 'LSTM', peephole: 'LSTM with peepholes', coupled: 'LSTM with coupled gates', 'four-gate': 'four-gate cell', gru: 'GRU', rnn: 'RNN',
  feedforward: 'layer without memory', tdnn: 'layer with time delays',
});

/**
 * Draws the cell that the player looks at, and keeps to it.
 *
 * @param {Player} player
 * @param {HTMLElement} element   becomes the figure
 * @param {object} [handlers]
 * @param {(gate: string, element: SVGElement) => void} [handlers.onGate]   a gate was pressed
 * @param {(memory: 'c' | 'h', element: SVGElement) => void} [handlers.onMemory]   a memory was pressed
 */
export function showDiagram(player, element, { onGate = () => {}, onMemory = () => {} } = {}) {
  element.classList.add('diagram');
  const legend = makeLegend();
  const equations = makeEquations();
  legend.element.append(equations.element);
  const list = document.createElement('ul');
  list.className = 'unseen';
  /** @type {{ picture: Picture, config: Record<string, any>, key: string, names: string } | undefined} */
  let shown;
  let timer = 0;

  const draw = oncePerFrame(() => {
    const config = player.subject?.layers[player.layer] ?? { kind: player.kind, hiddenSize: 1 };
    const place = { layer: player.layer, layers: player.subject?.layers.length ?? 1 };
    const shape = element.clientWidth < NARROW ? 'narrow' : 'wide';
    const key = JSON.stringify([config, place, shape]);
    if (shown?.key !== key) build(config, place, shape, key);
    update(config);
  });

  /**
   * @param {Record<string, any>} config
   * @param {{ layer: number, layers: number }} place
   * @param {'wide' | 'narrow'} shape
   * @param {string} key
   */
  function build(config, place, shape, key) {
    const drawing = drawingOf(config, shape, place);
    const picture = new Picture(drawing, { onGate, onMemory });
    const focused = element.contains(document.activeElement) ? document.activeElement?.closest('[data-id]')?.getAttribute('data-id') : undefined;
    // Of a cell of another size nothing is drawn otherwise.
    const last = shown && drawingOf({ ...shown.config, hiddenSize: config.hiddenSize }, shape, place);
    element.replaceChildren(picture.element, legend.element, list);
    if (focused) picture.focus(focused);
    if (last) mark(picture, differences(drawing, last));
    shown = { picture, config, key, names: '' };
  }

  /** @param {Picture} picture @param {Set<string>} ids */
  function mark(picture, ids) {
    clearTimeout(timer);
    picture.mark(ids);
    timer = setTimeout(() => picture.mark(new Set()), MARKED);
  }

  /** @param {Record<string, any>} config */
  function update(config) {
    if (!shown) return;
    const { names } = player;
    const anatomy = anatomyOf(config);
    const { now, untouched } = player.numbers();
    const isRead = Object.keys(now).length > 0;
    const part = anatomy.parts[Math.min(player.part, anatomy.parts.length - 1)];
    const event = eventOf(player, config);
    const state = {
      now: { ...now, ...(isRead && anatomy.flows(now)) },
      untouched: { ...untouched, ...(isRead && anatomy.flows(untouched)) },
      part: isRead ? part.id : undefined,
      held: new Set(Object.keys(now).filter((gate) => holdAt(player.tampering, { gate, unit: player.unit, at: player.at }))),
      done: { c: doneTo(player, 'c'), h: doneTo(player, 'h') },
      event,
    };
    if (shown.names !== names) {
      shown.names = names;
      const name = `${CELLS[anatomy.kind] ?? anatomy.kind}: how one unit reads one character`;
      shown.picture.rename(names, { event: eventNames, label: name });
      legend.rename(names);
      equations.show(anatomy.parts, names);
    }
    shown.picture.update(state, eventNames);
    legend.update(before(state, 'c') !== undefined || before(state, 'h') !== undefined || state.held.size > 0);
    const isSet = state.done.h === 'set';
    const parts = isRead ? anatomy.parts : [];
    while (list.childElementCount > parts.length) list.lastElementChild?.remove();
    while (list.childElementCount < parts.length) list.append(document.createElement('li'));
    parts.forEach(({ title, sentence, printed }, k) => {
      const says = printed(now)?.text ?? sentence(now, isSet);
      const said = printed(untouched)?.text ?? sentence(untouched);
      setText(list.children[k], `${title.course}: ${says}${says === said ? '' : `; without your change ${said}`}`);
    });
  }

  for (const type of ['run', 'place', 'choice', 'tampering']) player.addEventListener(type, draw);
  new ResizeObserver(draw).observe(element);
  draw();
}

/**
 * What comes into the layer, as it is written.
 *
 * @param {Player} player
 * @param {Record<string, any>} config
 */
function eventOf({ run, layer, at }, { delays = 1 }) {
  if (layer > 0) return `layer ${layer}`;
  const characters = run?.characters.slice(Math.max(0, at + 1 - delays), at + 1) ?? [];
  if (!characters.length) return '–';
  if (characters.length === 1 && isNamed(characters[0])) return charName(characters[0]);
  // A letter of a script that runs to the left leaves the marks around it where they are.
  return `“\u2068${characters.map((char) => (isNamed(char) ? '·' : char)).slice(-8).join('')}\u2069”`;
}

/** What was done to a memory of the unit after this character. @param {Player} player @param {'c' | 'h'} memory */
function doneTo({ tampering, unit, at }, memory) {
  const isHere = (/** @type {{ unit: number, at: number }} */ one) => one.unit === unit && one.at === at;
  if (tampering.edits.some((edit) => isHere(edit) && edit.memory === memory) || tampering.swaps.some(isHere)) return 'set';
  return memory === 'h' && tampering.silenced.includes(unit) ? 'silent' : '';
}
