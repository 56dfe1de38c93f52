import { byId } from '../../dom.js';
import { Book } from '../../model/book/Book.js';
import { textsFor } from '../../model/book/texts.js';
import { showMaps } from './maps.js';
import { showText } from './text.js';
import { showUnits } from './units.js';
import { bookKeys, readBook, writeBook } from '../../model/book/address.js';
import { address } from '../address.js';

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
  keepBookAddress(book);
  new IntersectionObserver((entries) => {
    book.open(entries.some(({ isIntersecting }) => isIntersecting));
  }, { rootMargin: '400px' }).observe(byId('book'));
}

/** @param {Book} book */
function keepBookAddress(book) {
  const bars = () => (/** @type {HTMLInputElement} */ (byId('book-show-unit')).checked ? 'unit' : 'heard');
  const show = (/** @type {import('../../model/book/address.js').Bars} */ what) => byId(`book-show-${what}`).click();
  address.register('book', {
    section: 'book',
    keys: bookKeys,
    of: 'cell',
    read(query) {
      const { asked, bars: what, notes } = readBook(query);
      book.follow(asked);
      show(what);
      return notes;
    },
    write: () => writeBook({ ...book.shown, bars: bars() }),
    reset() {
      book.follow({});
      show('heard');
    },
  });
  for (const type of ['text', 'place', 'cost']) book.addEventListener(type, () => address.changed());
  for (const id of ['book-show-heard', 'book-show-unit']) byId(id).addEventListener('change', () => address.changed());
}
