import { byId } from '../../dom.js';

/** A completion is read out when nothing is typed for so long: milliseconds. */
const READ_OUT_AFTER = 1200;

/**
 * The completion behind the typed text, in grey: Tab or a button accepts it, Escape or a button dismisses it until
 * something is typed. A layer over the text box repeats the text unseen, so that the completion stands at its end.
 *
 * @param {HTMLTextAreaElement} typed
 */
export function makeGhost(typed) {
  const layer = byId('ghost');
  const accept = /** @type {HTMLButtonElement} */ (byId('accept'));
  const dismiss = /** @type {HTMLButtonElement} */ (byId('dismiss'));
  const status = byId('ghost-status');
  const before = document.createElement('span');
  const after = document.createElement('span');
  after.className = 'completion';
  layer.append(before, after);
  let completion = '';
  /** @type {object | undefined} */
  let writer;
  let isDismissed = false;
  let timer = 0;

  /** A completion continues the text only when the caret is at its end. */
  const isAtEnd = () => typed.selectionStart === typed.value.length || document.activeElement !== typed;

  function draw() {
    const shown = completion && isAtEnd() ? completion : '';
    before.textContent = typed.value;
    after.textContent = shown;
    layer.scrollTop = typed.scrollTop;
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
    typed.value += completion;
    completion = '';
    typed.dispatchEvent(new Event('input'));
    typed.setSelectionRange(typed.value.length, typed.value.length);
    typed.scrollTop = typed.scrollHeight;
  }

  function dismissIt() {
    isDismissed = true;
    set('');
  }

  let last = typed.value;
  typed.addEventListener('input', () => {
    isDismissed = false;
    const added = typed.value.startsWith(last) ? typed.value.slice(last.length) : '';
    last = typed.value;
    // Typing the proposed characters keeps the rest of the completion.
    set(added && completion.startsWith(added) ? completion.slice(added.length) : '');
  });
  typed.addEventListener('keydown', (event) => {
    if (event.isComposing || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || !after.textContent) return;
    if (event.key === 'Tab') acceptIt();
    else if (event.key === 'Escape') dismissIt();
    else return;
    event.preventDefault();
  });
  typed.addEventListener('scroll', () => { layer.scrollTop = typed.scrollTop; });
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
    /**
     * Is there no completion by this network, and was it not dismissed?
     *
     * @param {object} by
     */
    isWanted: (by) => !isDismissed && (!completion || writer !== by),
  };
}
