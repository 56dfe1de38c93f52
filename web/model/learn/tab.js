/** The name of this tab: it stays when the page is loaded again, and no other tab has it. */

const KEY = 'lstm-wasm-tab';

/**
 * @returns {Promise<{ name: string, former: string | undefined }>}   former: the name that it had before it was loaded
 *   again, or the name of the tab that it is a copy of
 */
export async function nameTab() {
  const former = readName();
  const name = former && await isFree(former) ? former : await newName();
  return { name, former };
}

/** A name that no tab has had. */
export async function newName() {
  const name = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  await isFree(name);
  try {
    sessionStorage.setItem(KEY, name);
  } catch {
    // without session storage the page becomes another tab when it is loaded again
  }
  return name;
}

/** @returns {string | undefined} */
function readName() {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * Is this name used by no other tab? A copied tab has the name of its original. A free name is locked until this tab
 * closes.
 *
 * @param {string} name
 * @returns {Promise<boolean>}
 */
function isFree(name) {
  const { locks } = navigator;
  if (!locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    locks.request(`${KEY} ${name}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock && new Promise(() => {}); // held for as long as the tab lives
    }).catch(() => resolve(true));
  });
}
