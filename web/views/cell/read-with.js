import { byId } from '../../dom.js';
import { Snapshots } from '../../model/learn/Snapshots.js';

/**
 * The choice which network reads: the one trained beforehand, or the one that the visitor trains, as it is now.
 *
 * @param {import('../../model/Reader.js').Reader} reader
 * @param {import('../../model/learn/Session.js').Session} session
 */
export function chooseReader(reader, session) {
  const pretrained = /** @type {HTMLInputElement} */ (byId('read-pretrained'));
  const yours = /** @type {HTMLInputElement} */ (byId('read-yours'));
  const snapshots = new Snapshots(session);

  /** @param {import('../../model/Reader.js').Reader['source']} source */
  const choose = (source) => {
    pretrained.checked = source === 'pretrained';
    yours.checked = source === 'yours';
    snapshots.follow(source === 'yours' ? (bytes) => { reader.use('yours', bytes); } : undefined);
  };
  pretrained.addEventListener('change', () => {
    choose('pretrained');
    reader.use('pretrained');
  });
  yours.addEventListener('change', () => choose('yours'));
  // If the chosen network could not be opened, the choice goes back to the one that reads.
  reader.addEventListener('problem', () => {
    const { wanted } = reader;
    if (yours.checked !== (wanted === 'yours')) choose(wanted);
  });
  // A reader that is opened again begins with the network trained beforehand.
  reader.addEventListener('lost', () => choose('pretrained'));
  const enable = () => { yours.disabled = !session.model && !yours.checked; };
  session.addEventListener('model', enable);
  session.addEventListener('state', enable);
  enable();
}
