import { nextTurn } from './dom.js';
import { computeSlowStep } from './model/learn/compute-slow-step.js';
import { Session } from './model/learn/Session.js';
import { address } from './views/address.js';
import { showBeyondWhenNear } from './views/beyond/near.js';
import { showBook } from './views/book/book.js';
import { followYours } from './views/cell/yours.js';
import { showExercises } from './views/exercises/exercises.js';
import { showLearning } from './views/learn/learn.js';
import { keepForOffline } from './views/offline.js';
import { openPapersOnDemand } from './views/papers.js';
import { showUse } from './views/use/use.js';
import { showWhy } from './views/why/why.js';

/**
 * All that stands below the first screen.
 *
 * @param {object} first   what that has made
 * @param {import('./model/cell/Player.js').Player} first.player
 * @param {import('./model/LabHost.js').LabHost} first.lab
 * @param {ReturnType<typeof import('./views/cell/cell.js').showCell>} first.cell
 * @param {import('./views/notice.js').Notice} first.notice
 */
export async function showRest({ player, lab, cell, notice }) {
  const session = new Session();
  notice.watch(session, 'The network that you train', () => session.open());
  session.addEventListener('problem', (event) => notice.show(/** @type {CustomEvent} */ (event).detail.message));
  followYours(player, session, cell.next);
  keepForOffline(lab);
  openPapersOnDemand();
  await nextTurn();
  const { race, message } = showWhy();
  await nextTurn();
  const coach = showExercises(player, lab, address);
  coach.watch('race', race, ['progress', 'state', 'settings']);
  coach.watch('message', message, ['step', 'change']);
  coach.watch('session', session, ['report', 'state']);
  await nextTurn();
  const learning = showLearning(session, notice, computeSlowStep).open();
  await nextTurn();
  showBook(player, lab, session);
  showBeyondWhenNear(address);
  await nextTurn();
  showUse(player, session, () => lab.save(player.subject?.id ?? ''));
  await learning;
}
