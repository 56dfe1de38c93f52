import { byId } from '../../dom.js';
import { decimal } from '../../format.js';
import { nats, sayCost, sayWhy } from '../../model/book/words.js';

/** @typedef {import('../../model/book/Book.js').Tracker} Tracker */

/** A unit whose silence costs less asks for a reason: nats a character. */
const LITTLE = 0.005;

/**
 * The units that track something: each can be looked at, and silenced.
 *
 * @param {import('../../model/book/Book.js').Book} book
 */
export function showUnits(book) {
  const rows = /** @type {HTMLTableSectionElement} */ (byId('book-units'));
  /** They keep the room of what is not found yet. */
  const awaited = [...rows.rows];
  const note = byId('book-cost');
  const why = byId('book-why');
  const reason = byId('book-reason');

  book.addEventListener('units', () => {
    const { trackers, subject } = book;
    const isStacked = (subject?.layers.length ?? 1) > 1;
    rows.replaceChildren(...trackers?.map((tracker) => makeRow(tracker, isStacked)) ?? awaited);
    byId('book-none').hidden = trackers?.length !== 0;
    mark();
  });
  for (const event of ['text', 'unit', 'cost']) book.addEventListener(event, mark);
  why.addEventListener('click', explain);
  byId('book-see').addEventListener('click', async () => {
    await book.seeInCell();
    byId('cell').scrollIntoView();
  });

  /** @param {Tracker} tracker @param {boolean} isStacked */
  function makeRow(tracker, isStacked) {
    const { unit, layer, r, feature } = tracker;
    const row = document.createElement('tr');
    const choose = button('book-choose', isStacked ? `${layer + 1}: ${unit}` : String(unit), `Look at unit ${unit}: ${feature}`);
    choose.addEventListener('click', () => {
      byId('book-show-unit').click();
      book.choose(tracker);
    });
    const silence = button('book-silence', 'Silence', `Silence unit ${unit}`);
    silence.addEventListener('click', () => {
      reason.textContent = '';
      book.ask(tracker);
    });
    const cells = [choose, feature, decimal(r), silence].map((content, k) => {
      const cell = document.createElement(k === 0 ? 'th' : 'td');
      if (k === 0) cell.scope = 'row';
      cell.append(content);
      return cell;
    });
    const cost = document.createElement('output');
    cells[3].append(cost);
    row.append(...cells);
    return Object.assign(row, { tracker, choose, silence, cost });
  }

  function mark() {
    for (const row of book.trackers ? rows.rows : []) {
      const { tracker, choose, silence, cost } = /** @type {ReturnType<typeof makeRow>} */ (/** @type {unknown} */ (row));
      const known = book.costOf([tracker]);
      const isChosen = tracker.unit === book.unit && tracker.layer === book.run?.layer;
      choose.setAttribute('aria-pressed', String(isChosen));
      silence.hidden = known !== undefined;
      cost.textContent = known === undefined ? '' : known instanceof Promise ? '…' : nats(known.nats);
    }
    byId('book-see-unit').textContent = String(book.unit);
    const { asked } = book;
    const cost = asked && book.costOf([asked]);
    const isCounted = cost !== undefined && !(cost instanceof Promise);
    note.textContent = isCounted && asked ? `Without unit ${asked.unit}: ${nats(cost.nats)}. ${sayCost(cost)}` : '';
    why.hidden = !isCounted || cost.nats >= LITTLE || reason.textContent !== '' || !trackerOf(asked);
    if (!asked) reason.textContent = '';
  }

  /** What it tracks, where it is offered. @param {import('../../model/book/address.js').Place | undefined} place */
  function trackerOf(place) {
    return book.trackers?.find(({ unit, layer }) => unit === place?.unit && layer === place.layer);
  }

  async function explain() {
    const tracker = trackerOf(book.asked);
    if (!tracker) return;
    why.hidden = true;
    reason.textContent = 'Silencing those that track the same, too…';
    const peers = await book.silencePeers(tracker);
    const { asked } = book; // found again meanwhile, it is another object
    if (asked?.unit === tracker.unit && asked.layer === tracker.layer) reason.textContent = peers ? sayWhy(tracker, peers) : '';
  }
}

/** @param {string} className @param {string} text @param {string} label */
function button(className, text, label) {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = className;
  element.textContent = text;
  element.setAttribute('aria-label', label);
  return element;
}
