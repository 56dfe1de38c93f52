import { byId } from '../../dom.js';

/** @typedef {import('../../model/exercises/Coach.js').Coach} Coach */
/** @typedef {import('../../model/exercises/types.js').Task} Task */

/**
 * The card with the task: above the cell, never over it. It takes the place of the page's heading, and stays in sight.
 *
 * @param {Coach} coach
 * @param {object} course   what the tasks of now are a part of
 * @param {(series: readonly Task[]) => string} course.name   such as Exercise
 * @param {(series: readonly Task[], index: number) => string} course.link   that sets the stage of a task
 * @param {() => void} course.leave
 */
export function showCard(coach, { name, link, leave }) {
  const card = byId('coach');
  const choices = byId('coach-choices');
  const back = /** @type {HTMLButtonElement} */ (byId('coach-back'));
  const next = /** @type {HTMLButtonElement} */ (byId('coach-next'));
  const again = /** @type {HTMLAnchorElement} */ (byId('coach-again'));
  /** Where the focus was before. @type {Element | null} */
  let former = null;

  const go = (/** @type {number} */ index) => {
    location.hash = link(coach.series, index);
  };
  const end = () => {
    leave();
    if (former instanceof HTMLElement && former.isConnected) former.focus({ preventScroll: true });
  };
  back.addEventListener('click', () => go(coach.index - 1));
  next.addEventListener('click', () => (coach.index < coach.series.length - 1 ? go(coach.index + 1) : end()));
  byId('coach-leave').addEventListener('click', end);
  leaveByEscape(card, end);

  const showVerdict = () => {
    const { verdict, answer } = coach;
    const words = byId('coach-verdict');
    words.textContent = verdict?.words ?? '';
    words.classList.toggle('right', verdict?.isDone === true);
    next.classList.toggle('primary', verdict?.isDone === true);
    for (const [k, button] of [...choices.querySelectorAll('button')].entries()) button.setAttribute('aria-pressed', String(k === answer));
  };
  coach.addEventListener('verdict', showVerdict);
  coach.addEventListener('task', () => {
    const { task, series, index } = coach;
    const wasHidden = card.hidden;
    card.hidden = !task;
    document.body.classList.toggle('coached', task !== undefined);
    if (!task) return;
    if (wasHidden) former = document.activeElement;
    byId('coach-title').textContent = `${name(series)} ${index + 1} of ${series.length}: ${task.title}`;
    byId('coach-text').textContent = task.text;
    choices.hidden = !task.choices;
    choices.replaceChildren(...(task.choices ?? []).map((text, k) => makeChoice(coach, text, k)));
    back.disabled = index === 0;
    next.textContent = index < series.length - 1 ? 'Next' : 'End';
    again.href = `#${link(series, index)}`;
    showVerdict();
    // Who followed a link with keys goes on from the task; where it stood may be far below.
    if (document.activeElement?.matches('a') && !card.contains(document.activeElement)) byId('coach-title').focus({ preventScroll: true });
  });
}

/**
 * Escape leaves, where it has nothing else to close: no popover, no completion in the text box.
 *
 * @param {HTMLElement} card
 * @param {() => void} end
 */
function leaveByEscape(card, end) {
  let isOthers = false;
  document.addEventListener('keydown', ({ key, target }) => {
    if (key !== 'Escape') return;
    isOthers = document.querySelector(':popover-open, dialog[open]') !== null || /** @type {Element} */ (target).matches?.('textarea, input, select');
  }, { capture: true });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented && !isOthers && !card.hidden) end();
  });
}

/** @param {Coach} coach @param {string} text @param {number} k */
function makeChoice(coach, text, k) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text;
  button.setAttribute('aria-pressed', 'false');
  button.addEventListener('click', () => {
    coach.choose(k);
    for (const [n, other] of [...(button.parentElement?.children ?? [])].entries()) other.setAttribute('aria-pressed', String(n === k));
  });
  return button;
}
