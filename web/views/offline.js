import { byId } from '../dom.js';

/**
 * Keeps the page for when there is no network, once it is at work. Where that is not possible, as in some private
 * windows, the page works as usual.
 *
 * @param {import('../model/LabHost.js').LabHost} lab
 */
export function keepForOffline(lab) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const register = () => {
    if (!lab.variant) return;
    lab.removeEventListener('state', register);
    // The module that this browser runs is kept, the others are not.
    serviceWorker.register(`./service-worker.js?variant=${lab.variant}`).catch(() => {});
  };
  lab.addEventListener('state', register);
  register();
  serviceWorker.ready.then(() => { byId('offline').textContent = 'From now on the page works without a network, too.'; });
}
