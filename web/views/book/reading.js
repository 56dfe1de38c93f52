import { byId } from '../../dom.js';
import { decimal } from '../../format.js';

/**
 * The text, coloured by what the chosen unit remembers: a bar upwards and one colour where it is positive, downwards and
 * another where it is negative. A click goes to a character.
 *
 * @param {import('../../model/book/Inspection.js').Inspection} look
 */
export function showReading(look) {
  const text = byId('inside-text');
  /** @type {HTMLElement[]} */
  let characters = [];
  let here = 0;

  look.addEventListener('trace', () => {
    const shown = look.trace?.characters ?? [];
    characters = shown.map(makeCharacter);
    text.replaceChildren(...characters.flatMap((span, t) => (shown[t] === '\n' ? [span, '\n'] : [span])));
    colour();
    mark();
  });
  look.addEventListener('unit', colour);
  look.addEventListener('at', mark);
  text.addEventListener('click', ({ target }) => {
    const place = characters.indexOf(/** @type {HTMLElement} */ (target));
    if (place >= 0) look.go(place);
  });

  function colour() {
    for (const id of ['inside-unit-shown', 'inside-unit-again']) byId(id).textContent = String(look.unit);
    const { reach, values } = look.activation;
    characters.forEach((span, t) => {
      span.classList.toggle('negative', values[t] < 0);
      span.style.setProperty('--v', Math.abs(values[t]).toFixed(3));
    });
    const end = Number.isInteger(reach) ? String(reach) : decimal(reach);
    byId('inside-low').textContent = `−${end}`;
    byId('inside-high').textContent = end;
  }

  function mark() {
    characters[here]?.classList.remove('here');
    here = look.at;
    characters[here]?.classList.add('here');
  }
}

/** @param {string} char */
function makeCharacter(char) {
  const span = document.createElement('span');
  span.textContent = char === '\n' ? '↵' : char;
  return span;
}
