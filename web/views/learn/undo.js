import { byId } from '../../dom.js';
import { count } from '../../format.js';

/**
 * A button that brings back the run that was thrown away last.
 *
 * @param {import('../../model/learn/Undo.js').Undo} undo
 */
export function offerUndo(undo) {
  const button = byId('learn-undo');
  button.addEventListener('click', () => { undo.undo(); });
  undo.addEventListener('change', () => {
    const { run } = undo;
    if (!run && document.activeElement === button) byId('start').focus();
    button.hidden = !run;
    const to = run?.last ? `step ${count(run.last.step)}` : 'the model before';
    if (run) button.textContent = `Undo: back to ${to}`;
  });
}
