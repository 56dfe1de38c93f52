import { byId } from '../../dom.js';
import { Book } from '../../model/book/Book.js';
import { textsFor } from '../../model/book/texts.js';
import { showMaps } from './maps.js';
import { showText } from './text.js';
import { showUnits } from './units.js';

/**
 * What there is to find out about the network in the cell, while the section is in view.
 *
 * @param {import('../../model/cell/Player.js').Player} player
 * @param {import('../../model/LabHost.js').LabHost} lab
 * @param {import('../../model/learn/Session.js').Session} session   its text is searched for units that track something
 */
export function showBook(player, lab, session) {
  const book = new Book(player, lab, textsFor(session));
  const problem = byId('book-problem');
  showText(book);
  showUnits(book);
  showMaps(book);
  book.addEventListener('text', () => { problem.textContent = ''; });
  book.addEventListener('problem', (event) => { problem.textContent = /** @type {CustomEvent} */ (event).detail.message; });
  new IntersectionObserver((entries) => {
    book.open(entries.some(({ isIntersecting }) => isIntersecting));
  }, { rootMargin: '400px' }).observe(byId('book'));
}
