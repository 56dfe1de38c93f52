/**
 * A function that makes a promise when it is first called, and gives the same one from then on. A promise that was
 * rejected is forgotten, so that the next call tries again.
 *
 * @template T
 * @param {() => Promise<T>} make
 * @returns {() => Promise<T>}
 */
export function keep(make) {
  /** @type {Promise<T> | undefined} */
  let kept;
  return () => {
    if (kept) return kept;
    const made = make();
    kept = made;
    made.catch(() => {
      if (kept === made) kept = undefined;
    });
    return made;
  };
}
