import { append, byId, oncePerFrame } from '../../dom.js';
import { latestWins } from '../../model/latest-wins.js';
import { makeColouring } from './colouring.js';
import { makeGhost } from './ghost.js';

/** Keys that only move the caret. */
const MOVES = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown']);

/** A completion is asked for when no key was pressed for so long, so that it holds up no prediction: milliseconds. */
const PAUSE = 60;

/**
 * The tape: what is typed is what the cell reads. The character before the caret is the one that is read.
 *
 * @param {import('../../model/cell/Player.js').Player} player
 * @param {import('../../model/LabHost.js').LabHost} lab
 */
export function showTape(player, lab) {
  const typed = /** @type {HTMLTextAreaElement} */ (byId('typed'));
  const box = /** @type {HTMLElement} */ (typed.parentElement);
  const layer = byId('ghost');
  const characters = document.createElement('span');
  const after = document.createElement('span');
  after.className = 'completion';
  layer.append(characters, after);
  const colouring = makeColouring(characters, player);
  const ghost = makeGhost(typed, after);
  let shown = player.text;
  let isComposing = false;
  /** Texts that were typed and are not read yet. */
  let ahead = 0;
  let timer = 0;

  const complete = latestWins(async () => {
    const { subject, text, run, id } = player;
    const isCurrent = () => player.subject === subject && typed.value === text;
    if (!subject || !run || !isCurrent() || !ghost.isWanted(subject)) return;
    const completion = await lab.complete(id, run.text).catch(() => ''); // who reads says what is wrong
    if (isCurrent()) ghost.show(player.source === 'brackets' ? closed(completion) : completion, subject);
  });

  /** The character on the tape that stands before the caret. */
  function placeOfCaret() {
    const known = new Set(player.subject?.alphabet);
    const before = [...typed.value.slice(0, typed.selectionStart)].filter((char) => known.has(char));
    return before.length - 1 - (player.run?.skipped ?? 0);
  }

  async function send() {
    colouring.write(typed.value);
    if (isComposing) return;
    const { value, selectionStart } = typed;
    ahead++;
    await player.choose({ text: value, ...(selectionStart < value.length ? { at: placeOfCaret() } : {}) });
    ahead--;
  }

  function follow() {
    if (typed.value !== player.text || typed.selectionStart !== typed.selectionEnd) return;
    player.choose({ at: placeOfCaret() });
  }

  /** Scrolls the tape, never the page. */
  const reveal = oncePerFrame(() => {
    const { here } = colouring;
    if (!here) return;
    const [inner, outer] = [here, box].map((element) => element.getBoundingClientRect());
    if (inner.top < outer.top || inner.bottom > outer.bottom) box.scrollTop += inner.top - outer.top - outer.height / 2 + inner.height / 2;
  });

  typed.addEventListener('input', send);
  typed.addEventListener('compositionstart', () => { isComposing = true; });
  typed.addEventListener('compositionend', () => {
    isComposing = false;
    send();
  });
  typed.addEventListener('keydown', ({ key, isComposing: composes }) => {
    if (MOVES.has(key) && !composes) requestAnimationFrame(follow);
  });
  typed.addEventListener('click', ({ clientX, clientY }) => {
    const place = colouring.placeUnder(clientX, clientY);
    if (place < 0 || typed.value !== player.text) follow();
    else if (typed.selectionStart === typed.selectionEnd) player.choose({ at: place });
  });
  player.addEventListener('run', () => {
    if (player.text !== shown && ahead === 0 && player.text !== typed.value) {
      typed.value = player.text;
      ghost.clear();
    }
    shown = player.text;
    colouring.write(typed.value);
    reveal();
    clearTimeout(timer);
    timer = window.setTimeout(complete, PAUSE);
  });
  player.addEventListener('choice', colouring.colour);
  player.addEventListener('place', () => {
    colouring.mark();
    reveal();
  });

  return {
    /** Writes a character at the end. @param {string} char */
    add(char) {
      append(typed, char);
      typed.setSelectionRange(typed.value.length, typed.value.length);
      typed.dispatchEvent(new Event('input'));
    },
  };
}

/** What follows the bracket that closes was in no text that the networks of six units read. @param {string} completion */
const closed = (completion) => completion.replace(/(?<=[)\]]).*/su, '');
