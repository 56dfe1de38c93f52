import { byId } from '../../dom.js';
import { readWhole } from '../../model/address.js';
import { Coach } from '../../model/exercises/Coach.js';
import { exercises } from '../../model/exercises/exercises.js';
import { loadSolved, saveSolved } from '../../model/exercises/progress.js';
import { tour } from '../../model/exercises/tour.js';
import { showCard } from './card.js';

/** @typedef {import('../../model/exercises/types.js').Task} Task */

/** Exercises that are listed at first sight. */
const FIRST = 3;

/** How each series is called in the address. @type {{ key: string, name: string, tasks: readonly Task[] }[]} */
const courses = [{ key: 'exercise', name: 'Exercise', tasks: exercises }, { key: 'tour', name: 'Tour', tasks: tour }];

/**
 * Exercises and the tour: each task is a link that sets its stage.
 *
 * @param {import('../../model/cell/Player.js').Player} player
 * @param {import('../../model/exercises/types.js').Lab} lab
 * @param {import('../address.js').AddressBar} address
 */
export function showExercises(player, lab, address) {
  const coach = new Coach(player, lab, loadSolved());
  const courseOf = (/** @type {readonly Task[]} */ series) => courses.find(({ tasks }) => tasks === series) ?? courses[0];
  const link = (/** @type {readonly Task[]} */ series, /** @type {number} */ index) =>
    `${series[index].stage}${series[index].stage.includes('?') ? '&' : '?'}${courseOf(series).key}=${index + 1}`;
  showCard(coach, { name: (series) => courseOf(series).name, link, leave: () => coach.leave() });
  listExercises(coach, link);
  noticeGates(coach);
  coach.addEventListener('task', () => address.changed());
  coach.addEventListener('done', () => {
    saveSolved(coach.solved);
  });
  /** @type {HTMLAnchorElement} */ (byId('tour')).href = `#${link(tour, 0)}`;

  address.register('exercises', {
    section: 'exercises',
    keys: courses.map(({ key }) => key),
    async read(query) {
      /** @type {string[]} */
      const notes = [];
      const [found] = courses.flatMap(({ key, tasks }) => {
        const number = readWhole(query, key, { least: 1, most: tasks.length }, notes);
        return number === undefined ? [] : { tasks, index: number - 1 };
      });
      await player.choose({}); // the stage is set
      if (found) coach.begin(found.tasks, found.index);
      return notes;
    },
    reset: () => coach.leave(),
    write: () => (coach.task ? [[courseOf(coach.series).key, String(coach.index + 1)]] : []),
  });
  return coach;
}

/**
 * @param {Coach} coach
 * @param {(series: readonly Task[], index: number) => string} link
 */
function listExercises(coach, link) {
  const items = exercises.map(({ id, title }, index) => {
    const item = document.createElement('li');
    const show = document.createElement('a');
    show.href = `#${link(exercises, index)}`;
    show.textContent = title;
    item.dataset.id = id;
    item.append(show);
    return item;
  });
  byId('ex-list').append(...items.slice(0, FIRST));
  const more = byId('ex-more');
  more.setAttribute('start', String(FIRST + 1));
  more.append(...items.slice(FIRST));
  const showProgress = () => {
    for (const item of items) {
      const isSolved = coach.solved.has(item.dataset.id ?? '');
      item.classList.toggle('solved', isSolved);
      if (isSolved && !item.querySelector('.unseen')) item.append(Object.assign(document.createElement('span'), { className: 'unseen', textContent: ' (solved)' }));
    }
    const count = exercises.filter(({ id }) => coach.solved.has(id)).length;
    byId('ex-progress').textContent = count ? `${count} of ${exercises.length} solved.` : '';
    byId('ex-progress').hidden = count === 0;
  };
  coach.addEventListener('done', showProgress);
  showProgress();
}

/** What is pressed in the drawing. @param {Coach} coach */
function noticeGates(coach) {
  const notice = (/** @type {Event} */ { target }) => {
    const gate = /** @type {Element} */ (target).closest?.('#cell [data-gate]')?.getAttribute('data-gate');
    if (gate) coach.act({ type: 'gate', name: gate });
  };
  document.addEventListener('click', notice, { capture: true });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') notice(event); // what is drawn is no button that clicks
  }, { capture: true });
}
