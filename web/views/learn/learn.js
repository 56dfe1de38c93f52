import { byId } from '../../dom.js';
import { count } from '../../format.js';
import { Autosave } from '../../model/learn/Autosave.js';
import { EarlierRuns } from '../../model/learn/EarlierRuns.js';
import { Samples } from '../../model/learn/Samples.js';
import { SlowMotion } from '../../model/learn/SlowMotion.js';
import { readSettings } from '../../model/learn/settings.js';
import { Undo } from '../../model/learn/Undo.js';
import { acceptDrops } from '../drop.js';
import { chooseEarlier } from './earlier.js';
import { showLoss } from './loss-chart.js';
import { keepModel } from './model-file.js';
import { showSamples } from './sample.js';
import { chooseSettings } from './settings.js';
import { showSlowMotion } from './slow-motion.js';
import { chooseText } from './source.js';
import { showTraining } from './training.js';
import { offerUndo } from './undo.js';

/**
 * The section that learns.
 *
 * @param {import('../../model/learn/Session.js').Session} session
 * @param {import('../notice.js').Notice} notice
 * @param {(bytes: Uint8Array, asked: { text: string, learningRate: number }) => Promise<import('../../worker/slow/slow-step.js').SlowStep>} [slowStep]
 *   of the lab; without it no step is shown slowly
 * @returns {{ open: () => Promise<void> }}   open: begins with the run that the last visit left, or the address asks for
 */
export function showLearning(session, notice, slowStep) {
  const samples = new Samples(session);
  const autosave = new Autosave(session, samples);
  const earlier = new EarlierRuns(session);
  const undo = new Undo(session, samples, (run) => autosave.throwAway(run, earlier.runs));
  const { settings, notes, isGiven } = readSettings(location.search);
  showTraining(session);
  showLoss(session, earlier);
  chooseEarlier(earlier);
  showSamples(samples);
  offerUndo(undo);
  byId('learn-slow').hidden = !slowStep;
  if (slowStep) showSlowMotion(new SlowMotion(session, slowStep), session);
  const models = keepModel(session, notice);
  const texts = chooseText(session, notice);
  acceptDrops(texts.useFile, models.useFile);
  const note = showSaving(autosave);

  return {
    async open() {
      const found = autosave.find(settings, { isGiven, isReturn: isReturn() });
      const opened = session.open();
      await session.choose(settings);
      chooseSettings(session);
      const { run, thrown, earlier: others } = await found;
      await Promise.all([opened, run || texts.useMobyDick()]);
      earlier.replace(others ?? []);
      if (run && session.state !== 'lost') {
        samples.replace(run.samples);
        if (await session.restore(run)) {
          const from = run.last ? `from step ${count(run.last.step)}` : 'with the model';
          note.textContent = `Goes on ${from}, where your last visit left it.`;
        } else {
          await autosave.keepApart();
        }
      }
      if (thrown && thrown.id !== session.id) undo.offer(thrown);
      if (!session.text) await texts.useMobyDick();
      autosave.begin();
      if (notes.length) notice.show(`In the link of this page ${notes.join(' ')}`);
    },
  };
}

/** Was the page loaded again, or come back to? */
function isReturn() {
  const [visit] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
  return visit?.type === 'reload' || visit?.type === 'back_forward';
}

/** @param {Autosave} autosave */
function showSaving(autosave) {
  const note = byId('learn-saved');
  autosave.addEventListener('saved', (event) => {
    const step = /** @type {CustomEvent} */ (event).detail;
    note.textContent = step === undefined ? 'Kept in this browser.' : `Kept in this browser at step ${count(step)}.`;
  });
  autosave.addEventListener('failed', (event) => {
    const { message } = /** @type {CustomEvent} */ (event).detail;
    note.textContent = `This browser keeps nothing (${message}): save the model before you leave.`;
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') autosave.hide();
  });
  // The first gives the write a head start; the second tells of ends that the first is not told of.
  for (const event of ['beforeunload', 'pagehide']) addEventListener(event, () => autosave.hide({ isEnd: true }));
  return note;
}
