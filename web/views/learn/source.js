import { byId } from '../../dom.js';
import { count } from '../../format.js';
import { MOBY_DICK_NAME } from '../../model/assets.js';
import { fetchMobyDick, pastedText, readTextFile } from '../../model/learn/text.js';

/**
 * The text to learn: Moby-Dick, a pasted text, or a file, chosen or dropped.
 *
 * @param {import('../../model/learn/Session.js').Session} session
 * @param {import('../notice.js').Notice} notice
 */
export function chooseText(session, notice) {
  const name = byId('learn-source-name');
  const file = /** @type {HTMLInputElement} */ (byId('learn-text-file'));
  const pasted = /** @type {HTMLTextAreaElement} */ (byId('learn-pasted'));
  const useMoby = byId('learn-use-moby');
  let latest = 0;

  /** @param {() => Promise<import('../../model/learn/text.js').Text> | import('../../model/learn/text.js').Text} read */
  async function use(read) {
    const mine = ++latest;
    notice.clear();
    try {
      const text = await read();
      if (mine !== latest) return;
      await session.useText(text);
    } catch (error) {
      if (mine === latest) notice.show(/** @type {Error} */ (error).message);
    }
  }

  function showName() {
    const { text } = session;
    if (!text) return;
    useMoby.hidden = text.name === MOBY_DICK_NAME;
    name.textContent = `${text.name}: ${count(text.characters)} characters`;
  }

  session.addEventListener('model', showName);
  byId('learn-open-text').addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    file.value = '';
    if (chosen) use(() => readTextFile(chosen));
  });
  byId('learn-use-pasted').addEventListener('click', () => use(() => pastedText(pasted.value)));
  useMoby.addEventListener('click', () => use(fetchMobyDick));

  return {
    useMobyDick: () => use(fetchMobyDick),
    /** @param {File} dropped */
    useFile: (dropped) => use(() => readTextFile(dropped)),
  };
}
