import { byId, oncePerFrame } from '../dom.js';
import { clock, count, roundedCount } from '../format.js';
import { sizeOf } from '../model/Session.js';

/**
 * Start, Pause, Reset, the size of the network, and the numbers of the training.
 *
 * @param {import('../model/Session.js').Session} session
 */
export function showTraining(session) {
  const start = /** @type {HTMLButtonElement} */ (byId('start'));
  const pause = /** @type {HTMLButtonElement} */ (byId('pause'));
  const reset = /** @type {HTMLButtonElement} */ (byId('reset'));
  const status = byId('status');

  start.addEventListener('click', () => { session.start(); });
  pause.addEventListener('click', () => { session.pause(); });
  reset.addEventListener('click', () => { session.reset(); });

  function showState() {
    const { state, model } = session;
    const hadFocus = document.activeElement === start || document.activeElement === pause;
    start.disabled = state !== 'ready' || !model;
    pause.disabled = state !== 'training';
    reset.disabled = !model;
    if (hadFocus) (pause.disabled ? start : pause).focus();
    const text = describe(session);
    if (status.textContent !== text) status.textContent = text;
  }
  session.addEventListener('state', showState);
  session.addEventListener('model', showState);
  chooseSize(session, showState);
  showNumbers(session);
}

/** @param {import('../model/Session.js').Session} session */
function describe({ state, model, trained, text, size }) {
  if (state === 'lost') return 'Stopped.';
  if (state === 'starting' || !model) return 'Loading…';
  if (state === 'training') return `Learning ${text?.name}.`;
  const chosen = sizeOf(model.config);
  if (chosen.hiddenSize !== size.hiddenSize || chosen.layers !== size.layers) return 'Reset makes a network of the new size.';
  return trained ? 'Paused.' : 'Ready: an untrained network.';
}

/**
 * The size applies to the next new network; one that has learnt nothing is made anew at once.
 *
 * @param {import('../model/Session.js').Session} session
 * @param {() => void} changed
 */
function chooseSize(session, changed) {
  const hiddenSize = /** @type {HTMLSelectElement} */ (byId('hidden-size'));
  const layers = /** @type {HTMLSelectElement} */ (byId('layers'));
  const choose = () => {
    session.size = { hiddenSize: Number(hiddenSize.value), layers: Number(layers.value) };
    if (!session.trained && session.state === 'ready') session.reset();
    changed();
  };
  hiddenSize.addEventListener('change', choose);
  layers.addEventListener('change', choose);
  session.addEventListener('model', () => {
    select(hiddenSize, session.size.hiddenSize);
    select(layers, session.size.layers);
  });
}

/**
 * Selects a value; an opened model may have one that is not in the list.
 *
 * @param {HTMLSelectElement} list
 * @param {number} value
 */
function select(list, value) {
  if (![...list.options].some((option) => option.value === String(value))) list.add(new Option(String(value)));
  list.value = String(value);
}

/** @param {import('../model/Session.js').Session} session */
function showNumbers(session) {
  /** @type {import('lstm-wasm/worker').TrainReport | undefined} */
  let report;
  /** @type {number | undefined} */
  let valLoss;
  /** Characters a second, smoothed over about 10 reports. @type {number | undefined} */
  let speed;
  const draw = oncePerFrame(() => {
    byId('loss').textContent = report ? report.loss.toFixed(3) : '–';
    byId('val-loss').textContent = valLoss === undefined ? '–' : valLoss.toFixed(3);
    byId('speed').textContent = speed === undefined ? '–' : roundedCount(speed);
    byId('chars').textContent = count(report?.chars ?? 0);
    byId('step').textContent = count(report?.step ?? 0);
    byId('time').textContent = clock(report?.seconds ?? 0);
  });
  session.addEventListener('report', (event) => {
    report = /** @type {CustomEvent} */ (event).detail;
    if (!report) return;
    valLoss = report.valLoss ?? valLoss;
    speed = (speed ?? report.charsPerSecond) * 0.9 + report.charsPerSecond * 0.1;
    draw();
  });
  session.addEventListener('model', () => {
    report = undefined;
    valLoss = undefined;
    speed = undefined;
    const characters = session.model?.alphabet.length ?? 1;
    byId('even-loss').textContent = `${count(characters)} characters costs ${Math.log(characters).toFixed(2)}`;
    draw();
  });
}
