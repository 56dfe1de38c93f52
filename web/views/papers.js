import { byId } from '../dom.js';

/** Whoever follows a link to a paper sees it: the closed list of papers opens, in browsers that do not do so themselves too. */
export function openPapersOnDemand() {
  const list = /** @type {HTMLDetailsElement} */ (byId('papers'));
  document.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('a[href^="#paper-"]')) list.open = true;
  });
  const openIfMeant = () => { if (location.hash.startsWith('#paper-')) list.open = true; };
  addEventListener('hashchange', openIfMeant);
  openIfMeant();
}
