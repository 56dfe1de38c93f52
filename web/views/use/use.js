import { byId } from '../../dom.js';
import { readWord } from '../../model/address.js';
import { kinds, modelOptions } from '../../model/learn/settings.js';
import { trainingPlan } from '../../model/learn/plan.js';
import { codeOf, MODEL, TEXT } from '../../model/use/snippets.js';
import { address } from '../address.js';
import { download } from '../download.js';
import { makeTabs } from '../tabs.js';

/**
 * What reads, and what it read.
 * @typedef {EventTarget & { subject?: Pick<import('../../model/cell/types.js').Subject, 'layers'>, run?: { text: string } }} Player
 */
/** @typedef {import('../../model/learn/Session.js').Session} Session */

/** Of a run that has no end and has not begun: steps. */
const SOME_STEPS = 1000;

/** Where the code is for, and what it does: as the address and the page call it. */
const places = /** @type {const} */ (['page', 'npm', 'node']);
const deeds = /** @type {const} */ (['predict', 'train']);

/**
 * What the visitor did here, as code that does the same elsewhere, and as a folder that runs.
 *
 * @param {Player} player whose network and text are used
 * @param {Session} session whose settings and text are used
 * @param {() => Promise<Uint8Array>} loadModel the file of the player's network
 */
export function showUse(player, session, loadModel) {
  const code = byId('use-code');
  const status = byId('use-status');
  const trains = /** @type {HTMLInputElement} */ (byId('use-train'));
  const save = /** @type {HTMLButtonElement} */ (byId('use-download'));
  const tabs = makeTabs(places.map((name) => byId(`use-${name}`)), byId('use-panel'), () => change());
  let isSaving = false;

  const use = () => (trains.checked ? trainingOf(session) : readingOf(player));

  function show() {
    const place = /** @type {import('../../model/use/snippets.js').Place} */ (tabs.chosen.id.replace('use-', ''));
    const shown = use();
    const text = shown ? codeOf(shown, place) : '';
    if (code.textContent !== text) code.textContent = text;
    save.disabled = !shown || isSaving;
  }
  const change = () => {
    show();
    address.changed();
  };

  address.register('use', {
    section: 'use',
    keys: ['code', 'does'],
    read(query) {
      /** @type {string[]} */
      const notes = [];
      choose(readWord(query, 'code', places, notes), readWord(query, 'does', deeds, notes));
      return notes;
    },
    write: () => /** @type {import('../../model/address.js').Entries} */ ([
      ...(tabs.chosen.id === 'use-page' ? [] : [['code', tabs.chosen.id.replace('use-', '')]]), ...(trains.checked ? [['does', 'train']] : []),
    ]),
    reset: () => choose(),
  });

  /** @param {(typeof places)[number]} [place] @param {(typeof deeds)[number]} [does] */
  function choose(place = 'page', does = 'predict') {
    byId(`use-${does}`).click();
    tabs.pick(byId(`use-${place}`));
  }

  for (const id of ['use-predict', 'use-train']) byId(id).addEventListener('change', change);
  for (const event of ['run', 'choice']) player.addEventListener(event, show);
  for (const event of ['settings', 'model', 'state', 'report']) session.addEventListener(event, show);
  show();

  byId('use-copy').addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(code.textContent ?? '');
      status.textContent = 'Copied.';
    } catch {
      getSelection()?.selectAllChildren(code);
      status.textContent = 'This browser does not let the page copy; the code is selected for you.';
    }
  });

  save.addEventListener('click', async () => {
    const shown = use();
    if (!shown) return;
    isSaving = true;
    show();
    status.textContent = 'Fetching the files…';
    try {
      // The model is asked for now: another network may be chosen while scripts are on their way.
      const [{ gatherFolder }, { zip }, model] = await Promise.all([
        import('../../model/use/folder.js'), import('../../model/use/zip.js'), shown.does === 'predict' ? loadModel() : '',
      ]);
      const index = { 'index.html': codeOf(shown, 'page') };
      const files = shown.does === 'train'
        ? await gatherFolder('worker', { ...index, [TEXT]: session.text?.text ?? '' })
        : await gatherFolder('predict', { ...index, [MODEL]: model });
      const name = shown.does === 'train' ? 'lstm-that-learns' : 'lstm-that-predicts';
      download(zip(files, name), `${name}.zip`);
      status.textContent = `${name}.zip: unpack it, and serve the folder.`;
    } catch (error) {
      status.textContent = `The files could not be put together: ${/** @type {Error} */ (error).message}.`;
    }
    isSaving = false;
    show();
  });
}

/**
 * @param {Player} player
 * @returns {import('../../model/use/snippets.js').Reading | undefined}
 */
function readingOf({ subject, run }) {
  if (!subject || !run) return undefined;
  const [{ kind, hiddenSize }] = subject.layers;
  return { does: 'predict', network: describe(kind, subject.layers.length, hiddenSize), text: run.text };
}

/**
 * The run as it is set, as long as it was trained so far; one that has not begun, a while.
 *
 * @param {Session} session
 * @returns {import('../../model/use/snippets.js').Training | undefined}
 */
function trainingOf({ settings, text, last }) {
  if (!text) return undefined;
  const { kind, layers, hiddenSize } = settings;
  const plan = trainingPlan(settings, text.characters);
  const steps = settings.steps || last?.step || SOME_STEPS;
  return { does: 'train', network: describe(kind, layers, hiddenSize), options: modelOptions(settings), plan: { ...plan, steps } };
}

/**
 * @param {string} kind
 * @param {number} layers
 * @param {number} hiddenSize
 */
function describe(kind, layers, hiddenSize) {
  const name = Object.hasOwn(kinds, kind) ? kinds[/** @type {import('../../model/learn/settings.js').Kind} */ (kind)].name : kind;
  return `${name}, ${layers} × ${hiddenSize}`;
}
