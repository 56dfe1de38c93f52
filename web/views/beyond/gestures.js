import { byId, oncePerFrame, setText } from '../../dom.js';
import { percent } from '../../format.js';
import { LONGEST_LABEL, readLabels, writeLabels } from '../../model/beyond/address.js';
import { EXAMPLES, usualLabels } from '../../model/beyond/Gestures.js';
import { classifyCode } from '../../model/beyond/snippets.js';
import { drawShape, pointsOf, Tracer } from '../../model/beyond/strokes.js';
import { Random } from '../../model/why/Random.js';
import { followPen, pathOf, showCode, svg } from './svg.js';

/** Of the drawing's own units. */
const WIDTH = 360;
const HEIGHT = 240;

/** How far an arrow key moves the pen: a step of what the network reads. */
const KEY_STEP = 0.061;

const arrows = /** @type {Record<string, [number, number]>} */ ({ ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });

/**
 * @param {import('../../model/beyond/Gestures.js').Gestures} demo
 * @param {() => void} changed
 */
export function showGestures(demo, changed) {
  const pad = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (byId('gestures-pad')));
  const start = /** @type {HTMLButtonElement} */ (byId('gestures-start'));
  const fill = /** @type {HTMLButtonElement} */ (byId('gestures-fill'));
  const status = byId('gestures-status');
  const examples = svg('g', { class: 'examples' });
  const line = svg('path', { class: 'line' });
  const dot = svg('path', { class: 'pen' });
  pad.replaceChildren(examples, line, dot);
  let told = '';
  const rows = showLabels(demo, byId('gestures-labels'), () => {
    told = '';
    changed();
  });
  const writeCode = showCode(/** @type {Element} */ (pad.closest('.beyond-part')), () => {
    const random = new Random(11);
    return classifyCode(demo.labels, demo.examples.map((list, k) => list[0] ?? drawShape(k, random)));
  });
  /** What is being drawn. @type {{ x: number, y: number }[]} */
  let points = [];
  let tracer = new Tracer();

  const draw = oncePerFrame(() => {
    rows.draw();
    drawExamples(examples, demo);
    line.setAttribute('d', pathOf(points.map(({ x, y }) => [x * HEIGHT, y * HEIGHT])));
    const at = points.at(-1) ?? { x: WIDTH / HEIGHT / 2, y: 0.5 };
    dot.setAttribute('d', `M${(at.x * HEIGHT).toFixed(1)} ${(at.y * HEIGHT).toFixed(1)}h0`);
    setText(start, demo.isBusy ? 'Stop' : 'Learn');
    start.disabled = !demo.isBusy && !(demo.isFull && demo.hasNames);
    fill.disabled = demo.isFull || demo.isBusy;
    setText(status, told || statusOf(demo));
    writeCode();
  });
  demo.addEventListener('change', draw);
  demo.addEventListener('problem', (event) => {
    told = `It could not learn this: ${/** @type {CustomEvent} */ (event).detail.message}. Learn tries again.`;
    draw();
  });

  start.addEventListener('click', () => {
    told = '';
    if (demo.isBusy) demo.stop();
    else demo.start();
  });
  fill.addEventListener('click', () => {
    told = '';
    demo.fill();
  });
  byId('gestures-reset').addEventListener('click', () => {
    told = '';
    points = [];
    demo.clear();
  });

  const begin = (/** @type {{ x: number, y: number }} */ at) => {
    told = '';
    points = [at];
    tracer = new Tracer();
    tracer.add(at);
    if (demo.chosen === undefined) demo.beginReading();
    draw();
  };
  const go = (/** @type {{ x: number, y: number }} */ at) => {
    points.push(at);
    const moves = tracer.add(at);
    if (demo.chosen === undefined) demo.readOn(moves);
    draw();
  };
  const end = () => {
    if (demo.chosen === undefined) {
      if (!demo.guesses && demo.state !== 'trained') told = 'Nothing was learnt yet that could tell it.';
    } else if (demo.add(tracer.moves)) points = [];
    else told = 'That was very short; draw it larger.';
    draw();
  };

  const wide = (/** @type {{ x: number, y: number }} */ { x, y }) => ({ x: (x * WIDTH) / HEIGHT, y });
  followPen(pad, {
    down(at) {
      begin(wide(at));
      return true;
    },
    move: (at) => go(wide(at)),
    up: end,
  });
  let isDrawing = false;
  pad.addEventListener('keydown', (event) => {
    const way = arrows[event.key];
    if (!way && !(isDrawing && ['Enter', 'Escape'].includes(event.key))) return;
    event.preventDefault();
    if (way) {
      if (!isDrawing) begin({ x: WIDTH / HEIGHT / 2, y: 0.5 });
      isDrawing = true;
      const { x, y } = /** @type {{ x: number, y: number }} */ (points.at(-1));
      go({ x: Math.max(0, Math.min(WIDTH / HEIGHT, x + KEY_STEP * way[0])), y: Math.max(0, Math.min(1, y + KEY_STEP * way[1])) });
      return;
    }
    isDrawing = false;
    if (event.key === 'Enter') end();
    else points = [];
    draw();
  });
  draw();

  return {
    /** @param {URLSearchParams} query */
    read(query) {
      const { labels, notes } = readLabels(query);
      labels?.forEach((label, k) => demo.rename(k, label));
      return notes;
    },
    write: () => writeLabels(demo.labels),
    reset: () => usualLabels().forEach((label, k) => demo.rename(k, label)),
  };
}

/** The examples of what is drawn now, small, in a row above. @param {SVGGElement} group @param {import('../../model/beyond/Gestures.js').Gestures} demo */
function drawExamples(group, { examples, chosen }) {
  const list = chosen === undefined ? [] : examples[chosen];
  const state = `${chosen} ${list.map(({ length }) => length)}`;
  if (group.dataset.shown === state) return;
  group.dataset.shown = state;
  const side = WIDTH / EXAMPLES;
  group.replaceChildren(...list.map((moves, k) => {
    const all = pointsOf(moves);
    const [left, top] = [Math.min(...all.map((point) => point.x)), Math.min(...all.map((point) => point.y))];
    const size = Math.max(...all.map((point) => point.x - left), ...all.map((point) => point.y - top), 0.1);
    return svg('path', { d: pathOf(all.map(({ x, y }) => [side * (k + 0.12 + (0.76 * (x - left)) / size), side * (0.12 + (0.76 * (y - top)) / size)])) });
  }));
}

/**
 * A row for each label: to choose it, its name, how many examples it has, and how probable it is.
 *
 * @param {import('../../model/beyond/Gestures.js').Gestures} demo
 * @param {HTMLElement} fieldset
 * @param {() => void} changed
 */
function showLabels(demo, fieldset, changed) {
  const rows = [...demo.labels, undefined].map((label, k) => {
    const row = document.createElement('div');
    row.className = 'row';
    const radio = document.createElement('input');
    Object.assign(radio, { type: 'radio', name: 'gestures-label', autocomplete: 'off', value: String(k) });
    if (label === undefined) {
      const choice = document.createElement('label');
      choice.append(radio, ' anything, and it tells which');
      row.append(choice);
      radio.addEventListener('change', () => {
        changed();
        demo.choose(undefined);
      });
      fieldset.append(row);
      return { radio };
    }
    const name = document.createElement('input');
    Object.assign(name, { type: 'text', maxLength: LONGEST_LABEL, autocomplete: 'off', spellcheck: false, value: label });
    name.setAttribute('aria-label', `Name of gesture ${k + 1}`);
    const number = document.createElement('output');
    const meter = document.createElement('span');
    meter.className = 'meter';
    meter.append(document.createElement('i'));
    const share = document.createElement('output');
    row.append(radio, name, number, meter, share);
    fieldset.append(row);
    radio.addEventListener('change', () => {
      changed();
      demo.choose(k);
    });
    name.addEventListener('input', () => {
      changed();
      demo.rename(k, name.value);
    });
    return { radio, name, number, meter, share };
  });
  return {
    draw() {
      rows.forEach(({ radio, name, number, meter, share }, k) => {
        radio.checked = demo.chosen === (name ? k : undefined);
        radio.disabled = demo.isBusy || (!name && demo.state !== 'trained');
        if (!name || !number || !meter || !share) return;
        radio.setAttribute('aria-label', `${demo.labels[k]}, ${demo.examples[k].length} of ${EXAMPLES} examples`);
        if (name.value !== demo.labels[k]) name.value = demo.labels[k];
        name.setAttribute('aria-invalid', String(!demo.labels[k].trim() || demo.labels.indexOf(demo.labels[k]) !== k));
        setText(number, `${demo.examples[k].length}/${EXAMPLES}`);
        const guess = demo.guesses?.[k];
        meter.style.setProperty('--share', String(guess ?? 0));
        setText(share, guess === undefined ? '' : percent(guess));
      });
    },
  };
}

/** @param {import('../../model/beyond/Gestures.js').Gestures} demo */
function statusOf({ state, progress, chosen, labels, examples, guesses, isFull, hasNames }) {
  if (!hasNames) return 'Three different names, please.';
  if (state === 'starting') return 'Starting.';
  if (state === 'training') return `Learning: ${Math.round(10 * progress) * 10} %.`;
  if (guesses) {
    const best = guesses.indexOf(Math.max(...guesses));
    return `It takes this for ${labels[best]}: ${percent(guesses[best])}.`;
  }
  if (chosen === undefined) return 'Learnt. Draw: it tells which, at each step.';
  if (isFull) return 'Ready to learn.';
  return `Draw ${labels[chosen]}: ${examples[chosen].length} of ${EXAMPLES}.`;
}
