import { byId } from '../../dom.js';
import { suitable } from '../../model/learn/plan.js';
import { coreCount, kinds, numbers, threadsOf, writeSettings } from '../../model/learn/settings.js';

/** @typedef {import('../../model/learn/Session.js').Session} Session */
/** @typedef {import('../../model/learn/settings.js').Settings} Settings */

/** Milliseconds. */
const ADDRESS_EVERY = 400;

/** The fields that choose, by their setting. */
const fields = Object.freeze({
  kind: 'learn-kind', hiddenSize: 'learn-hidden-size', layers: 'learn-layers', seed: 'learn-seed',
  learningRate: 'learn-learning-rate', batchSize: 'learn-batch-size', window: 'learn-window', dropout: 'learn-dropout',
  steps: 'learn-run-length', temperature: 'learn-temperature', precision: 'learn-precision', cores: 'learn-cores',
});
const names = /** @type {(keyof typeof fields)[]} */ (Object.keys(fields));

/**
 * The settings of the run: in their fields, in a line, and in the address of the page, so that a link repeats the run.
 *
 * @param {Session} session
 */
export function chooseSettings(session) {
  const kind = /** @type {HTMLSelectElement} */ (byId(fields.kind));
  kind.append(...Object.entries(kinds).map(([value, { name }]) => new Option(name, value)));
  offerCores(/** @type {HTMLSelectElement} */ (fieldOf('cores')), coreCount());
  for (const name of names) {
    const field = fieldOf(name);
    field.addEventListener(name === 'temperature' ? 'input' : 'change', () => {
      const value = isWord(name) ? field.value : numberIn(/** @type {any} */ (field), name);
      if (value === undefined) show(field, session.settings[name]);
      else session.choose({ [name]: value });
    });
  }
  const draw = () => showSettings(session);
  session.addEventListener('settings', draw);
  draw();
  keepAddress(session);
}

/**
 * As many as there are; where there is one, there is nothing to choose.
 *
 * @param {HTMLSelectElement} field
 * @param {number} available
 */
function offerCores(field, available) {
  for (const option of [...field.options]) if (Number(option.value) > available) option.remove();
  /** @type {HTMLElement} */ (field.closest('label')).hidden = available === 1;
}

/** @param {keyof typeof fields} name @returns {name is 'kind' | 'precision'} */
const isWord = (name) => name === 'kind' || name === 'precision';

/** @param {keyof typeof fields} name */
const fieldOf = (name) => /** @type {HTMLSelectElement | HTMLInputElement} */ (byId(fields[name]));

/**
 * The number in a field, moved within its bounds; undefined if it has none.
 *
 * @param {HTMLInputElement | HTMLSelectElement} field
 * @param {import('../../model/learn/settings.js').NumberName} name
 */
function numberIn(field, name) {
  if (field.value.trim() === '' || Number.isNaN(Number(field.value))) return undefined;
  const { least, most, zero, fraction } = numbers[name];
  const value = Number(field.value);
  if (zero && value === 0) return 0;
  return Math.min(most, Math.max(least, fraction ? value : Math.round(value)));
}

/** @param {Session} session */
function showSettings({ settings }) {
  for (const name of names) show(fieldOf(name), settings[name]);
  const { kind, hiddenSize, layers, seed, temperature } = settings;
  byId('learn-temperature-value').textContent = temperature.toFixed(1);
  byId('learn-settings-summary').textContent = `${kinds[kind].name}, ${layers} × ${hiddenSize}, seed ${seed}`;
  const automatic = /** @type {HTMLSelectElement} */ (fieldOf('learningRate')).options[0];
  automatic.text = `suitable (${Number(suitable(settings).learningRate.toPrecision(2))})`;
  const allButOne = /** @type {HTMLSelectElement} */ (fieldOf('cores')).options[0];
  allButOne.text = `all but one (${threadsOf({ cores: 0 }, coreCount())})`;
}

/**
 * A slider changes faster than browsers let an address change, so it follows a little later.
 *
 * @param {Session} session
 */
function keepAddress(session) {
  let isAsked = false;
  const write = () => {
    isAsked = false;
    const search = writeSettings(session.settings);
    const { pathname, hash } = location;
    if (search !== location.search) history.replaceState(history.state, '', `${pathname}${search}${hash}`);
  };
  session.addEventListener('settings', () => {
    if (!isAsked) setTimeout(write, ADDRESS_EVERY);
    isAsked = true;
  });
  write();
}

/**
 * Shows a value; a link or an opened model may have one that is not in the list.
 *
 * @param {HTMLSelectElement | HTMLInputElement} field
 * @param {string | number} value
 */
function show(field, value) {
  if (field instanceof HTMLSelectElement && ![...field.options].some((option) => option.value === String(value))) {
    field.add(new Option(String(value)));
  }
  field.value = String(value);
}
