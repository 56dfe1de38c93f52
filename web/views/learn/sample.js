import { byId, oncePerFrame } from '../../dom.js';
import { count } from '../../format.js';
import { numbers } from '../../model/learn/settings.js';

/** Whoever reads within so much of the end follows it: pixels. */
const NEAR = 40;

/**
 * What the network writes: blocks of text from noise to words, the newest last. The end stays in view, unless somebody
 * reads further up.
 *
 * @param {import('../../model/learn/Samples.js').Samples} samples
 */
export function showSamples(samples) {
  const list = byId('learn-sample');
  /** @type {Map<import('../../model/learn/Samples.js').Block, HTMLElement>} */
  let shown = new Map();
  let isFollowing = true;
  list.addEventListener('scroll', () => {
    isFollowing = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
  }, { passive: true });
  const draw = oncePerFrame(() => {
    const { blocks } = samples;
    for (const [block, element] of shown) if (!blocks.includes(block)) element.remove();
    shown = new Map(blocks.map((block) => [block, shown.get(block) ?? makeElement(block)]));
    const elements = [...shown.values()];
    list.append(...elements.filter((element) => !element.isConnected));
    const written = elements[elements.length - 1]?.lastElementChild;
    if (written) written.textContent = blocks[blocks.length - 1].text;
    if (isFollowing) list.scrollTop = list.scrollHeight;
  });
  samples.addEventListener('blocks', draw);
  samples.addEventListener('text', draw);
}

/** @param {import('../../model/learn/Samples.js').Block} block */
function makeElement({ chars, loss, temperature, text }) {
  const element = document.createElement('div');
  const caption = document.createElement('p');
  caption.className = 'caption';
  const when = loss === undefined ? 'Untrained' : `After ${count(chars)} characters, loss ${loss.toFixed(2)}`;
  caption.textContent = temperature === numbers.temperature.preset ? when : `${when}, temperature ${temperature}`;
  const written = document.createElement('p');
  written.textContent = text;
  element.append(caption, written);
  return element;
}
