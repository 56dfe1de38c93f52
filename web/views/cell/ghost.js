import { append, byId } from '../../dom.js';

/** A completion is read out when nothing is typed for so long: milliseconds. */
const READ_OUT_AFTER = 1200;

/** A letter, which gives a paragraph its direction. */
const LETTER = /\p{L}/u;
/** What stands before a completion where no letter is typed yet, so that it does not turn the digits before it round. */
const LEFT_TO_RIGHT = '\u200e';

/**
 * The completion behind the typed text, in grey: Tab, the arrow onwards or a button accepts it, Escape or a button
 * dismisses it until something is typed. Tab leaves the box for who only passes through: it accepts once after a key or
 * a click in the box.
 *
 * @param {HTMLTextAreaElement} typed
 * @param {HTMLElement} after   where the completion stands, in the layer that repeats the text
 */
export function makeGhost(typed, after) {
  const accept = /** @type {HTMLButtonElement} */ (byId('accept'));
  const dismiss = /** @type {HTMLButtonElement} */ (byId('dismiss'));
  const status = byId('ghost-status');
  const box = /** @type {HTMLElement} */ (typed.parentElement);
  let completion = '';
  /** @type {object | undefined} */
  let writer;
  let isDismissed = false;
  let isComposing = false;
  let takesTab = false;
  let timer = 0;

  /** A completion continues the text only when the caret is at its end. */
  const isAtEnd = () => typed.selectionStart === typed.value.length || document.activeElement !== typed;

  function draw() {
    const shown = completion && isAtEnd() && !isComposing ? completion : '';
    const lastLine = typed.value.slice(typed.value.lastIndexOf('\n') + 1);
    after.textContent = shown && !LETTER.test(lastLine) ? LEFT_TO_RIGHT + shown : shown;
    accept.disabled = dismiss.disabled = !shown;
    clearTimeout(timer);
    if (document.activeElement !== typed) return;
    timer = window.setTimeout(() => { status.textContent = shown && `Completion: ${shown}`; }, READ_OUT_AFTER);
  }

  /** @param {string} text */
  function set(text) {
    completion = text;
    draw();
  }

  function acceptIt() {
    append(typed, completion);
    completion = '';
    typed.setSelectionRange(typed.value.length, typed.value.length);
    typed.dispatchEvent(new Event('input'));
    box.scrollTop = box.scrollHeight;
  }

  function dismissIt() {
    isDismissed = true;
    set('');
  }

  /** @param {KeyboardEvent} event */
  function answer(event) {
    if (event.isComposing || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    const onwards = getComputedStyle(typed).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const isShown = Boolean(after.textContent);
    if (isShown && event.key === 'Escape') dismissIt();
    else if (isShown && event.key === 'Tab' && takesTab) {
      acceptIt();
      takesTab = false;
    } else if (isShown && event.key === onwards && typed.selectionEnd === typed.value.length) acceptIt();
    else {
      takesTab = event.key !== 'Tab';
      return;
    }
    event.preventDefault();
  }

  let last = typed.value;
  typed.addEventListener('input', () => {
    isDismissed = false;
    const added = typed.value.startsWith(last) ? typed.value.slice(last.length) : '';
    last = typed.value;
    // Typing the proposed characters keeps the rest of the completion.
    set(added && completion.startsWith(added) ? completion.slice(added.length) : '');
  });
  typed.addEventListener('keydown', answer);
  typed.addEventListener('click', () => { takesTab = true; });
  typed.addEventListener('blur', () => { takesTab = false; });
  for (const [type, begins] of /** @type {const} */ ([['compositionstart', true], ['compositionend', false]])) {
    typed.addEventListener(type, () => {
      isComposing = begins;
      draw();
    });
  }
  document.addEventListener('selectionchange', () => {
    if (document.activeElement === typed) draw();
  });
  for (const [button, act] of /** @type {const} */ ([[accept, acceptIt], [dismiss, dismissIt]])) {
    button.addEventListener('click', (event) => {
      act();
      if (event.detail === 0) typed.focus(); // by keyboard: the focus cannot stay on a button that is disabled now
    });
  }
  typed.setSelectionRange(typed.value.length, typed.value.length);

  return {
    /**
     * @param {string} text
     * @param {object} by   the network that wrote it
     */
    show(text, by) {
      writer = by;
      set(text);
    },
    /** The text is another one, which nobody typed. */
    clear() {
      last = typed.value;
      isDismissed = false;
      set('');
    },
    /**
     * Is there no completion by this network, and was it not dismissed?
     *
     * @param {object} by
     */
    isWanted: (by) => !isDismissed && !isComposing && (!completion || writer !== by),
  };
}
