/**
 * Keeps the page for when there is no network. All files but index.html have names that change with their content, and
 * an index.html names the files of its own build, so the files of two builds never mix. With a network, the newest
 * index.html is taken.
 *
 * The build puts a line before this script: `globalThis.BUILD = { id, files }`.
 */

/** @typedef {ServiceWorkerGlobalScope & { BUILD: { id: string, files: string[] } }} Scope */

const worker = /** @type {Scope} */ (/** @type {unknown} */ (self));
const { id, files } = worker.BUILD;

/** The page says which of the modules this browser runs; the others are not kept. */
const variant = new URL(worker.location.href).searchParams.get('variant');
const wanted = files.filter((file) => !/\/(lstm|predict)-\w+-[\w-]{8}\.(wasm|deflate)$/.test(file) || file.includes(`-${variant}-`));

/** Other pages of this origin may have caches, and this page in another folder. */
const mine = `lstm-wasm ${worker.registration.scope} `;
const cacheName = mine + id;
const root = worker.registration.scope;

/** All or nothing: where one file is missing, what was kept before stays. */
async function keep() {
  const index = await fetch(root, { cache: 'no-cache' });
  // While a new build is being published, the server may have parts of both.
  const named = (await index.clone().text()).match(/assets\/[\w.-]+/g) ?? [];
  if (!index.ok || !named.every((file) => files.includes(file))) throw new Error('index.html is of another build');
  const cache = await caches.open(cacheName);
  await cache.addAll(wanted.map((file) => new URL(file, root).href));
  await cache.put(root, index);
  await worker.skipWaiting();
}

/** A page of the build before may still be open, and ask for its files. */
async function forgetOlder() {
  const names = (await caches.keys()).filter((name) => name.startsWith(mine)); // oldest first
  await Promise.all(names.slice(0, -2).map((name) => caches.delete(name)));
}

/** @param {Request} request */
async function newest(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(root, { cacheName, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

/** @param {Request} request */
async function kept(request) {
  return await caches.match(request, { ignoreVary: true }) ?? fetch(request);
}

worker.addEventListener('install', (event) => event.waitUntil(keep()));
worker.addEventListener('activate', (event) => event.waitUntil(forgetOlder()));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(root)) return;
  const path = request.url.slice(root.length).replace(/[?#].*/, '');
  if (/^(index\.html)?$/.test(path)) event.respondWith(newest(request));
  else if (path.startsWith('assets/')) event.respondWith(kept(request));
  // The guide and the reference, which are not kept, are left to the browser.
});
