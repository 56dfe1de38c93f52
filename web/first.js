import { byId, nextTurn } from './dom.js';
import { parseFragment } from './model/address.js';
import { Player } from './model/cell/Player.js';
import { loadNetwork } from './model/networks.js';
import { address } from './views/address.js';
import { showCell } from './views/cell/cell.js';
import { keepCellAddress } from './views/cell/cell-address.js';
import { copyLinks } from './views/copy-link.js';
import { showModes } from './views/modes.js';
import { showNotices } from './views/notice.js';

/**
 * The first screen, and then all below it.
 *
 * @param {import('./model/LabHost.js').LabHost} lab
 */
export async function showFirst(lab) {
  const notice = showNotices();
  const player = new Player(lab, loadNetwork);
  loadNetwork('moby').catch(() => {}); // the HTML preloads it, and a browser warns where a preload is not used
  notice.watch(lab, 'The network that reads', () => lab.start());
  notice.hear(player);
  lab.addEventListener('state', () => { if (lab.variant === 'scalar') notice.tellSlow(); });
  const cell = showCell(player, lab);
  notice.follow(address);
  showModes(address);
  copyLinks(address);

  // What is seen first is loaded first: all below comes when this has predicted, or when somebody goes there.
  await Promise.race([keepCellAddress(player, address), isWantedBelow()]);
  while (isCellAlone()) await new Promise((resolve) => { addEventListener('hashchange', resolve, { once: true }); });
  const rest = await import('./rest.js').catch(() => undefined);
  if (!rest) {
    notice.show('What stands below the cell could not be loaded. Load the page again when the network is there.', 'Load again',
      () => location.reload());
    return;
  }
  await nextTurn(); // its script was a task of its own
  await rest.showRest({ player, lab, cell, notice });
  address.settled();
}

/** The cell as another page embeds it needs nothing of what stands below, but for a network of the visitor's. */
function isCellAlone() {
  const isAlone = document.body.classList.contains('only') && !byId('cell').closest('.away');
  return isAlone && parseFragment(location.hash).query.get('source') !== 'yours';
}

/** Somebody goes below the first screen. */
function isWantedBelow() {
  return new Promise((resolve) => {
    if (/^#(?!cell\b)./.test(location.hash)) resolve(undefined);
    for (const type of ['scroll', 'hashchange']) addEventListener(type, resolve, { once: true });
  });
}
