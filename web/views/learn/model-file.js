import { byId } from '../../dom.js';
import { sizeOf } from '../../model/learn/settings.js';
import { download } from '../download.js';

/**
 * Saves the model or a checkpoint of its training as a file, opens either, and exports the model for another framework.
 *
 * @param {import('../../model/learn/Session.js').Session} session
 * @param {import('../notice.js').Notice} notice
 */
export function keepModel(session, notice) {
  const save = /** @type {HTMLButtonElement} */ (byId('learn-save'));
  const saveCheckpoint = /** @type {HTMLButtonElement} */ (byId('learn-save-checkpoint'));
  const exporting = /** @type {HTMLSelectElement} */ (byId('learn-export'));
  const open = /** @type {HTMLButtonElement} */ (byId('learn-open-model'));
  const file = /** @type {HTMLInputElement} */ (byId('learn-model-file'));

  /** @param {'save' | 'checkpoint'} what */
  async function keep(what) {
    const { model, text } = session;
    if (!model) return;
    try {
      const name = fileName(text?.name ?? 'model', sizeOf(model.config), what === 'checkpoint' ? '-checkpoint' : '');
      download(await model[what](), name);
    } catch (error) {
      notice.show(`The model could not be saved: ${/** @type {Error} */ (error).message}`);
    }
  }
  /** Of each format there are several files, which go together. */
  async function exportModel() {
    const format = /** @type {'onnx' | 'torch' | 'keras'} */ (exporting.value);
    const { model, text } = session;
    exporting.value = '';
    if (!model || !format) return;
    notice.clear();
    try {
      const name = fileName(text?.name ?? 'model', sizeOf(model.config), `-${format}`, '');
      const [{ files }, { zip }] = await Promise.all([model.export(format), import('../../model/use/zip.js')]);
      download(zip(files, name), `${name}.zip`);
    } catch (error) {
      notice.show(`The model could not be exported: ${/** @type {Error} */ (error).message}`);
    }
  }
  exporting.addEventListener('change', exportModel);
  save.addEventListener('click', () => keep('save'));
  saveCheckpoint.addEventListener('click', () => keep('checkpoint'));

  /** @param {File} chosen */
  async function useFile(chosen) {
    notice.clear();
    try {
      await session.openFile(new Uint8Array(await chosen.arrayBuffer()), chosen.name);
    } catch (error) {
      notice.show(`“${chosen.name}” could not be read: ${/** @type {Error} */ (error).message}`);
    }
  }
  open.addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    file.value = '';
    if (chosen) useFile(chosen);
  });

  const enable = () => {
    save.disabled = exporting.disabled = !session.model;
    saveCheckpoint.disabled = !session.model || !session.trained;
    open.disabled = session.state === 'starting' || session.state === 'lost';
  };
  for (const event of ['state', 'model', 'report']) session.addEventListener(event, enable);
  return { useFile };
}

/**
 * @param {string} text
 * @param {{ layers: number, hiddenSize: number }} size
 * @param {string} ending
 * @param {string} [type]
 */
function fileName(text, { layers, hiddenSize }, ending, type = '.safetensors') {
  const plain = text.toLowerCase().replace(/\.[a-z]+$/, '').replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
  return `${plain || 'model'}-${layers}x${hiddenSize}${ending}${type}`;
}
