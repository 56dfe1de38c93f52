/** The name of this tab: it stays when the page is loaded again, and no other tab has it. */

const KEY = 'lstm-wasm-tab';

/**
 * @returns {Promise<{ name: string, former: string | undefined }>}   former: the name that it had before it was loaded
 *   again, or that of the tab which it was copied from
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
    // without it the next load is another tab
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
 * Has no other tab this name? A tab that was copied has it too. If it is free, this tab has it until it is closed.
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
