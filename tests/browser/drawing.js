// What tests of the drawn cell share: is everything in it to be read?

/**
 * What cannot be read in the drawing: texts over one another, over a line or another's frame, outside, or too small.
 * @param {import('playwright-core').Page} page
 */
export const unreadable = (page) => page.evaluate(() => {
  const svg = /** @type {SVGSVGElement} */ (document.querySelector('.diagram > svg'));
  const all = svg.getBoundingClientRect();
  const scale = all.width / svg.viewBox.baseVal.width;
  const isShown = (/** @type {Element} */ element) => element.checkVisibility() && Boolean(element.textContent?.trim());
  const texts = [...svg.querySelectorAll('text')].filter(isShown).map((element) => ({ element, box: element.getBoundingClientRect(), says: element.textContent }));
  const overlap = (/** @type {DOMRect} */ a, /** @type {DOMRect} */ b) => (
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1);
  const lines = [...svg.querySelectorAll('.line')].map((line) => {
    const path = /** @type {SVGPathElement} */ (line);
    const matrix = /** @type {DOMMatrix} */ (path.getScreenCTM());
    const points = Array.from({ length: Math.ceil(path.getTotalLength() / 6) + 1 }, (_, k) => path.getPointAtLength(6 * k).matrixTransform(matrix));
    return { points, half: (Number(path.getAttribute('stroke-width')) || 2) / 2, id: path.parentElement?.dataset.id };
  });
  /** @type {string[]} */
  const found = [];
  texts.forEach(({ element, box, says }, k) => {
    for (const other of texts.slice(k + 1)) if (overlap(box, other.box)) found.push(`“${says}” and “${other.says}” overlap`);
    if (box.left < all.left - 1 || box.right > all.right + 1 || box.top < all.top - 1 || box.bottom > all.bottom + 1) found.push(`“${says}” leaves the drawing`);
    const size = Number.parseFloat(getComputedStyle(element).fontSize) * scale;
    if (size < (svg.classList.contains('narrow') ? 13 : 12)) found.push(`“${says}” has ${size.toFixed(1)} px`);
    const own = element.closest('.badge, .chip, .box, .node');
    const isInside = own !== null && !element.classList.contains('was') && !element.classList.contains('note');
    for (const frame of svg.querySelectorAll('.frame, .badge:not([hidden]) rect')) {
      const edge = frame.getBoundingClientRect();
      const owner = frame.closest('.badge, .chip, .box, .node');
      if (isInside && owner === own) {
        if (box.left < edge.left + 1 || box.right > edge.right - 1) found.push(`“${says}” leaves its frame by ${Math.max(edge.left - box.left, box.right - edge.right).toFixed(1)}`);
      } else if (overlap(box, edge) && !(own?.classList.contains('badge') && owner?.contains(own))) {
        found.push(`“${says}” lies on the frame of “${owner?.textContent}”`);
      }
    }
    if (isInside) return;
    // The letters are lower than their box.
    const crossed = lines.find(({ half, points }) => points.some(({ x, y }) => (
      x + half > box.left && x - half < box.right && y + half > box.top + 3 && y - half < box.bottom - 3)));
    if (crossed) found.push(`“${says}” lies on the line ${crossed.id}`);
  });
  return found;
});
