import { Session } from './model/Session.js';
import { showChart } from './views/chart.js';
import { acceptDrops } from './views/drop.js';
import { keepModel } from './views/model-file.js';
import { showNotices } from './views/notice.js';
import { showPredictions } from './views/predict.js';
import { showSample } from './views/sample.js';
import { chooseText } from './views/source.js';
import { showTraining } from './views/training.js';

const session = new Session();
const notice = showNotices(session);
showTraining(session);
showPredictions(session);
showChart(session);
showSample(session);
const models = keepModel(session, notice);
const texts = chooseText(session, notice);
acceptDrops(texts.useFile, models.useFile);

await Promise.all([session.open(), texts.useMobyDick()]);
