import { charName, isNamed, percent } from '../../format.js';

const ROWS = 7;

/** @typedef {import('../../model/cell/readings.js').Prediction} Prediction */

/**
 * The probabilities of the next character as bars, which can be chosen; where something was tampered with, ticks where
 * they would end without.
 *
 * @param {HTMLElement} list
 * @param {(char: string) => void} choose
 */
export function makeBars(list, choose) {
  const rows = Array.from({ length: ROWS + 1 }, () => makeRow(choose));
  list.append(...rows.map(({ item }) => item));
  return {
    /**
     * The likeliest characters, and all others in one row: together they are 100 %.
     *
     * @param {Prediction[]} predictions   best first
     * @param {Prediction[]} [untouched]   what they would be, in any order
     */
    draw(predictions, untouched) {
      const without = untouched && new Map(untouched.map(({ char, probability }) => [char, probability]));
      const sum = (/** @type {Prediction[]} */ some, /** @type {(prediction: Prediction) => number} */ of) =>
        some.reduce((total, prediction) => total + of(prediction), 0);
      const others = predictions.slice(ROWS);
      for (const [k, row] of rows.entries()) {
        const prediction = k < ROWS ? predictions[k] : undefined;
        const isRest = k === ROWS && others.length > 0;
        row.item.hidden = !prediction && !isRest;
        if (prediction) {
          const { char, probability } = prediction;
          row.set(char, charName(char), probability, without?.get(char));
        } else if (isRest) {
          const before = without && sum(others, ({ char }) => without.get(char) ?? 0);
          row.set(undefined, `${others.length} others`, sum(others, ({ probability }) => probability), before);
        }
      }
    },
  };
}

/** @param {(char: string) => void} choose */
function makeRow(choose) {
  const item = document.createElement('li');
  const button = document.createElement('button');
  const [label, bar, number, tick, before] = ['char', 'bar', 'percent', 'tick', 'unseen'].map((name) => {
    const span = document.createElement('span');
    span.className = name;
    return span;
  });
  button.type = 'button';
  bar.append(tick);
  number.append('', before);
  button.append(label, bar, number);
  item.append(button);
  item.hidden = true;
  let char = '';
  let shown = '';
  button.addEventListener('click', () => choose(char));
  return {
    item,
    /**
     * @param {string | undefined} next   undefined: all other characters
     * @param {string} name
     * @param {number} probability
     * @param {number} [without]   what it would be, untouched
     */
    set(next, name, probability, without) {
      const all = [next, name, probability, without].join();
      if (all === shown) return;
      shown = all;
      char = next ?? '';
      button.disabled = next === undefined;
      item.dataset.probability = String(probability);
      label.textContent = name;
      label.classList.toggle('named', next === undefined || isNamed(next));
      bar.style.setProperty('--p', String(probability));
      /** @type {Text} */ (number.firstChild).data = percent(probability);
      tick.hidden = without === undefined;
      before.textContent = without === undefined ? '' : `, without your change ${percent(without)}`;
      if (without !== undefined) tick.style.setProperty('--q', String(without));
    },
  };
}
