import { byId } from '../../dom.js';
import { keep } from '../../model/keep.js';

/** What each part of the section has in the address. Its names stand here, so that the address knows them before its code is there. */
const parts = Object.freeze({ curve: ['curve'], gestures: ['gesture'], translator: ['pairs', 'translate'] });

/** @typedef {keyof typeof parts} PartName */
/** @typedef {Pick<import('../address.js').Part, 'read' | 'write' | 'reset'>} Shown */

/**
 * Loads the section when it comes near, or when a link asks for something of it.
 *
 * @param {import('../address.js').AddressBar} address
 */
export function showBeyondWhenNear(address) {
  /** @type {Record<PartName, Shown> | undefined} */
  let shown;
  const load = keep(async () => {
    const { showBeyond } = await import('./beyond.js');
    shown = showBeyond(address);
    return shown;
  });
  const section = byId('beyond');
  const fail = () => { byId('curve-status').textContent = 'This part could not be loaded. Load the page again when the network is there.'; };

  for (const name of /** @type {PartName[]} */ (Object.keys(parts))) {
    address.register(name, {
      section: 'beyond',
      keys: parts[name],
      read: (query) => load().then((all) => all[name].read(query), fail),
      write: (isWhole) => shown?.[name].write(isWhole) ?? [],
      reset: () => shown?.[name].reset?.(),
    });
  }
  const observer = new IntersectionObserver((entries) => {
    if (entries.some(({ isIntersecting }) => isIntersecting)) load().then(() => observer.disconnect(), fail);
  }, { rootMargin: '200px' });
  observer.observe(section);
}
