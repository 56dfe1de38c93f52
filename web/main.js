import { LabHost } from './model/LabHost.js';
import { Player } from './model/cell/Player.js';
import { loadNetwork } from './model/networks.js';
import { address } from './views/address.js';
import { showCell } from './views/cell/cell.js';
import { keepCellAddress } from './views/cell/cell-address.js';
import { copyLinks } from './views/copy-link.js';
import { showModes } from './views/modes.js';
import { showNotices } from './views/notice.js';

const notice = showNotices();
const lab = new LabHost();
const player = new Player(lab, loadNetwork);
notice.watch(lab, 'The network that reads', () => lab.start());
notice.hear(player);
lab.addEventListener('state', () => { if (lab.variant === 'scalar') notice.tellSlow(); });
const cell = showCell(player, lab);
lab.start();
notice.follow(address);
showModes(address);
copyLinks(address);

// What is seen first is loaded first: all below comes when this has predicted, or when somebody goes there.
await Promise.race([keepCellAddress(player, address), isWantedBelow()]);
const { showRest } = await import('./rest.js');
await showRest({ player, lab, cell, notice });
address.settled();

function isWantedBelow() {
  return new Promise((resolve) => {
    if (/^#(?!cell\b)./.test(location.hash)) resolve(undefined);
    for (const type of ['scroll', 'hashchange']) addEventListener(type, resolve, { once: true });
  });
}
