import { PRETRAINED } from '../../model/assets.js';
import { Emitter } from '../../model/Emitter.js';
import { sift } from '../../model/sift.js';
import { byId } from '../../dom.js';

/**
 * What the section of part 1 shows, as the section of code asks for it.
 *
 * @param {import('../../model/Reader.js').Reader} reader
 * @param {import('../../model/learn/Session.js').Session} session
 */
export function playerOf(reader, session) {
  const typed = /** @type {HTMLTextAreaElement} */ (byId('typed'));
  const player = Object.defineProperties(new Emitter(), Object.getOwnPropertyDescriptors({
    get subject() {
      if (!reader.model) return undefined;
      const { config } = reader.model;
      const { kind = 'lstm' } = /** @type {any} */ (config);
      const layers = Array.isArray(config.layers) ? config.layers : Array(config.layers).fill({ kind, hiddenSize: config.hiddenSize });
      return { layers };
    },
    get run() {
      return { text: sift(typed.value, reader.alphabet).known };
    },
    async load() {
      const bytes = reader.source === 'yours' ? await session.model?.save() : await (await fetch(PRETRAINED)).arrayBuffer();
      return new Uint8Array(/** @type {any} */ (bytes));
    },
  }));
  reader.addEventListener('model', () => player.emit('run'));
  typed.addEventListener('input', () => player.emit('run'));
  return player;
}
