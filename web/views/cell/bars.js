import { charName, isNamed, percent } from '../../format.js';

const ROWS = 8;

/** @typedef {import('lstm-wasm/worker').Prediction} Prediction */

/**
 * The probabilities of the next character as bars, which can be chosen.
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
     */
    draw(predictions) {
      const others = predictions.slice(ROWS);
      for (const [k, row] of rows.entries()) {
        const prediction = k < ROWS ? predictions[k] : undefined;
        const isRest = k === ROWS && others.length > 0;
        row.item.hidden = !prediction && !isRest;
        if (prediction) row.set(prediction.char, prediction.probability, charName(prediction.char));
        else if (isRest) row.set(undefined, others.reduce((sum, p) => sum + p.probability, 0), `${others.length} others`);
      }
    },
  };
}

/** @param {(char: string) => void} choose */
function makeRow(choose) {
  const item = document.createElement('li');
  const button = document.createElement('button');
  const [label, bar, number] = ['char', 'bar', 'percent'].map((name) => {
    const span = document.createElement('span');
    span.className = name;
    return span;
  });
  button.type = 'button';
  button.append(label, bar, number);
  item.append(button);
  item.hidden = true;
  let char = '';
  button.addEventListener('click', () => choose(char));
  return {
    item,
    /**
     * @param {string | undefined} next   undefined: all other characters
     * @param {number} probability
     * @param {string} name
     */
    set(next, probability, name) {
      char = next ?? '';
      button.disabled = next === undefined;
      item.dataset.probability = String(probability);
      label.textContent = name;
      label.classList.toggle('named', next === undefined || isNamed(next));
      bar.style.setProperty('--p', String(probability));
      number.textContent = percent(probability);
    },
  };
}
