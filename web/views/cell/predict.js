import { byId, latestWins } from '../../dom.js';
import { charName, isNamed } from '../../format.js';
import { sift } from '../../model/sift.js';
import { Typing } from '../../model/cell/Typing.js';
import { makeBars } from './bars.js';
import { makeGhost } from './ghost.js';

const EXAMPLE = 20;

/** @typedef {import('../../model/Reader.js').Reader} Reader */
/** @typedef {import('../../model/learn/Session.js').Session} Session */

/**
 * The text box, a completion of what is typed, and the probabilities of its next character as bars.
 *
 * @param {Reader} reader
 * @param {Session} session   whose network can be read with, and is not trained at first
 */
export function showPredictions(reader, session) {
  const typed = /** @type {HTMLTextAreaElement} */ (byId('typed'));
  const note = byId('predict-note');
  const typing = new Typing();
  const ghost = makeGhost(typed);
  const bars = makeBars(byId('bars'), (char) => {
    typed.value += char;
    typed.dispatchEvent(new Event('input'));
  });
  let isUntouched = true;

  const refresh = latestWins(async () => {
    const { model } = reader;
    if (!model) return;
    const text = typed.value;
    const { known, unknown } = sift(text, reader.alphabet);
    const isCurrent = () => reader.model === model && typed.value === text;
    try {
      const predictions = await typing.predict(model, known);
      if (reader.model !== model) return;
      bars.draw(predictions);
      note.replaceChildren(...explain(reader, session, text, unknown));
      if (!isCurrent() || !ghost.isWanted(model)) return;
      const completion = await typing.complete();
      if (isCurrent()) ghost.show(completion, model);
    } catch (error) {
      if (reader.model === model) note.textContent = /** @type {Error} */ (error).message;
    }
  });

  typed.addEventListener('input', () => {
    isUntouched = false;
    refresh();
  });
  reader.addEventListener('model', () => {
    if (isUntouched && sift(typed.value, reader.alphabet).unknown.length) typed.value = beginning(session);
    refresh();
  });
  session.addEventListener('state', refresh);
}

/**
 * For a network of another script, the first characters of its text are a better example than the one on the page.
 *
 * @param {Session} session
 */
function beginning({ text }) {
  return [...(text?.text ?? '').slice(0, 4 * EXAMPLE).trimStart()].slice(0, EXAMPLE).join('');
}

/**
 * What there is to say about this text and this network.
 *
 * @param {Reader} reader
 * @param {Session} session
 * @param {string} text
 * @param {string[]} unknown
 * @returns {(string | Node)[]}
 */
function explain(reader, session, text, unknown) {
  if (unknown.length) {
    const names = unknown.slice(0, 5).map((char) => (isNamed(char) ? charName(char) : `“${char}”`)).join(', ');
    return [`This network has never read ${names}${unknown.length > 5 ? ' …' : ''}: skipped.`];
  }
  if (reader.source === 'yours' && !session.trained) {
    const link = document.createElement('a');
    link.href = '#start';
    link.textContent = 'Start';
    return ['Your network has learnt nothing yet: all characters are about equally likely. Press ', link, ' below.'];
  }
  return [text === '' ? 'At the start of a line.' : 'Choose a bar to add its character.'];
}
