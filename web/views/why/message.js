import { byId } from '../../dom.js';
import { powerOfTen, scientific } from '../../format.js';
import { STEPS, lanes } from '../../model/why/message-flow.js';

/** @typedef {import('../../model/why/Message.js').Message} Message */

/**
 * The tape of each network, with the message on it: as high as what is left of it.
 *
 * @param {Message} message
 */
export function showMessage(message) {
  const play = byId('why-play');
  const status = byId('why-message-status');
  const gate = /** @type {HTMLInputElement} */ (byId('why-gate'));
  const views = [...byId('why-lanes').children].map((lane, k) => laneOf(/** @type {HTMLElement} */ (lane), message, k));
  const draw = () => { for (const view of views) view(); };

  play.addEventListener('click', () => (message.state === 'playing' ? message.pause() : message.play()));
  byId('why-step').addEventListener('click', () => {
    message.step();
    status.textContent = describe(message);
  });
  gate.addEventListener('input', () => message.chooseGate(gate.valueAsNumber));
  message.addEventListener('step', draw);
  message.addEventListener('change', () => {
    play.textContent = message.state === 'playing' ? 'Pause' : message.back === STEPS ? 'Again' : 'Play';
    gate.value = String(message.gate);
    byId('why-gate-value').textContent = message.gate.toFixed(2);
    byId('why-power').textContent = powerText(message.gate);
    // Not at each step: there is one every third of a second.
    if (message.state === 'ready' && message.back > 0) status.textContent = describe(message);
    draw();
  });
  message.addEventListener('lost', (event) => {
    status.textContent = `The message cannot be computed (${/** @type {CustomEvent} */ (event).detail.message}). Play tries again.`;
  });
  byId('why-power').textContent = powerText(message.gate);
}

/** What the gate alone would leave. @param {number} gate */
const powerText = (gate) => `${gate.toFixed(2)}${powerOfTen(STEPS).slice(2)} = ${scientific(gate ** STEPS)}`;

/** @param {Message} message */
function describe({ back, left }) {
  if (back === 0) return 'The error is made: the message is whole.';
  return `${back} ${back === 1 ? 'step' : 'steps'} back: ${lanes.map(({ name }, k) => `${name} ${scientific(left[k][back])}`).join(', ')} of the message left.`;
}

/**
 * @param {HTMLElement} lane
 * @param {Message} message
 * @param {number} k
 */
function laneOf(lane, message, k) {
  const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (lane.querySelector(`.${name}`));
  const [tape, factor, rest] = ['tape', 'factor', 'left'].map(find);
  // Time runs to the right, the message to the left.
  const steps = Array.from({ length: STEPS + 1 }, () => {
    const step = document.createElement('span');
    step.append(document.createElement('i'), document.createElement('small'));
    tape.prepend(step);
    return step;
  });
  return () => {
    const { back, left } = message;
    const values = left[k];
    if (!values) return;
    factor.textContent = factorText(message.factor(k, back));
    rest.textContent = scientific(values[back]);
    tape.setAttribute('aria-label', `${lanes[k].name}, ${back} steps back: ${scientific(values[back])} of the message left`);
    steps.forEach((step, at) => {
      const isThere = at <= back;
      step.classList.toggle('now', at === back);
      step.style.setProperty('--left', String(isThere ? Math.min(1, values[at]) : 0));
      /** @type {HTMLElement} */ (step.lastElementChild).textContent = (isThere && message.factor(k, at)?.toFixed(2)) || '';
    });
  };
}

/** @param {number | undefined} factor */
const factorText = (factor) => (factor === undefined ? '' : `×\u00a0${factor.toFixed(2)}`);
