import { byId, oncePerFrame, setAttribute, setText } from '../../dom.js';
import { readContinuation, writeContinuation } from '../../model/beyond/address.js';
import { COLUMNS, DRAWN, drawLine, drawnPart } from '../../model/beyond/curve.js';
import { forecastCode } from '../../model/beyond/snippets.js';
import { followPen, pathOf, showCode, svg } from './svg.js';

/** Of the drawing's own units. */
const WIDTH = 720;
const HEIGHT = 240;
const MARGIN = 12;

/** How far an arrow key moves the pen. */
const KEY_STEP = 0.04;

const x = (/** @type {number} */ column) => (column * WIDTH) / (COLUMNS - 1);
/** What lies far outside is not worth a line to there. */
const y = (/** @type {number} */ value) => HEIGHT - MARGIN - Math.max(-1, Math.min(2, value)) * (HEIGHT - 2 * MARGIN);

/**
 * @param {import('../../model/beyond/Continuation.js').Continuation} demo
 * @param {() => void} changed
 */
export function showCurve(demo, changed) {
  const pad = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (byId('curve-pad')));
  const start = byId('curve-start');
  const choice = /** @type {HTMLSelectElement} */ (byId('curve-choice'));
  const status = byId('curve-status');
  const lines = drawing(pad);
  const writeCode = showCode(/** @type {Element} */ (pad.closest('.beyond-part')), () => forecastCode(demo.curve));
  /** Where the pen is. @type {{ column: number, value: number } | undefined} */
  let pen;
  let problem = '';

  const draw = oncePerFrame(() => {
    lines.draw(demo, pen);
    setText(start, demo.isBusy ? 'Stop' : 'Continue it');
    choice.value = demo.choice;
    setText(status, problem || statusOf(demo));
    if (!demo.isBusy) setAttribute(pad, 'aria-label', nameOf(demo));
    writeCode();
  });
  demo.addEventListener('change', draw);
  demo.addEventListener('problem', (event) => {
    problem = `It could not learn this: ${/** @type {CustomEvent} */ (event).detail.message}. Continue it tries again.`;
    draw();
  });

  const begin = () => {
    problem = '';
    demo.start();
  };
  start.addEventListener('click', () => (demo.isBusy ? demo.stop() : begin()));
  choice.addEventListener('change', () => {
    problem = '';
    pen = undefined;
    demo.choose(/** @type {any} */ (choice.value));
    changed();
  });

  /** @param {{ column: number, value: number }} to @param {boolean} isNew */
  const drawTo = (to, isNew) => {
    problem = '';
    const curve = demo.curve.slice();
    drawLine(curve, isNew ? undefined : pen, to);
    pen = to;
    demo.draw(curve);
    changed();
  };
  const columnOf = (/** @type {{ x: number, y: number }} */ at) => ({
    column: Math.round(Math.max(0, Math.min(DRAWN - 1, at.x * (COLUMNS - 1)))),
    value: Math.max(0, Math.min(1, (HEIGHT - MARGIN - at.y * HEIGHT) / (HEIGHT - 2 * MARGIN))),
  });
  followPen(pad, {
    down(at) {
      if (at.x * (COLUMNS - 1) > DRAWN + 8) return false;
      drawTo(columnOf(at), true);
      return true;
    },
    move: (at) => drawTo(columnOf(at), false),
    up() {
      if (demo.isLongEnough) begin();
    },
  });
  pad.addEventListener('keydown', (event) => {
    const { key } = event;
    if (!['Home', 'ArrowUp', 'ArrowDown', 'ArrowRight', 'ArrowLeft', 'Enter'].includes(key)) return;
    event.preventDefault();
    if (key === 'Enter') {
      begin();
      return;
    }
    const at = pen ?? lastOf(demo.curve);
    const by = key === 'ArrowUp' ? KEY_STEP : key === 'ArrowDown' ? -KEY_STEP : 0;
    const value = Math.max(0, Math.min(1, at.value + by));
    if (key === 'Home') drawTo({ column: 0, value: at.value }, true);
    else if (by) {
      pen = { ...at, value };
      setText(status, `The pen is at ${Math.round(100 * value)} of 100, point ${at.column + 1} of ${DRAWN}.`);
      lines.draw(demo, pen);
    } else {
      pen = at;
      drawTo({ column: Math.max(0, Math.min(DRAWN - 1, at.column + (key === 'ArrowRight' ? 1 : -1))), value }, false);
    }
  });
  draw();

  return {
    /** @param {URLSearchParams} query */
    read(query) {
      const { name, curve, notes } = readContinuation(query);
      pen = undefined;
      if (name) demo.choose(name);
      else if (curve) demo.draw(curve);
      return notes;
    },
    write: () => writeContinuation(demo),
    reset: () => demo.choose('waves'),
  };
}

/** @param {Float64Array} curve */
function lastOf(curve) {
  const { first, values } = drawnPart(curve);
  return values.length ? { column: first + values.length - 1, value: values[values.length - 1] } : { column: 0, value: 0.5 };
}

/** @param {SVGSVGElement} pad */
function drawing(pad) {
  const rest = svg('rect', { class: 'rest', x: String(x(DRAWN)), y: '0', width: String(WIDTH - x(DRAWN)), height: String(HEIGHT) });
  const [sure, likely, mean, line] = ['sure', 'likely', 'mean', 'line'].map((name) => svg('path', { class: name }));
  const dot = svg('path', { class: 'pen' }); // a line of no length: the drawing is stretched, its end is round
  pad.replaceChildren(rest, sure, likely, mean, line, dot);
  return {
    /** @param {import('../../model/beyond/Continuation.js').Continuation} demo @param {{ column: number, value: number }} [pen] */
    draw({ curve, future }, pen) {
      const { first, values } = drawnPart(curve);
      const next = first + values.length;
      line.setAttribute('d', pathOf(Array.from(values, (value, k) => [x(first + k), y(value)])));
      const from = /** @type {[number, number][]} */ (values.length ? [[x(next - 1), y(values[values.length - 1])]] : []);
      const along = (/** @type {Float64Array} */ some) => Array.from(some, (value, k) => /** @type {[number, number]} */ ([x(next + k), y(value)]));
      mean.setAttribute('d', future ? pathOf([...from, ...along(future.mean)]) : '');
      for (const [k, band] of [likely, sure].entries()) {
        const { lower, upper } = future?.intervals[k] ?? {};
        band.setAttribute('d', lower && upper ? `${pathOf([...from, ...along(upper), ...along(lower).reverse()])}Z` : '');
      }
      const at = pen ?? lastOf(curve);
      dot.setAttribute('d', `M${x(at.column).toFixed(1)} ${y(at.value).toFixed(1)}h0`);
    },
  };
}

/** @param {import('../../model/beyond/Continuation.js').Continuation} demo */
function statusOf({ state, progress, future, isLongEnough }) {
  if (state === 'starting') return 'Starting.';
  if (state === 'training') return `Learning: ${Math.round(10 * progress) * 10} %.`;
  if (!isLongEnough) return 'A little longer, please.';
  if (!future) return 'Likely between the dark edges, almost surely between the light.';
  return `${state === 'trained' ? 'Learnt.' : 'Stopped.'} 80 % likely within the dark band, 95 % within the light.`;
}

/** @param {import('../../model/beyond/Continuation.js').Continuation} demo */
function nameOf({ curve, future }) {
  const { values } = drawnPart(curve);
  const drawn = `Curve of ${values.length} points`;
  if (!future) return `${drawn}, not continued yet`;
  const hundredths = (/** @type {number} */ value) => Math.round(100 * value);
  const last = future.mean.length - 1;
  const sure = future.intervals[1];
  return `${drawn}, continued by ${last + 1}: the last at ${hundredths(future.mean[last])} of 100, with 95 % between `
    + `${hundredths(sure.lower[last])} and ${hundredths(sure.upper[last])}`;
}
