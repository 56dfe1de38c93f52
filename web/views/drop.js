import { byId } from '../dom.js';

/**
 * Files dropped anywhere on the page: a model is opened, anything else is learnt as text.
 *
 * @param {(file: File) => void} useText
 * @param {(file: File) => void} useModel
 */
export function acceptDrops(useText, useModel) {
  const veil = byId('drop');
  let depth = 0;
  /** @param {DragEvent} event */
  const carriesFile = (event) => event.dataTransfer?.types.includes('Files');
  const hide = () => {
    depth = 0;
    veil.hidden = true;
  };

  addEventListener('dragenter', (event) => {
    if (!carriesFile(event)) return;
    depth++;
    veil.hidden = false;
  });
  addEventListener('dragleave', (event) => {
    if (carriesFile(event) && --depth <= 0) hide();
  });
  addEventListener('dragover', (event) => {
    if (carriesFile(event)) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    hide();
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    if (file.name.endsWith('.safetensors')) useModel(file);
    else useText(file);
  });
}
