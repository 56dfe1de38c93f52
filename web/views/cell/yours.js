import { byId } from '../../dom.js';
import { Snapshots } from '../../model/learn/Snapshots.js';

/** An example is so long: characters. */
const EXAMPLE = 20;

/**
 * The network that the visitor trains reads too, as it is now, about once a second.
 *
 * @param {import('../../model/cell/Player.js').Player} player
 * @param {import('../../model/learn/Session.js').Session} session
 * @param {{ setUntrained: (is: boolean) => void }} next
 */
export function followYours(player, session, next) {
  const choice = /** @type {HTMLInputElement} */ (byId('cell-source').querySelector('[value=yours]'));
  const snapshots = new Snapshots(session);
  let isFollowed = false;

  function follow() {
    const isWanted = player.wanted === 'yours';
    if (isWanted === isFollowed) return;
    isFollowed = isWanted;
    snapshots.follow(isWanted ? (bytes) => { player.useYours(bytes, beginning(session)); } : undefined);
  }
  function show() {
    choice.disabled = !session.model && !choice.checked;
    next.setUntrained(!session.trained);
  }
  for (const type of ['choice', 'problem']) player.addEventListener(type, follow);
  for (const type of ['model', 'state', 'report']) session.addEventListener(type, show);
  follow();
  show();
}

/**
 * For a network of another script, the first characters of its text.
 *
 * @param {import('../../model/learn/Session.js').Session} session
 */
function beginning({ text }) {
  return [...(text?.text ?? '').slice(0, 4 * EXAMPLE).trimStart()].slice(0, EXAMPLE).join('');
}
