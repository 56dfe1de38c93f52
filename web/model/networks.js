import { BRACKETS, PRETRAINED } from './assets.js';
import { inflate } from './inflate.js';
import { keep } from './keep.js';

/** The files of the networks that come with the page, by the ids that the lab knows them by. */
const FILES = new Map([['moby', keep(() => fetchBytes(PRETRAINED, 'The network trained beforehand', inflate))]]);
for (const [kind, url] of Object.entries(BRACKETS)) {
  FILES.set(`brackets-${kind}`, keep(() => fetchBytes(url, 'The network that matches brackets')));
}

/**
 * The model file of a network that comes with the page. A failure is forgotten: the next call tries again.
 *
 * @param {string} id 'moby', 'brackets-lstm' and so on
 * @returns {Promise<Uint8Array>}
 */
export async function loadNetwork(id) {
  const load = FILES.get(id);
  if (!load) throw new Error(`No network “${id}” comes with the page.`);
  return load();
}

/** As it is. @param {Response} response */
const read = async (response) => new Uint8Array(await response.arrayBuffer());

/** @param {URL} url @param {string} what @param {(response: Response) => Promise<Uint8Array>} [bytesOf] */
async function fetchBytes(url, what, bytesOf = read) {
  const response = await fetch(url).catch(() => undefined);
  if (!response?.ok) {
    const why = response ? `the server answered ${response.status}` : 'the server did not answer';
    throw new Error(`${what} could not be loaded: ${why}. The one that you train can read instead.`);
  }
  return bytesOf(response);
}
