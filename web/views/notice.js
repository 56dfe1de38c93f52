import { byId } from '../dom.js';

/** What a lost Worker can come from, and what helps. */
const HELP = 'The page needs WebAssembly and Web Workers. If a content blocker, a security setting or an old browser '
  + 'stops them, allow them for this page or use a current Chrome, Edge, Firefox or Safari; then try again.';

const SLOW = 'This browser runs WebAssembly without SIMD: everything works, but several times slower. '
  + 'Current versions of Chrome, Edge, Firefox and Safari have it.';

/** @typedef {import('../model/Emitter.js').Emitter & { state: string }} Host   of a Worker */

/**
 * Tells what went wrong and what to do.
 *
 * @typedef {object} Notice
 * @property {(message: string, action?: string, act?: () => void) => void} show   with a button; default: Close
 * @property {() => void} clear
 * @property {(host: Host, name: string, start: () => unknown) => void} watch   tells when a Worker is lost, and starts another
 * @property {(source: EventTarget) => void} hear   shows the problems of a source in a place of their own
 * @property {(address: import('./address.js').AddressBar) => void} follow   tells what of the address could not be read
 * @property {() => void} tellSlow   there is no SIMD
 */

/** @returns {Notice} */
export function showNotices() {
  const lost = makeEntry();
  const slow = makeEntry();
  const problem = makeEntry();
  const link = makeEntry();
  /** @type {{ host: Host, name: string, start: () => unknown, hasRun: boolean }[]} */
  const networks = [];

  return {
    show: (message, action = 'Close', act = () => {}) => problem.show(message, action, act),
    clear: problem.clear,
    tellSlow: () => slow.show(SLOW, 'Close', () => {}),
    follow(address) {
      /** @type {string[]} */
      let notes = [];
      address.addEventListener('notes', (event) => {
        notes = [...new Set([...notes, .../** @type {CustomEvent} */ (event).detail])];
        link.show(`In the link of this page ${notes.join(' ')}`, 'Close', () => { notes = []; });
      });
    },
    hear(source) {
      const entry = makeEntry();
      source.addEventListener('problem', (event) => {
        entry.show(/** @type {CustomEvent} */ (event).detail.message, 'Close', () => {});
      });
    },
    watch(host, name, start) {
      const network = { host, name, start, hasRun: false };
      networks.push(network);
      host.addEventListener('state', () => {
        if (host.state === 'ready') network.hasRun = true;
        if (networks.every((one) => one.host.state !== 'lost')) lost.clear();
      });
      host.addEventListener('lost', (event) => {
        const gone = networks.filter((one) => one.host.state === 'lost');
        const what = gone.map((one) => `${one.name} ${one.hasRun ? 'has stopped' : 'cannot start'}.`).join(' ');
        const { message } = /** @type {CustomEvent} */ (event).detail;
        lost.show(`${what} ${HELP}`, 'Try again', () => { for (const one of gone) one.start(); }, message);
      });
    },
  };
}

/** A place for one message with one button. */
function makeEntry() {
  const entry = document.createElement('div');
  const text = document.createElement('p');
  const details = document.createElement('small');
  const button = document.createElement('button');
  button.type = 'button';
  entry.append(text, button);
  const clear = () => entry.remove();
  return {
    clear,
    /**
     * @param {string} message
     * @param {string} action
     * @param {() => void} act
     * @param {string} [reason]   for who knows what it means
     */
    show(message, action, act, reason = '') {
      details.textContent = reason;
      text.replaceChildren(message, details);
      button.textContent = action;
      button.onclick = () => {
        clear();
        act();
      };
      byId('alert').append(entry);
    },
  };
}
