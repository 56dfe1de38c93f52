import { LabHost } from './model/LabHost.js';
import { Reader } from './model/Reader.js';
import { Session } from './model/learn/Session.js';
import { showInside } from './views/book/book.js';
import { showLearning } from './views/learn/learn.js';
import { showNotices } from './views/notice.js';
import { keepForOffline } from './views/offline.js';
import { openPapersOnDemand } from './views/papers.js';
import { showPredictions } from './views/cell/predict.js';
import { chooseReader } from './views/cell/read-with.js';
import { playerOf } from './views/use/from-reader.js';
import { showUse } from './views/use/use.js';
import { showWhy } from './views/why/why.js';
import { address } from './views/address.js';
import { copyLinks } from './views/copy-link.js';
import { showModes } from './views/modes.js';

const reader = new Reader();
const session = new Session();
const lab = new LabHost();
const notice = showNotices(session, reader);
showPredictions(reader, session);
const isReading = reader.open();
chooseReader(reader, session);
showInside(reader, session);
keepForOffline(reader);
openPapersOnDemand();
showModes(address);
copyLinks(address);
notice.follow(address);

await isReading; // what is seen first is loaded first
showWhy();
await showLearning(session, notice, (bytes, asked) => {
  lab.start();
  return lab.slowStep(bytes, asked);
}).open();
const player = /** @type {any} */ (playerOf(reader, session));
showUse(player, session, player.load);
address.settled();
