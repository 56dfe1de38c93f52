import { setText } from '../../dom.js';
import { memoryOf } from '../../model/cell/readings.js';

/** So many heights and shades can be told apart on either side of zero. */
const STEPS = 50;

/**
 * The characters of the tape, in a layer that repeats the text: coloured by what the chosen unit remembers after each (a
 * bar upwards and one colour above zero, downwards and another below), and the one that is read in a frame.
 *
 * @param {HTMLElement} layer
 * @param {import('../../model/cell/Player.js').Player} player
 */
export function makeColouring(layer, player) {
  const before = document.createElement('span'); // too long ago to be read
  layer.append(before);
  /** @type {HTMLElement[]} */
  const spans = [];
  /** What each span shows, so that only what changes is written. @type {{ char: string, value: number }[]} */
  const shows = [];
  /** Of each span the character on the tape, or -1. @type {number[]} */
  let places = [];
  /** @type {HTMLElement | undefined} */
  let here;

  /** @param {string} text   what is typed: it may be ahead of what was read */
  function write(text) {
    const known = new Set(player.subject?.alphabet);
    const characters = [...text];
    const first = firstShown(characters, known, player.run?.skipped ?? 0);
    setText(before, characters.slice(0, first).join(''));
    const shown = characters.slice(first);
    while (spans.length > shown.length) {
      spans.pop()?.remove();
      shows.pop();
    }
    while (spans.length < shown.length) {
      const span = document.createElement('span');
      spans.push(span);
      shows.push({ char: '', value: 0 });
      layer.append(span);
    }
    let place = 0;
    places = shown.map((char, n) => {
      if (shows[n].char !== char) spans[n].textContent = shows[n].char = char;
      return known.has(char) ? place++ : -1;
    });
    colour();
    mark();
  }

  function colour() {
    const { trace, run, unit } = player;
    if (!trace || !run) return;
    const { values } = memoryOf(trace, unit);
    spans.forEach((span, n) => {
      const place = places[n];
      const isRead = place >= 0 && run.characters[place] === shows[n].char; // not yet where the text is ahead
      const value = isRead ? Math.round(values[place] * STEPS) / STEPS : 0;
      if (value === shows[n].value) return;
      shows[n].value = value;
      span.classList.toggle('negative', value < 0);
      span.style.setProperty('--v', String(Math.abs(value)));
    });
  }

  function mark() {
    const next = spans[places.indexOf(player.at)];
    if (next === here) return;
    here?.classList.remove('here');
    next?.classList.add('here');
    here = next;
  }

  return {
    write,
    colour,
    mark,
    /** The place on the tape of the character under a point of the screen. @param {number} x @param {number} y */
    placeUnder(x, y) {
      const n = spans.findIndex((span) => [...span.getClientRects()].some((box) =>
        x >= box.left && x <= box.right && y >= box.top && y <= box.bottom));
      return n < 0 ? -1 : places[n];
    },
    /** Where the character that is read stands. */
    get here() {
      return here;
    },
  };
}

/**
 * The first character that is read: so many that the network knows come before it.
 *
 * @param {string[]} characters
 * @param {Set<string>} known
 * @param {number} skipped
 */
function firstShown(characters, known, skipped) {
  let first = 0;
  for (let left = skipped; left > 0 && first < characters.length; first++) {
    if (known.has(characters[first])) left--;
  }
  return first;
}
