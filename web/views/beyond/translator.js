import { byId, oncePerFrame, setText } from '../../dom.js';
import { charName, count, percent } from '../../format.js';
import { readTranslation, writeTranslation } from '../../model/beyond/address.js';
import { translateCode } from '../../model/beyond/snippets.js';
import { showAttention } from './attention.js';
import { showCode } from './svg.js';

/**
 * @param {import('../../model/beyond/Translation.js').Translation} demo
 * @param {() => void} changed
 */
export function showTranslator(demo, changed) {
  const start = byId('translator-start');
  const task = /** @type {HTMLSelectElement} */ (byId('translator-task'));
  const text = /** @type {HTMLInputElement} */ (byId('translator-text'));
  const answer = byId('translator-answer');
  const status = byId('translator-status');
  const look = byId('translator-look');
  const attention = showAttention(/** @type {HTMLTableElement} */ (byId('translator-attention')), ({ written, read, share }) => {
    setText(look, `For ${charName(written)} it looked at ${charName(read)}: ${percent(share)}`);
  });
  const writeCode = showCode(/** @type {Element} */ (start.closest('.beyond-part')), () => translateCode(demo.task, demo.text));
  let problem = '';

  const draw = oncePerFrame(() => {
    setText(start, demo.isBusy ? 'Stop' : 'Train');
    task.value = demo.task;
    if (text.value !== demo.text) text.value = demo.text;
    setText(answer, demo.answer ? String(demo.answer.text) : '');
    setText(status, problem || statusOf(demo));
    attention.draw(demo.answer);
    if (!demo.answer) setText(look, '');
    writeCode();
  });
  demo.addEventListener('change', draw);
  demo.addEventListener('problem', (event) => {
    problem = `It could not go on: ${/** @type {CustomEvent} */ (event).detail.message}. Train begins again.`;
    draw();
  });
  start.addEventListener('click', () => {
    problem = '';
    if (demo.isBusy) demo.stop();
    else demo.start();
  });
  task.addEventListener('change', () => {
    problem = '';
    demo.choose(/** @type {any} */ (task.value));
    changed();
  });
  text.addEventListener('input', () => {
    demo.ask(text.value);
    changed();
  });
  draw();

  return {
    /** @param {URLSearchParams} query */
    read(query) {
      const { task: asked, text: given, notes } = readTranslation(query);
      if (asked === demo.task) demo.ask(given);
      else demo.choose(asked, given);
      return notes;
    },
    write: () => writeTranslation(demo),
    reset: () => demo.choose('digits'),
  };
}

/** @param {import('../../model/beyond/Translation.js').Translation} demo */
function statusOf({ state, progress, seen, answer }) {
  if (state === 'starting') return 'Starting.';
  const pairs = `${count(seen)} pairs seen`;
  if (state === 'training') return `Learning: ${Math.round(10 * progress) * 10} %.`;
  if (state === 'idle') return 'It has seen nothing yet.';
  return `${pairs}, never this one${answer ? `: ${percent(answer.probability)} sure` : ''}.`;
}
