// The page's one Worker script, so that the library reaches the page once. What a Worker of it does is said by its name.
import { serve } from 'lstm-wasm/serve';
import { keep } from '../model/keep.js';
import { answerAsLab } from './lab/answer.js';
import { isModule } from './load-library.js';

/** What only the race needs is loaded when it is first asked for something: no first prediction waits for it. */
const loadRace = keep(() => import('./race/race.js'));

/** Listens at once, for what comes before there is somebody who listens is lost. */
function race() {
  addEventListener('message', async ({ data }) => {
    if (isModule(data)) return;
    try {
      const { obey } = await loadRace();
      obey(data);
    } catch (error) { // a script that did not come
      postMessage({ type: data.type === 'flow' ? 'flow' : 'failed', id: data.id, round: 0, message: /** @type {Error} */ (error).message });
    }
  });
}

/** @type {Record<string, () => void>} */
const roles = { library: serve, lab: answerAsLab, race };

const { name } = globalThis;
if (!roles[name]) throw new Error(`a Worker of the page must be named ${Object.keys(roles).join(', ')}, got '${name}'`);
roles[name]();
