import { byId } from '../../dom.js';
import { charName, isNamed } from '../../format.js';
import { barsOf, number, phases, sentenceOf } from '../../model/learn/SlowMotion.js';

/** @typedef {import('../../worker/slow/slow-step.js').SlowStep} SlowStep */

/**
 * One training step in six phases: a tape of characters with bars over them, and the weights that are pushed furthest.
 *
 * @param {import('../../model/learn/SlowMotion.js').SlowMotion} motion
 * @param {import('../../model/learn/Session.js').Session} session
 */
export function showSlowMotion(motion, session) {
  const make = /** @type {HTMLButtonElement} */ (byId('learn-slow-make'));
  const back = /** @type {HTMLButtonElement} */ (byId('learn-slow-back'));
  const next = /** @type {HTMLButtonElement} */ (byId('learn-slow-next'));
  const play = /** @type {HTMLButtonElement} */ (byId('learn-slow-play'));
  const note = byId('learn-slow-note');
  const said = byId('learn-slow-said');
  const list = byId('learn-slow-phases');
  const buttons = phases.map((name, phase) => makePhase(name, () => motion.go(phase)));
  list.append(...buttons.map(({ item }) => item));
  const columns = makeTape(byId('learn-slow-tape'));
  const pushes = byId('learn-slow-pushes');

  make.addEventListener('click', () => {
    note.textContent = '';
    motion.take();
  });
  back.addEventListener('click', () => motion.go(motion.phase - 1));
  next.addEventListener('click', () => motion.go(motion.phase + 1));
  play.addEventListener('click', () => (motion.isPlaying ? motion.pause() : motion.play()));
  list.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    motion.go(motion.phase + by);
    buttons[motion.phase].button.focus();
  });

  const enable = () => { make.disabled = !session.model || session.state === 'lost' || motion.isBusy; };
  session.addEventListener('state', enable);
  session.addEventListener('model', enable);
  enable();

  motion.addEventListener('failed', (event) => {
    note.textContent = `This step cannot be shown: ${/** @type {CustomEvent} */ (event).detail.message}`;
  });
  motion.addEventListener('change', () => {
    enable();
    const { step, phase, isPlaying } = motion;
    if (!step) return;
    byId('learn-slow-shown').hidden = false;
    for (const button of [back, next, play]) button.hidden = false;
    make.textContent = 'Other characters';
    // A button that has the focus keeps it: the end is told, not taken away.
    back.setAttribute('aria-disabled', String(phase === 0));
    next.setAttribute('aria-disabled', String(phase === phases.length - 1));
    play.textContent = isPlaying ? 'Pause' : 'Play';
    buttons.forEach(({ button }, k) => {
      if (k === phase) button.setAttribute('aria-current', 'step');
      else button.removeAttribute('aria-current');
    });
    said.textContent = sentenceOf(step, phase);
    drawTape(columns, step, phase);
    pushes.hidden = phase < 3 || phase > 4;
    pushes.replaceChildren(...step.pushes.map((push) => makePush(push, phase)));
  });
}

/** @param {string} name @param {() => void} go */
function makePhase(name, go) {
  const item = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = name;
  button.addEventListener('click', go);
  item.append(button);
  return { item, button };
}

/** @param {HTMLElement} tape */
function makeTape(tape) {
  return Array.from({ length: 12 }, () => {
    const item = document.createElement('li');
    const [value, well, bar, ghost, char] = ['value', 'well', 'bar', 'ghost', 'came'].map((name) => {
      const element = document.createElement('span');
      element.className = name;
      return element;
    });
    well.append(bar, ghost);
    item.append(value, well, char);
    tape.append(item);
    return { item, value, bar, ghost, char };
  });
}

/**
 * @param {ReturnType<typeof makeTape>} columns
 * @param {SlowStep} step
 * @param {number} phase
 */
function drawTape(columns, step, phase) {
  const { values, before, most } = barsOf(step, phase);
  columns.forEach(({ item, value, bar, ghost, char }, k) => {
    const name = step.characters[k];
    char.textContent = isNamed(name) ? { ' ': '␣', '\n': '↵' }[name] ?? '·' : name;
    char.title = charName(name);
    value.textContent = number(values[k]);
    bar.style.height = `${100 * values[k] / most}%`;
    ghost.hidden = !before;
    if (before) ghost.style.bottom = `${100 * before[k] / most}%`;
    const now = before ? `${number(before[k])} → ${number(values[k])}` : number(values[k]);
    item.setAttribute('aria-label', `${charName(name)}: ${now}`);
    item.style.setProperty('--late', String(columns.length - 1 - k));
    item.classList.toggle('last', k === columns.length - 1);
  });
  const tape = /** @type {HTMLElement} */ (columns[0].item.parentElement);
  tape.dataset.phase = String(phase);
}

/** @param {import('../../worker/slow/slow-step.js').Push} push @param {number} phase */
function makePush({ name, words, from, to }, phase) {
  const item = document.createElement('li');
  const code = document.createElement('code');
  code.textContent = name;
  const numbers = document.createElement('b');
  const [a, b] = [from.toFixed(4), to.toFixed(4)].map((text) => text.replace('-', '−'));
  const by = Number(to.toFixed(4)) - Number(from.toFixed(4)); // as the printed numbers have it
  numbers.textContent = phase === 3 ? `${by < 0 ? '−' : '+'}${Math.abs(by).toFixed(4)}` : `${a} → ${b}`;
  item.append(numbers, ' ', words ?? '', words ? ' ' : '', code);
  return item;
}
