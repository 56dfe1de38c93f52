import { byId } from '../../dom.js';

/**
 * The choice of the earlier run whose curve lies beside the present one.
 *
 * @param {import('../../model/learn/EarlierRuns.js').EarlierRuns} earlier
 */
export function chooseEarlier(earlier) {
  const select = /** @type {HTMLSelectElement} */ (byId('learn-earlier'));
  select.addEventListener('change', () => earlier.choose(select.value || undefined));
  earlier.addEventListener('change', () => {
    const { runs, chosen } = earlier;
    byId('learn-compare').hidden = runs.length === 0;
    select.replaceChildren(new Option('with none', ''), ...runs.map(({ name, id }) => new Option(name, id)));
    select.value = chosen?.id ?? '';
    byId('learn-earlier-key').hidden = !chosen;
    byId('learn-earlier-name').textContent = chosen?.name ?? '';
  });
}
