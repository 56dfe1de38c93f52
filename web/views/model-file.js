import { byId } from '../dom.js';
import { sizeOf } from '../model/Session.js';

/**
 * Saves the model as a file, and opens one.
 *
 * @param {import('../model/Session.js').Session} session
 * @param {import('./notice.js').Notice} notice
 */
export function keepModel(session, notice) {
  const save = /** @type {HTMLButtonElement} */ (byId('save'));
  const open = /** @type {HTMLButtonElement} */ (byId('open-model'));
  const file = /** @type {HTMLInputElement} */ (byId('model-file'));

  save.addEventListener('click', async () => {
    const { model, text } = session;
    if (!model) return;
    try {
      download(await model.save(), fileName(text?.name ?? 'model', sizeOf(model.config)));
    } catch (error) {
      notice.show(`The model could not be saved: ${/** @type {Error} */ (error).message}`);
    }
  });

  /** @param {File} chosen */
  async function useFile(chosen) {
    notice.clear();
    notice.about = `“${chosen.name}” could not be opened`;
    await session.openFile(new Uint8Array(await chosen.arrayBuffer()));
    notice.about = '';
  }
  open.addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    file.value = '';
    if (chosen) useFile(chosen);
  });

  const enable = () => {
    save.disabled = !session.model;
    open.disabled = session.state === 'starting' || session.state === 'lost';
  };
  session.addEventListener('state', enable);
  session.addEventListener('model', enable);
  return { useFile };
}

/**
 * @param {string} text
 * @param {import('../model/Session.js').Size} size
 */
function fileName(text, { layers, hiddenSize }) {
  const plain = text.toLowerCase().replace(/\.[a-z]+$/, '').replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
  return `${plain || 'model'}-${layers}x${hiddenSize}.safetensors`;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} name
 */
function download(bytes, name) {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
