import { charName, percent } from '../../format.js';

/** @typedef {{ source: string[], target: string[], attention: Float32Array[] }} Attended */
/** @typedef {{ written: string, read: string, share: number }} Look */

/** How the end of what is written is shown. */
const END = 'end';

const keys = /** @type {Record<string, [row: number, column: number]>} */ ({
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
});

/**
 * Attention as a table: a row for each symbol that is written, a column for each that is read, cells the darker the more of it goes
 * there. The pointer and the arrow keys read a cell out.
 *
 * @param {HTMLTableElement} table
 * @param {(look: Look) => void} tell
 */
export function showAttention(table, tell) {
  /** @type {Attended | undefined} */
  let shown;
  /** @type {HTMLTableCellElement[][]} */
  let cells = [];
  let shape = '';
  /** The one that Tab comes to. */
  let [row, column] = [0, 0];

  const read = (/** @type {EventTarget | null} */ target) => {
    const cell = /** @type {Element | null} */ (target)?.closest?.('td');
    if (!cell || !shown) return;
    const r = cells.findIndex((some) => some.includes(cell));
    const c = cells[r]?.indexOf(cell) ?? -1;
    if (c >= 0) tell({ written: shown.target[r] ?? END, read: shown.source[c], share: shown.attention[r][c] });
    return { r, c };
  };
  const stopAt = (/** @type {number} */ r, /** @type {number} */ c) => {
    cells[row]?.[column]?.setAttribute('tabindex', '-1');
    [row, column] = [Math.max(0, Math.min(cells.length - 1, r)), Math.max(0, Math.min((cells[0]?.length ?? 1) - 1, c))];
    cells[row]?.[column]?.setAttribute('tabindex', '0');
  };
  table.addEventListener('pointerover', ({ target }) => { read(target); });
  table.addEventListener('focusin', ({ target }) => {
    const place = read(target);
    if (place) stopAt(place.r, place.c);
  });
  table.addEventListener('keydown', (event) => {
    const way = keys[event.key];
    if (!way) return;
    event.preventDefault();
    stopAt(row + way[0], column + way[1]);
    cells[row]?.[column]?.focus();
  });

  const build = (/** @type {Attended} */ { source, target, attention }) => {
    const head = document.createElement('tr');
    head.append(document.createElement('td'), ...source.map((symbol) => headOf(symbol, 'col')));
    cells = attention.map(() => source.map(() => {
      const cell = document.createElement('td');
      cell.tabIndex = -1;
      return cell;
    }));
    const lines = cells.map((some, r) => {
      const line = document.createElement('tr');
      line.append(headOf(target[r] ?? END, 'row'), ...some);
      return line;
    });
    table.style.setProperty('--columns', String(source.length));
    table.replaceChildren(head, ...lines);
    stopAt(row, column);
  };

  return {
    /** @param {Attended | undefined} next */
    draw(next) {
      if (next === shown) return;
      shown = next;
      if (!next || next.attention.length === 0) {
        if (shape) table.replaceChildren();
        shape = '';
        cells = [];
        return;
      }
      const now = `${next.source.join('\n')}\n\n${next.target.join('\n')} ${next.attention.length}`;
      if (now !== shape) build(next);
      shape = now;
      cells.forEach((some, r) => some.forEach((cell, c) => {
        const share = next.attention[r][c];
        cell.style.setProperty('--share', share.toFixed(3));
        cell.setAttribute('aria-label', percent(share));
      }));
    },
  };
}

/** @param {string} symbol @param {'row' | 'col'} scope */
function headOf(symbol, scope) {
  const head = document.createElement('th');
  head.scope = scope;
  head.textContent = symbol === ' ' ? '␣' : symbol;
  if (symbol !== head.textContent) head.setAttribute('aria-label', charName(symbol));
  return head;
}
