import { byId } from '../../dom.js';
import { charName, decimal, isNamed } from '../../format.js';
import { memoryOf, predictionsAt } from '../../model/cell/readings.js';
import { sayGuess, sayHeard } from '../../model/book/words.js';

/** The largest bar stands for so much at least: nats. */
const LEAST_FULL = 1;

/**
 * The text, with bars below its characters: what the guess after the chosen one listens to, or what a unit remembers
 * there. A click chooses a character.
 *
 * @param {import('../../model/book/Book.js').Book} book
 */
export function showText(book) {
  const text = byId('book-text');
  const slider = /** @type {HTMLInputElement} */ (byId('book-at'));
  const place = byId('book-place');
  const sentence = byId('book-heard');
  const heard = /** @type {HTMLInputElement} */ (byId('book-show-heard'));
  const reads = /** @type {HTMLSelectElement} */ (byId('book-reads'));
  /** @type {HTMLElement[]} */
  let characters = [];

  book.addEventListener('text', () => {
    const shown = book.run?.characters ?? [];
    characters = shown.map(makeCharacter);
    text.replaceChildren(...characters.flatMap((span, t) => (shown[t] === '\n' ? [span, '\n'] : [span])));
    slider.max = String(Math.max(0, shown.length - 1));
    slider.disabled = shown.length === 0;
    draw();
  });
  for (const event of ['place', 'unit', 'heard']) book.addEventListener(event, draw);
  for (const id of ['book-show-heard', 'book-show-unit']) byId(id).addEventListener('change', draw);
  slider.addEventListener('input', () => book.go(slider.valueAsNumber));
  reads.addEventListener('change', () => book.show(reads.value === 'cell' ? 'cell' : 'passage'));
  text.addEventListener('click', ({ target }) => {
    const at = characters.indexOf(/** @type {HTMLElement} */ (target));
    if (at >= 0) book.go(at);
  });

  function draw() {
    const { run, at, unit, subject } = book;
    if (!run || !subject) return;
    byId('book-unit').textContent = `What unit ${unit} remembers`;
    const char = run.characters[at];
    const name = isNamed(char) ? charName(char) : `“${char}”`;
    reads.value = book.reads;
    slider.value = String(at);
    place.textContent = `${at + 1} of ${run.characters.length}`;
    slider.setAttribute('aria-valuetext', `${place.textContent}: ${name}`);
    const [best] = predictionsAt(run.untouched.probabilities, subject.alphabet, at);
    const { reach, values } = memoryOf(run.untouched.trace, unit);
    const full = Math.max(LEAST_FULL, ...(book.heard ?? []));
    const parts = heard.checked ? Array.from(book.heard ?? [], (nats) => Math.max(0, nats) / full) : values;
    characters.forEach((span, t) => {
      const part = parts[t] ?? 0;
      span.classList.toggle('here', t === at);
      span.classList.toggle('after', heard.checked && t > at);
      span.classList.toggle('negative', part < 0);
      span.style.setProperty('--v', Math.min(1, Math.abs(part)).toFixed(3));
    });
    const said = heard.checked
      ? book.heard && sayHeard(run.characters.slice(0, at + 1), book.heard)
      : `Unit ${unit} remembers ${decimal(values[at] * reach)}.`;
    sentence.textContent = [sayGuess(char, best), said].filter(Boolean).join(' ');
  }
}

/** @param {string} char */
function makeCharacter(char) {
  const span = document.createElement('span');
  span.textContent = char === '\n' ? '↵' : char;
  return span;
}
