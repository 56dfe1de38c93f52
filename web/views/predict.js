import { byId, latestWins } from '../dom.js';
import { charName, isNamed, percent } from '../format.js';

/** The network reads no more than this much of the typed text: characters. */
const CONTEXT = 200;
const ROWS = 9;
const EXAMPLE = 20;

/** Predictions follow the training this often: milliseconds. */
const REFRESH = 500;

/** @typedef {import('lstm-wasm/worker').Prediction} Prediction */

/**
 * The text box, and the probabilities of its next character as bars.
 *
 * @param {import('../model/Session.js').Session} session
 */
export function showPredictions(session) {
  const typed = /** @type {HTMLTextAreaElement} */ (byId('typed'));
  const note = byId('predict-note');
  const rows = Array.from({ length: ROWS + 1 }, () => makeRow(typed));
  byId('bars').append(...rows.map(({ item }) => item));
  let alphabet = new Set();
  let isUntouched = true;

  const refresh = latestWins(async () => {
    const { model } = session;
    if (!model) return;
    const { known, unknown } = sift(typed.value, alphabet);
    try {
      const predictions = await model.predict(known);
      if (session.model === model) draw(rows, predictions);
    } catch (error) {
      if (session.model === model) note.textContent = /** @type {Error} */ (error).message;
      return;
    }
    note.replaceChildren(...explain(session, typed.value, unknown));
  });

  typed.addEventListener('input', () => {
    isUntouched = false;
    refresh();
  });
  session.addEventListener('model', () => {
    alphabet = new Set(session.model?.alphabet);
    if (isUntouched && sift(typed.value, alphabet).unknown.length) typed.value = beginning(session);
    refresh();
  });
  session.addEventListener('state', refresh);
  let last = 0;
  session.addEventListener('report', () => {
    if (performance.now() - last < REFRESH) return;
    last = performance.now();
    refresh();
  });
}

/**
 * Of a text in another script, the first characters are a better example than the one on the page.
 *
 * @param {import('../model/Session.js').Session} session
 */
function beginning({ text }) {
  return [...(text?.text ?? '').slice(0, 4 * EXAMPLE).trimStart()].slice(0, EXAMPLE).join('');
}

/**
 * The end of the typed text as the network can read it, and the characters it cannot. An empty text is read as the
 * start of a line.
 *
 * @param {string} text
 * @param {Set<string>} alphabet
 */
export function sift(text, alphabet) {
  const chars = [...text.slice(-2 * CONTEXT)].slice(-CONTEXT);
  const known = chars.filter((char) => alphabet.has(char)).join('');
  const unknown = [...new Set(chars.filter((char) => !alphabet.has(char)))];
  const [first] = alphabet;
  return { known: known || (alphabet.has('\n') ? '\n' : first), unknown };
}

/**
 * What to say below the text.
 *
 * @param {import('../model/Session.js').Session} session
 * @param {string} text
 * @param {string[]} unknown
 * @returns {(string | Node)[]}
 */
function explain(session, text, unknown) {
  if (unknown.length) {
    const names = unknown.slice(0, 5).map((char) => (isNamed(char) ? charName(char) : `“${char}”`)).join(', ');
    return [`The text this network learns has no ${names}${unknown.length > 5 ? ' …' : ''}: skipped.`];
  }
  if (!session.trained) {
    if (session.state === 'training') return ['The first steps…'];
    const link = document.createElement('a');
    link.href = '#start';
    link.textContent = 'Start';
    return ['This network has learnt nothing yet: all characters are about equally likely. Press ', link, ' below.'];
  }
  return [text === '' ? 'At the start of a line.' : 'Choose a bar to add its character.'];
}

/** @param {HTMLTextAreaElement} typed */
function makeRow(typed) {
  const item = document.createElement('li');
  const button = document.createElement('button');
  button.type = 'button';
  const label = document.createElement('span');
  label.className = 'char';
  const bar = document.createElement('span');
  bar.className = 'bar';
  const number = document.createElement('span');
  number.className = 'percent';
  button.append(label, bar, number);
  item.append(button);
  let char = '';
  button.addEventListener('click', () => {
    typed.value += char;
    typed.dispatchEvent(new Event('input'));
  });
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

/**
 * The likeliest characters, and all others in one row: together they are 100 %.
 *
 * @param {ReturnType<typeof makeRow>[]} rows
 * @param {Prediction[]} predictions   best first
 */
function draw(rows, predictions) {
  const best = predictions.slice(0, ROWS);
  const others = predictions.slice(ROWS);
  for (const [k, row] of rows.entries()) {
    const prediction = best[k];
    const isRest = k === ROWS && others.length > 0;
    row.item.hidden = !prediction && !isRest;
    if (prediction) row.set(prediction.char, prediction.probability, charName(prediction.char));
    else if (isRest) row.set(undefined, others.reduce((sum, p) => sum + p.probability, 0), `${others.length} others`);
  }
}
