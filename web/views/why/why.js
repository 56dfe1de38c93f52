import { byId } from '../../dom.js';
import { count, scientific } from '../../format.js';
import { BATCH_SIZE, racers } from '../../model/why/lag-task.js';
import { Race } from '../../model/why/Race.js';
import { showErrors } from './error-chart.js';
import { showRacers } from './racers.js';
import { showReach } from './reach-chart.js';

/** What is left of a gradient after each step at the usual forget bias: σ(1). */
const USUAL_GATE = 1 / (1 + Math.exp(-1));

/** The race of four networks. Nothing is computed before it comes into view, nothing learnt before Start. */
export function showWhy() {
  const race = new Race();
  showRacers(race);
  showErrors(race);
  const reach = showReach(race);
  showControls(race);
  chooseSettings(race, reach.lookAt);
  new IntersectionObserver((entries, observer) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    race.open();
  }, { rootMargin: '200px' }).observe(byId('why'));
}

/** @param {Race} race */
function showControls(race) {
  const start = /** @type {HTMLButtonElement} */ (byId('race-start'));
  const status = byId('race-status');
  start.addEventListener('click', () => (race.state === 'running' ? race.pause() : race.start()));
  byId('race-reset').addEventListener('click', () => race.reset());

  const showProgress = () => {
    const [learnt, all] = [race.round, race.until].map((rounds) => count(rounds * BATCH_SIZE));
    byId('race-sequences').textContent = `${learnt} of ${all} sequences`;
  };
  race.addEventListener('progress', showProgress);
  race.addEventListener('state', () => {
    start.textContent = race.state === 'running' ? 'Pause' : race.round > 0 ? 'Continue' : 'Start';
    showProgress();
    const text = describe(race);
    if (text !== undefined && status.textContent !== text) status.textContent = text;
  });
  race.addEventListener('lost', (event) => {
    const { message } = /** @type {CustomEvent} */ (event).detail;
    status.textContent = `The four networks have stopped (${message}). Start makes new ones; the rest of the page goes on.`;
  });
}

/** What has come to be, for those who do not see the charts too. @param {Race} race */
function describe(race) {
  const { state, round, until } = race;
  if (state === 'running') return 'Learning.';
  if (state !== 'ready') return undefined;
  if (round === 0) return 'Ready: four untrained networks.';
  const errors = race.lastErrors.map((error, k) => `${racers[k].name} ${error.toFixed(2)}`).join(', ');
  return `${round < until ? 'Paused' : 'Done'}. Errors: ${errors}.`;
}

/**
 * @param {Race} race
 * @param {(back: number) => void} lookAt
 */
function chooseSettings(race, lookAt) {
  const lag = /** @type {HTMLInputElement} */ (byId('race-lag'));
  const gates = /** @type {HTMLSelectElement} */ (byId('race-gates'));
  const seed = /** @type {HTMLInputElement} */ (byId('race-seed'));

  const showLag = () => {
    for (const output of byId('why').querySelectorAll('.lag')) output.textContent = lag.value;
    byId('usual-left').textContent = scientific(USUAL_GATE ** lag.valueAsNumber);
  };
  lag.addEventListener('input', () => {
    showLag();
    lookAt(lag.valueAsNumber);
  });
  lag.addEventListener('change', () => race.change({ lag: lag.valueAsNumber }));
  gates.addEventListener('change', () => race.change({ gates: gates.value === 'open' ? 'open' : 'usual' }));
  seed.addEventListener('change', () => {
    if (!seed.validity.valid || seed.value === '') seed.value = String(race.settings.seed);
    else race.change({ seed: seed.valueAsNumber });
  });
  showLag();
}
