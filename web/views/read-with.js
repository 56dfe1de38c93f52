import { byId } from '../dom.js';

/**
 * The choice which network reads: the one trained beforehand, or the one that the visitor trains, as it is now.
 *
 * @param {import('../model/Reader.js').Reader} reader
 * @param {import('../model/Session.js').Session} session
 */
export function chooseReader(reader, session) {
  const pretrained = /** @type {HTMLInputElement} */ (byId('read-pretrained'));
  const yours = /** @type {HTMLInputElement} */ (byId('read-yours'));
  const follow = (/** @type {Event} */ event) => {
    reader.use('yours', /** @type {CustomEvent} */ (event).detail.bytes);
  };

  pretrained.addEventListener('change', () => {
    session.removeEventListener('snapshot', follow);
    reader.use('pretrained');
  });
  yours.addEventListener('change', () => session.addEventListener('snapshot', follow));
  // One that is opened again begins with the network trained beforehand.
  reader.addEventListener('lost', () => {
    session.removeEventListener('snapshot', follow);
    pretrained.checked = true;
  });
  const enable = () => { yours.disabled = !session.model && !yours.checked; };
  session.addEventListener('model', enable);
  session.addEventListener('state', enable);
  enable();
}
