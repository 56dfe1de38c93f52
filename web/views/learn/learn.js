import { byId } from '../../dom.js';
import { count } from '../../format.js';
import { Autosave } from '../../model/learn/Autosave.js';
import { Samples } from '../../model/learn/Samples.js';
import { readSettings } from '../../model/learn/settings.js';
import { acceptDrops } from '../drop.js';
import { showLoss } from './loss-chart.js';
import { keepModel } from './model-file.js';
import { showSamples } from './sample.js';
import { chooseSettings } from './settings.js';
import { chooseText } from './source.js';
import { showTraining } from './training.js';

/**
 * The section that learns.
 *
 * @param {import('../../model/learn/Session.js').Session} session
 * @param {import('../notice.js').Notice} notice
 * @returns {{ open: () => Promise<void> }}   open: begins with the run that the last visit left, or the address asks for
 */
export function showLearning(session, notice) {
  const samples = new Samples(session);
  const autosave = new Autosave(session, samples);
  const { settings, notes, isGiven } = readSettings(location.search);
  showTraining(session);
  showLoss(session);
  showSamples(samples);
  const models = keepModel(session, notice);
  const texts = chooseText(session, notice);
  acceptDrops(texts.useFile, models.useFile);
  const note = showSaving(autosave);

  return {
    async open() {
      const [visit] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
      const found = autosave.find(settings, { isGiven, isReload: visit?.type === 'reload' });
      const opened = session.open();
      await session.choose(settings);
      chooseSettings(session);
      const run = await found;
      await Promise.all([opened, run || texts.useMobyDick()]);
      if (run && session.state !== 'lost') {
        samples.replace(run.samples);
        if (await session.restore(run)) {
          note.textContent = `Goes on from step ${count(run.last.step)}, where your last visit left it.`;
        } else {
          await autosave.keepApart();
        }
      }
      if (!session.text) await texts.useMobyDick();
      autosave.begin();
      if (notes.length) notice.show(`In the link of this page ${notes.join(' ')}`);
    },
  };
}

/** @param {Autosave} autosave */
function showSaving(autosave) {
  const note = byId('saved');
  autosave.addEventListener('saved', (event) => {
    note.textContent = `Kept in this browser at step ${count(/** @type {CustomEvent} */ (event).detail)}.`;
  });
  autosave.addEventListener('failed', (event) => {
    const { message } = /** @type {CustomEvent} */ (event).detail;
    note.textContent = `This browser keeps nothing (${message}): save the model before you leave.`;
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') autosave.save();
  });
  return note;
}
