import { byId } from '../../dom.js';
import { count } from '../../format.js';
import { Message } from '../../model/why/Message.js';
import { Race } from '../../model/why/Race.js';
import { RaceLine } from '../../model/why/RaceLine.js';
import {
  messageKeys, raceKeys, reachKeys, readMessage, readRace, readReach, usualGate, writeMessage, writeRace, writeReach,
} from '../../model/why/address.js';
import { STEPS } from '../../model/why/message-flow.js';
import { raceTasks } from '../../model/why/race-tasks.js';
import { racers, usualRace } from '../../model/why/racers.js';
import { address } from '../address.js';
import { showErrors } from './error-chart.js';
import { showMessage } from './message.js';
import { showRacers } from './racers.js';
import { showReach } from './reach-chart.js';
import { paperOf, questionOf, verdictText } from './words.js';

/** The message that travels back, and the race. Nothing is computed before it comes into view, nothing learnt before Start. */
export function showWhy() {
  const line = new RaceLine();
  const message = new Message(line);
  const race = new Race(line, () => !document.hidden);
  showMessage(message);
  showRacers(race);
  showErrors(race);
  const reach = showReach(race);
  showControls(race);
  chooseSettings(race, reach.lookAt);
  address.register('race', {
    section: 'why',
    keys: [...raceKeys, ...reachKeys],
    read(query) {
      const { settings, notes } = readRace(query, Object.keys(raceTasks));
      race.change({ ...usualRace(), ...settings });
      reach.follow(readReach(query, notes));
      return notes;
    },
    write: () => [...writeRace(race.settings, usualRace()), ...writeReach(reach.shown)],
    reset() {
      if (writeRace(race.settings, usualRace()).length) race.change(usualRace());
      reach.follow(undefined);
    },
  });
  for (const [id, type] of [['why-reach', 'toggle'], ['reach-steps', 'change']]) byId(id).addEventListener(type, () => address.changed());
  race.addEventListener('settings', () => address.changed());
  address.register('message', {
    section: 'why',
    keys: messageKeys,
    read(query) {
      const { shown, notes } = readMessage(query, STEPS);
      message.show(shown);
      return notes;
    },
    write: (isWhole) => writeMessage(message, isWhole),
    reset: () => message.show({ gate: usualGate, back: 0 }),
  });
  for (const type of ['change', 'step']) message.addEventListener(type, () => { if (message.state !== 'playing') address.changed(); });
  new IntersectionObserver((entries, observer) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    message.open();
    race.open();
  }, { rootMargin: '200px' }).observe(byId('why'));
  return { race, message };
}

/** @param {Race} race */
function showControls(race) {
  const start = /** @type {HTMLButtonElement} */ (byId('race-start'));
  const status = byId('race-status');
  start.addEventListener('click', () => (race.state === 'running' ? race.pause() : race.start()));
  byId('race-reset').addEventListener('click', () => race.reset());

  const showProgress = () => {
    const [learnt, all] = [race.round, race.until].map((rounds) => count(race.sequences(rounds)));
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
  const { state, round, until, verdicts } = race;
  if (state === 'running') return 'Learning.';
  if (state !== 'ready') return undefined;
  if (round === 0) return 'Ready: four untrained networks.';
  const results = verdicts.map(({ error }, k) => `${racers[k].name} ${error.toFixed(2)}, ${verdictText(race, k)}`).join('; ');
  return `${round < until ? 'Paused' : 'Done'}. Errors: ${results}.`;
}

/**
 * @param {Race} race
 * @param {(back: number) => void} lookAt
 */
function chooseSettings(race, lookAt) {
  const [task, gates] = ['race-task', 'race-gates'].map((id) => /** @type {HTMLSelectElement} */ (byId(id)));
  const [lag, seed] = ['race-lag', 'race-seed'].map((id) => /** @type {HTMLInputElement} */ (byId(id)));

  const show = () => {
    const { settings } = race;
    task.value = settings.task;
    gates.value = settings.gates;
    seed.value = String(settings.seed);
    lag.value = String(settings.lag);
    byId('race-lag-field').hidden = settings.task !== 'remember';
    showPaper(race);
    showLag();
  };
  const showLag = () => {
    const given = { ...race.settings, lag: lag.valueAsNumber };
    for (const output of byId('why').querySelectorAll('.lag')) output.textContent = lag.value;
    byId('race-question').textContent = questionOf({ settings: given });
    lookAt(lag.valueAsNumber);
  };
  task.addEventListener('change', () => race.change({ task: task.value }));
  lag.addEventListener('input', showLag);
  lag.addEventListener('change', () => race.change({ lag: lag.valueAsNumber }));
  gates.addEventListener('change', () => race.change({ gates: gates.value === 'open' ? 'open' : 'usual' }));
  seed.addEventListener('change', () => {
    if (!seed.validity.valid || seed.value === '') seed.value = String(race.settings.seed);
    else race.change({ seed: seed.valueAsNumber });
  });
  race.addEventListener('settings', show);
  show();
}

/** The paper's count beside those of here. @param {Race} race */
function showPaper(race) {
  const place = byId('race-paper');
  place.replaceChildren();
  const paper = paperOf(race);
  if (!paper) return;
  const link = document.createElement('a');
  link.href = `#paper-${paper.cite}`;
  link.textContent = paper.text;
  place.append(link);
}
