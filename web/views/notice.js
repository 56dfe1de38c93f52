import { byId } from '../dom.js';

/** What a lost Worker can come from, and what helps. */
const HELP = 'The page needs WebAssembly and Web Workers. If a content blocker, a security setting or an old browser '
  + 'stops them, allow them for this page or use a current Chrome, Edge, Firefox or Safari; then try again.';

const SLOW = 'This browser runs WebAssembly without SIMD: everything works, but several times slower. '
  + 'Current versions of Chrome, Edge, Firefox and Safari have it.';

/** @typedef {import('../model/Reader.js').Reader} Reader */
/** @typedef {import('../model/learn/Session.js').Session} Session */

/**
 * Tells what went wrong and what to do.
 *
 * @typedef {object} Notice
 * @property {(message: string) => void} show
 * @property {() => void} clear
 * @property {(address: import('./address.js').AddressBar) => void} follow   tells what of the address could not be read
 */

/**
 * @param {Session} session
 * @param {Reader} reader
 * @returns {Notice}
 */
export function showNotices(session, reader) {
  const lost = makeEntry();
  const reading = makeEntry();
  const slow = makeEntry();
  const problem = makeEntry();
  const link = makeEntry();

  /** @type {Notice} */
  const notice = {
    show: (message) => problem.show(message, 'Close', () => {}),
    clear: problem.clear,
    follow(address) {
      /** @type {string[]} */
      let notes = [];
      address.addEventListener('notes', (event) => {
        notes = [...new Set([...notes, .../** @type {CustomEvent} */ (event).detail])];
        link.show(`In the link of this page ${notes.join(' ')}`, 'Close', () => { notes = []; });
      });
    },
  };
  session.addEventListener('problem', (event) => {
    notice.show(/** @type {CustomEvent} */ (event).detail.message);
  });
  reader.addEventListener('problem', (event) => {
    reading.show(/** @type {CustomEvent} */ (event).detail.message, 'Close', () => {});
  });

  reader.addEventListener('model', () => {
    if (reader.variant === 'scalar') slow.show(SLOW, 'Close', () => {});
  }, { once: true });

  const networks = [
    { source: session, name: 'The network that you train', hasRun: false },
    { source: reader, name: 'The network that reads', hasRun: false },
  ];
  for (const network of networks) {
    network.source.addEventListener('model', () => { network.hasRun = true; });
    network.source.addEventListener('state', () => {
      if (networks.every(({ source }) => source.state !== 'lost')) lost.clear();
    });
    network.source.addEventListener('lost', (event) => {
      const gone = networks.filter(({ source }) => source.state === 'lost');
      const what = gone.map(({ name, hasRun }) => `${name} ${hasRun ? 'has stopped' : 'cannot start'}.`).join(' ');
      const { message } = /** @type {CustomEvent} */ (event).detail;
      lost.show(`${what} ${HELP}`, 'Try again', () => { for (const { source } of gone) source.open(); }, message);
    });
  }
  return notice;
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
