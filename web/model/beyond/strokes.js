import { Random } from '../why/Random.js';

/** @typedef {{ x: number, y: number }} Point   on the pad: its height is 1, y goes down */
/** @typedef {readonly [right: number, down: number]} Move   a direction, of length 1 */

/** How far the pen goes in one step of what the network reads. */
export const STEP = 0.06;

/** Longer gestures are cut: for the network this is a long one already. */
const MOST_STEPS = 150;

/** Gestures of fewer steps are taken for a slip of the hand. */
export const LEAST_STEPS = 5;

/** Tells the way of a pen as moves of the same length, as it goes: where and how large a gesture is drawn matters less. */
export class Tracer {
  /** @type {Point | undefined} */
  #at;
  /** @type {Move[]} */
  moves = [];

  /** @param {Point} to @returns {Move[]}   those that are new */
  add(to) {
    const before = this.moves.length;
    this.#at ??= to;
    for (let way = away(this.#at, to); way.length >= STEP && this.moves.length < MOST_STEPS; way = away(this.#at, to)) {
      const move = /** @type {const} */ ([way.x / way.length, way.y / way.length]);
      this.#at = { x: this.#at.x + STEP * move[0], y: this.#at.y + STEP * move[1] };
      this.moves.push(move);
    }
    return this.moves.slice(before);
  }
}

/** @param {Point} from @param {Point} to */
function away(from, to) {
  const [x, y] = [to.x - from.x, to.y - from.y];
  return { x, y, length: Math.hypot(x, y) };
}

/** @param {readonly Point[]} points */
export function movesOf(points) {
  const tracer = new Tracer();
  for (const point of points) tracer.add(point);
  return tracer.moves;
}

/** The way again, from where it begins: to be drawn. @param {readonly Move[]} moves @returns {Point[]} */
export function pointsOf(moves) {
  let [x, y] = [0, 0];
  return [{ x, y }, ...moves.map(([right, down]) => ({ x: x += STEP * right, y: y += STEP * down }))];
}

const circle = Array.from({ length: 33 }, (_, k) => ({ x: Math.sin((2 * Math.PI * k) / 32), y: -Math.cos((2 * Math.PI * k) / 32) }));
const zigzag = [-1, -0.6, -0.2, 0.2, 0.6, 1].map((x, k) => ({ x, y: k % 2 ? -0.6 : 0.6 }));
const tick = [{ x: -0.8, y: 0 }, { x: -0.3, y: 0.6 }, { x: 0.9, y: -0.9 }];

/** What "Fill in examples" draws, by label, where nothing was drawn yet. */
export const shapes = Object.freeze([
  { name: 'circle', points: circle }, { name: 'zigzag', points: zigzag }, { name: 'tick', points: tick },
]);

/**
 * The same gesture, as another hand draws it: larger or smaller, turned a little, not quite straight.
 *
 * @param {readonly Point[]} points
 * @param {Random} random
 */
export function redrawn(points, random) {
  const size = random.uniform(0.75, 1.25);
  const turn = random.uniform(-0.25, 0.25);
  const narrow = random.uniform(0.8, 1.2);
  const [cos, sin] = [Math.cos(turn) * size, Math.sin(turn) * size];
  return points.map(({ x, y }) => {
    const [u, v] = [x * narrow + random.uniform(-0.012, 0.012), y + random.uniform(-0.012, 0.012)];
    return { x: u * cos - v * sin, y: u * sin + v * cos };
  });
}

/** Of one shape, as large as a hand draws it on the pad. @param {number} k @param {Random} random */
export function drawShape(k, random) {
  return movesOf(redrawn(shapes[k].points.map(({ x, y }) => ({ x: 0.3 * x, y: 0.3 * y })), random));
}

/** @param {readonly Move[]} moves @param {Random} random */
export const varied = (moves, random) => movesOf(redrawn(pointsOf(moves), random));
