/**
 * The places of the highest values, from the highest down, of equals the first; -Infinity and NaN are left out. A heap
 * is made in a time in proportion to the length, and each place costs the logarithm of it: who wants only some of
 * 10 000 does not wait for all.
 * @param {ArrayLike<number>} values
 * @returns {Generator<number, void, void>}
 */
export function* ranked(values) {
  const heap = new Uint32Array(values.length);
  let count = 0;
  for (let place = 0; place < values.length; place++) if (values[place] > -Infinity) heap[count++] = place;

  const isHigher = (/** @type {number} */ a, /** @type {number} */ b) => values[a] > values[b] || (values[a] === values[b] && a < b);
  const sink = (/** @type {number} */ at) => {
    const place = heap[at];
    for (let child; (child = 2 * at + 1) < count; at = child) {
      if (child + 1 < count && isHigher(heap[child + 1], heap[child])) child++;
      if (!isHigher(heap[child], place)) break;
      heap[at] = heap[child];
    }
    heap[at] = place;
  };
  for (let at = count >> 1; at-- > 0;) sink(at);
  while (count > 0) {
    yield heap[0];
    heap[0] = heap[--count];
    sink(0);
  }
}
