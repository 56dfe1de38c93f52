import { byId, oncePerFrame } from '../../dom.js';
import { clock, count, roundedCount } from '../../format.js';
import { isSameNetwork, kinds, settingsOf } from '../../model/learn/settings.js';

/** @typedef {import('../../model/learn/Session.js').Session} Session */

/**
 * Start, Pause, Reset, what the network is doing, and the numbers of the training.
 *
 * @param {Session} session
 */
export function showTraining(session) {
  const start = /** @type {HTMLButtonElement} */ (byId('start'));
  const pause = /** @type {HTMLButtonElement} */ (byId('pause'));
  const reset = /** @type {HTMLButtonElement} */ (byId('learn-reset'));
  const status = byId('learn-status');

  start.addEventListener('click', () => { session.start(); });
  pause.addEventListener('click', () => { session.pause(); });
  reset.addEventListener('click', () => { session.reset(); });

  const showState = () => {
    const { state, model, trained } = session;
    const isLearning = state === 'training' || state === 'pausing';
    const hadFocus = document.activeElement === start || document.activeElement === pause;
    start.hidden = isLearning;
    pause.hidden = !isLearning;
    start.disabled = state !== 'ready' || !model;
    start.textContent = trained ? 'Continue' : 'Start';
    reset.disabled = !model;
    if (hadFocus) (isLearning ? pause : start).focus();
    const text = describe(session);
    if (status.textContent !== text) status.textContent = text;
  };
  for (const event of ['state', 'model', 'settings']) session.addEventListener(event, showState);
  showNumbers(session);
  showRecoveries(session);
}

/** @param {Session} session */
function describe({ state, model, trained, text, settings, last }) {
  if (state === 'lost') return 'Stopped.';
  if (state === 'starting' || !model) return 'Loading…';
  if (state === 'pausing') return 'Pausing after this step…';
  const network = { ...settings, ...settingsOf(model.config) };
  if (!isSameNetwork(settings, network)) return 'Reset makes the network that you chose.';
  if (state === 'training') return `Learning ${text?.name}.`;
  if (last?.done && last.step) return 'The run is over; Continue for another.';
  return trained ? 'Paused.' : `Ready: an untrained ${kinds[settings.kind].name}.`;
}

/** @param {Session} session */
function showNumbers(session) {
  /** @type {number | undefined} */
  let valLoss;
  /** Characters a second, smoothed over about 10 reports. @type {number | undefined} */
  let speed;
  const draw = oncePerFrame(() => {
    const { last, settings } = session;
    byId('learn-loss').textContent = last ? last.loss.toFixed(3) : '–';
    byId('learn-val-loss').textContent = valLoss === undefined ? '–' : valLoss.toFixed(3);
    byId('learn-gradient-norm').textContent = last ? last.gradientNorm.toPrecision(2) : '–';
    byId('learn-speed').textContent = speed === undefined ? '–' : roundedCount(speed);
    byId('learn-speed-name').textContent = (last?.threads ?? 1) > 1 ? `Speed on ${last?.threads} cores` : 'Speed';
    byId('learn-epoch').textContent = last ? last.epoch.toFixed(2) : '0';
    byId('step').textContent = count(last?.step ?? 0);
    const isInFirstRun = settings.steps > 0 && (last?.step ?? 0) <= settings.steps;
    byId('learn-of-steps').textContent = isInFirstRun ? `of ${count(settings.steps)}` : 'updates';
    byId('learn-time').textContent = clock(last?.seconds ?? 0);
    const isTimed = settings.steps > 0 && last?.secondsLeft !== undefined;
    byId('learn-time-left').textContent = isTimed ? `about ${clock(last?.secondsLeft ?? 0)} left` : 'trained';
  });
  session.addEventListener('report', (event) => {
    const report = /** @type {CustomEvent<import('../../model/learn/Session.js').TrainReport>} */ (event).detail;
    valLoss = report.valLoss ?? valLoss;
    speed = (speed ?? report.charsPerSecond) * 0.9 + report.charsPerSecond * 0.1;
    draw();
  });
  session.addEventListener('settings', draw);
  session.addEventListener('model', () => {
    valLoss = session.curve.valLoss.findLast((value) => value !== undefined);
    speed = session.last?.charsPerSecond;
    const characters = session.model?.alphabet.length ?? 1;
    byId('learn-even-loss').textContent = Math.log(characters).toFixed(2);
    draw();
  });
}

/**
 * Says when a run diverged and went back to an earlier step.
 *
 * @param {Session} session
 */
function showRecoveries(session) {
  const note = byId('learn-recovery');
  session.addEventListener('model', () => { note.textContent = ''; });
  session.addEventListener('report', (event) => {
    const { event: what, reason, step, learningRate } = /** @type {CustomEvent} */ (event).detail;
    if (what !== 'recovered') return;
    note.textContent = `Something went wrong: ${reason}. The run went back to step ${count(step)} and goes on with `
      + `half the learning rate, ${learningRate.toPrecision(2)}.`;
  });
}
