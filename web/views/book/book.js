import { byId, latestWins } from '../../dom.js';
import { charName } from '../../format.js';
import { FEATURES, livelyPart } from '../../model/book/features.js';
import { Inspection } from '../../model/book/Inspection.js';
import { sift } from '../../model/sift.js';
import { findUnits } from '../../model/book/units.js';
import { chooseUnit } from './choose.js';
import { showFindings } from './findings.js';
import { showReading } from './reading.js';
import { showSteps } from './steps.js';
import { walkThrough } from './walk.js';

/** Units are sought in so much of the text: characters. Of a network that learns there is another one every second. */
const SEARCHED = { pretrained: 6000, yours: 2000 };
const FOUND = 3;

/** While the network learns, they are sought this often: milliseconds. */
const SEARCH_EVERY = 4000;

/** Where the first look falls, as a part of the text: there is something before it and something behind. */
const FIRST_LOOK = 0.6;

/**
 * A look inside the network that reads: it reads a text when that, or the network, is another one and the section is
 * in view.
 *
 * @param {import('../../model/Reader.js').Reader} reader
 * @param {import('../../model/learn/Session.js').Session} session   its text is searched for units that track something
 */
export function showInside(reader, session) {
  const look = new Inspection();
  const typed = /** @type {HTMLTextAreaElement} */ (byId('inside-typed'));
  const note = byId('inside-typed-note');
  const findings = showFindings(look);
  showReading(look);
  showSteps(look);
  walkThrough(look);
  chooseUnit(look);

  let isInView = false;
  let isTyped = false;
  /** What was shown last: the same network, grown older, keeps its rows and the unit that is looked at. */
  let shown = { network: '', text: '' };
  /** What units were sought in last, and when. @type {{ network: string, model?: unknown, text?: unknown, at: number }} */
  let searched = { network: '', at: -Infinity };
  let timer = 0;

  const read = latestWins(async () => {
    const { model, source } = reader;
    if (!model || !isInView) return;
    try {
      const text = await textFor(model);
      const trace = await model.trace(text);
      const { config } = model;
      const layers = Array.isArray(config.layers) ? config.layers : Array(config.layers).fill(config);
      const network = JSON.stringify([source, config]);
      const [isFirst, isOther] = [shown.network === '', shown.network !== network];
      look.show(trace, layers, isOther || shown.text !== text);
      shown = { network, text };
      if (isFirst) look.go(Math.floor(FIRST_LOOK * look.length));
      if (isOther) {
        findings.clear();
        searched = { network, at: -Infinity };
      }
      search();
    } catch (error) {
      tell(model, error);
    }
  });

  /** Seeks the units that track something, where that has not been done, or not lately. */
  const search = latestWins(async () => {
    const { model } = reader;
    const { text } = session;
    if (!model || !text || (searched.model === model && searched.text === text)) return;
    const wait = searched.at + SEARCH_EVERY - performance.now();
    clearTimeout(timer);
    if (wait > 0) {
      timer = setTimeout(search, wait);
      return;
    }
    const before = { ...searched, place: look.at };
    try {
      const found = await findUnits(model, await partOf(text.text, model), FEATURES, FOUND);
      if (searched.network !== before.network) return;
      searched = { ...searched, model, text, at: performance.now() };
      findings.show(found);
      if (before.model) return;
      const [best] = found.flat().sort((a, b) => Math.abs(b.r) - Math.abs(a.r));
      look.choose(best.unit, best.layer);
      if (look.at === before.place) look.goWhereUsed();
    } catch (error) {
      tell(model, error);
    }
  });

  /**
   * A model that is no longer there has been replaced, and the new one is read and searched.
   *
   * @param {unknown} model
   * @param {unknown} error
   */
  function tell(model, error) {
    if (reader.model === model) note.textContent = /** @type {Error} */ (error).message;
  }

  /**
   * What is typed, as far as the model knows it. Where it knows too little of the example, it writes one.
   *
   * @param {import('lstm-wasm/worker').WorkerCharModel} model
   */
  async function textFor(model) {
    if (!isTyped && sift(typed.value, reader.alphabet).unknown.length > 0) {
      typed.value = await model.generate({ length: typed.maxLength / 2, temperature: 0.7, seed: 1 });
    }
    const { known, unknown } = sift(typed.value, reader.alphabet);
    const names = unknown.slice(0, 5).map(charName).join(', ');
    note.textContent = names && `This network does not know ${names}: skipped.`;
    return known;
  }

  /**
   * A part of the text as far as the model knows it; where it knows too little, what it writes itself.
   *
   * @param {string} text
   * @param {import('lstm-wasm/worker').WorkerCharModel} model
   */
  async function partOf(text, model) {
    const length = SEARCHED[reader.source];
    const { known } = sift(livelyPart(text, length), reader.alphabet);
    const isKnown = known.length > 0.9 * Math.min(length, text.length);
    return isKnown ? known : model.generate({ length, temperature: 0.7, seed: 1 });
  }

  typed.addEventListener('input', () => {
    isTyped = true;
    read();
  });
  reader.addEventListener('model', read);
  session.addEventListener('model', read);
  new IntersectionObserver((entries) => {
    isInView = entries.some(({ isIntersecting }) => isIntersecting);
    if (isInView) read();
  }, { rootMargin: '400px' }).observe(byId('book'));
}
