import { byId } from '../dom.js';

/** What a lost Worker can come from, and what helps. */
const HELP = 'The page needs WebAssembly and Web Workers. If a content blocker, a security setting or an old browser '
  + 'stops them, allow them for this page or use a current Chrome, Edge, Firefox or Safari; then try again.';

/**
 * Tells what went wrong and what to do.
 *
 * @typedef {object} Notice
 * @property {(message: string) => void} show
 * @property {() => void} clear
 * @property {string} about   begins the message of the session's next problem
 */

/**
 * @param {import('../model/Session.js').Session} session
 * @returns {Notice}
 */
export function showNotices(session) {
  const alert = byId('alert');

  /**
   * @param {string} message
   * @param {string} action
   * @param {() => void} act
   */
  function show(message, action, act) {
    const text = document.createElement('p');
    text.textContent = message;
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = action;
    button.addEventListener('click', () => {
      alert.replaceChildren();
      act();
    });
    alert.replaceChildren(text, button);
    alert.scrollIntoView({ block: 'nearest' });
  }

  /** @type {Notice} */
  const notice = {
    about: '',
    show: (message) => show(message, 'Close', () => {}),
    clear: () => {
      if (session.state !== 'lost') alert.replaceChildren();
    },
  };
  let hasRun = false;
  session.addEventListener('model', () => { hasRun = true; });
  session.addEventListener('problem', (event) => {
    const { message } = /** @type {CustomEvent} */ (event).detail;
    notice.show(notice.about ? `${notice.about}: ${message}` : message);
  });
  session.addEventListener('lost', (event) => {
    const { message } = /** @type {CustomEvent} */ (event).detail;
    const what = hasRun ? 'The network has stopped, and what it had learnt is lost.' : 'The network cannot start.';
    show(`${what} ${HELP} (${message})`, 'Try again', () => { session.open(); });
  });
  return notice;
}
