import { byId } from '../dom.js';

/**
 * Keeps the page for when there is no network, once it is at work. Where that is not possible, as in some private
 * windows, the page works as usual.
 *
 * @param {import('../model/Reader.js').Reader} reader
 */
export function keepForOffline(reader) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  reader.addEventListener('model', () => {
    // The module that this browser runs is kept, the others are not.
    serviceWorker.register(`./service-worker.js?variant=${reader.variant}`).catch(() => {});
  }, { once: true });
  serviceWorker.ready.then(() => { byId('offline').textContent = 'From now on the page works without a network, too.'; });
}
