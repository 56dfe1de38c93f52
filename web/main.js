import { Reader } from './model/Reader.js';
import { Session } from './model/Session.js';
import { showInside } from './views/inside/inside.js';
import { showLearning } from './views/learn.js';
import { showNotices } from './views/notice.js';
import { keepForOffline } from './views/offline.js';
import { showPredictions } from './views/predict.js';
import { chooseReader } from './views/read-with.js';
import { showWhy } from './views/why/why.js';

const reader = new Reader();
const session = new Session();
const notice = showNotices(session, reader);
showPredictions(reader, session);
const isReading = reader.open();
chooseReader(reader, session);
showInside(reader, session);
keepForOffline(reader);

await isReading; // what is seen first is loaded first
showWhy();
await showLearning(session, notice).open();
