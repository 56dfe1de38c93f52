// What each cell does, as the heads of src/cells/*.c write it, in double and on plain arrays: the truth that the lab's
// tampering is compared with. A held gate is set where its equation stands, a silent unit's h is 0 where it is read.

/** @typedef {import('../../web/model/cell/types.js').Tampering} Tampering */
/** @typedef {Record<string, any>} Layer */
/** @typedef {{ h: number[], c?: number[], gates: Record<string, number[]>, inputs?: number[][] }} Memory */

const sigmoid = (/** @type {number} */ x) => 1 / (1 + Math.exp(-x));
/** @param {number} n @param {(j: number) => number} of */
const numbers = (n, of) => Array.from({ length: n }, (_, j) => of(j));
/** @param {(...all: number[]) => number} of @param {number[][]} lists */
const zip = (of, ...lists) => lists[0].map((_, j) => of(...lists.map((list) => list[j])));
/** @param {number[][]} all */
const add = (...all) => zip((...some) => some.reduce((a, b) => a + b), ...all);
/** @param {number[]} a @param {number[]} b */
const multiply = (a, b) => zip((x, y) => x * y, a, b);

/** @param {number[]} all @param {number} [from] */
const minus = (all, from = 1) => all.map((x) => from - x);

/** LN(a; w, b), with the variance of all numbers. @param {number[]} a @param {ArrayLike<number>} w @param {ArrayLike<number>} [b] */
function normalised(a, w, b) {
  const mean = a.reduce((sum, x) => sum + x, 0) / a.length;
  const variance = a.reduce((sum, x) => sum + (x - mean) ** 2, 0) / a.length;
  return a.map((x, j) => (w[j] * (x - mean)) / Math.sqrt(variance + 1e-5) + (b?.[j] ?? 0));
}

/** A network's parameters by name, and what it is made of. */
export class Equations {
  /** @param {{ parameters(): Record<string, Float32Array>, config: any }} network @param {number} startToken */
  constructor(network, startToken) {
    this.values = network.parameters();
    this.config = network.config;
    this.startToken = startToken;
  }

  /**
   * @param {readonly number[]} tokens
   * @param {number} [layer] in which it is tampered
   * @param {Partial<Tampering>} [tampering]
   * @param {(text: string) => number[]} [encode] of the texts of swaps
   * @returns {{ memories: Memory[], logProbabilities: number[] }[]} first what stands before the first token
   */
  read(tokens, layer = 0, { holds = [], edits = [], swaps = [], silenced = [] } = {}, encode = () => []) {
    const held = (/** @type {number} */ t) => (/** @type {string} */ gate, /** @type {number} */ unit) => (
      holds.findLast((hold) => hold.gate === gate && (hold.unit === 'all' || hold.unit === unit)
        && hold.from <= t && t <= (hold.to ?? Infinity))?.value);
    let memories = this.config.layers.map((/** @type {Layer} */ config, /** @type {number} */ l) => this.#initial(config, l));
    return [this.startToken, ...tokens].map((token, n) => {
      const t = n - 1;
      memories = this.#step(memories, token, layer, held(t), silenced);
      const own = memories[layer];
      for (const { memory, unit, at, value } of edits) if (at === t) /** @type {number[]} */ (own[memory])[unit] = value;
      for (const { unit, at, text } of swaps) {
        if (at !== t) continue;
        const other = this.read(encode(text)).at(-1)?.memories[layer];
        own.h[unit] = other?.h[unit] ?? NaN;
        if (own.c) own.c[unit] = other?.c?.[unit] ?? NaN;
      }
      const seen = heard(memories.at(-1), this.config.layers.at(-1), layer === memories.length - 1 ? silenced : []);
      return { memories: structuredClone(memories), logProbabilities: this.#predict(seen) };
    });
  }

  /** @param {Layer} config @param {number} l @returns {Memory} */
  #initial({ kind, hiddenSize: H, projection }, l) {
    const first = (/** @type {string} */ name, /** @type {number} */ n) => [...this.values[`${name}_l${l}`] ?? new Float32Array(n)];
    const hasC = kind === 'lstm' || kind === 'four-gate';
    return { h: first('h0', projection ?? H), ...(hasC && { c: first('c0', H).slice(0, H) }), gates: {}, inputs: [] };
  }

  /**
   * @param {Memory[]} memories
   * @param {number} token
   * @param {number} layer
   * @param {(gate: string, unit: number) => number | undefined} held
   * @param {readonly number[]} silenced
   */
  #step(memories, token, layer, held, silenced) {
    const { input, layers } = this.config;
    let x = numbers(input.tokens, (k) => Number(k === token));
    if (input.embedding) x = numbers(input.embedding, (k) => this.values['embedding.weight'][token * input.embedding + k]);
    return memories.map((before, l) => {
      const isHere = l === layer;
      const after = this.#cell(layers[l], l, before, x, isHere ? held : () => undefined, isHere ? silenced : []);
      x = heard(after, layers[l], isHere ? silenced : []);
      return after;
    });
  }

  /** @param {Layer} config @param {number} l @param {Memory} before @param {number[]} x
   * @param {(gate: string, unit: number) => number | undefined} held @param {readonly number[]} silenced @returns {Memory} */
  #cell(config, l, before, x, held, silenced) {
    const { kind, hiddenSize: H, clip = Infinity } = config;
    const { values } = this;
    const value = (/** @type {string} */ name) => values[`${name}_l${l}`] ?? [];
    /** Some rows of a matrix times a vector. @param {string} name @param {number} first @param {number} rows @param {number[]} v */
    const times = (name, first, rows, v) => numbers(rows, (j) => (
      v.reduce((sum, x_k, k) => sum + (value(name)[(first + j) * v.length + k] ?? 0) * x_k, 0)));
    const bias = (/** @type {string} */ name, /** @type {number} */ first) => numbers(H, (j) => value(name)[first + j] ?? 0);
    const clipped = (/** @type {number} */ z) => Math.max(-clip, Math.min(z, clip));
    /** @param {string} name @param {(z: number) => number} squash @param {number[]} z */
    const gate = (name, squash, z) => z.map((z_j, j) => held(name, j) ?? squash(clipped(z_j)));
    const h = heard(before, config, silenced);
    const fromX = (/** @type {number} */ row) => add(times('weight_ih', row, H, x), bias('bias_ih', row));
    const plain = (/** @type {number} */ row) => add(fromX(row), times('weight_hh', row, H, h), bias('bias_hh', row));
    switch (kind) {
      case 'rnn': {
        const squash = config.activation === 'relu' ? (/** @type {number} */ z) => Math.max(0, z) : Math.tanh;
        return { h: plain(0).map((z) => squash(clipped(z))), gates: {} };
      }
      case 'feedforward': return { h: fromX(0).map(Math.tanh), gates: {} };
      case 'tdnn': {
        const inputs = [x, ...before.inputs ?? []].slice(0, config.delays);
        const all = [...inputs, ...Array.from({ length: config.delays - inputs.length }, () => x.map(() => 0))].flat();
        return { h: add(times('weight_ih', 0, H, all), bias('bias_ih', 0)).map(Math.tanh), gates: {}, inputs };
      }
      case 'gru': {
        const r = gate('reset', sigmoid, plain(0));
        const z = gate('update', sigmoid, plain(H));
        const fromState = config.resetAfter
          ? multiply(r, add(times('weight_hh', 2 * H, H, h), bias('bias_hh', 2 * H)))
          : add(times('weight_hh', 2 * H, H, multiply(r, h)), bias('bias_hh', 2 * H));
        const n = gate('candidate', Math.tanh, add(fromX(2 * H), fromState));
        return { h: zip((z_j, n_j, h_j) => (1 - z_j) * n_j + z_j * h_j, z, n, before.h), gates: { reset: r, update: z, candidate: n } };
      }
      case 'four-gate': {
        const i = gate('input', sigmoid, plain(0));
        const f = gate('forget', sigmoid, plain(H));
        const g = gate('candidate', Math.tanh, plain(2 * H));
        const o = gate('output', sigmoid, plain(3 * H));
        const kept = multiply(f, before.c ?? []);
        const u = gate('use', Math.tanh, add(times('weight_uc', 0, H, kept), bias('bias_u', 0)));
        const gates = { input: i, forget: f, candidate: g, output: o, use: u };
        return { h: multiply(o, u), c: add(kept, multiply(i, g)), gates };
      }
      default: return this.#lstm(config, before, { x, h, silenced }, { value, times, bias, gate });
    }
  }

  /**
   * @param {Layer} config
   * @param {Memory} before
   * @param {{ x: number[], h: number[], silenced: readonly number[] }} seen
   * @param {any} by
   * @returns {Memory}
   */
  #lstm(config, before, { x, h, silenced }, { value, times, bias, gate }) {
    const H = config.hiddenSize;
    const own = ['input', 'forget', 'candidate', 'output'].filter((name) => (
      name === 'candidate' || (config[`${name}Gate`] !== false && !(name === 'forget' && config.coupled))));
    const sigmoids = own.filter((name) => name !== 'candidate');
    const rows = own.length * H;
    let fromX = times('weight_ih', 0, rows, x);
    const u = config.multiplicative ? zip((h_j, w_j) => h_j * (1 + w_j), h, times('weight_mx', 0, h.length, x)) : h;
    let fromH = times('weight_hh', 0, rows, u);
    if (config.layerNorm) {
      fromX = normalised(fromX, value('norm_ih_weight'));
      fromH = normalised(fromH, value('norm_hh_weight'));
    }
    const gatesBefore = sigmoids.flatMap((name) => before.gates[name] ?? numbers(H, () => 0));
    const sum = (/** @type {string} */ name, /** @type {number[]} */ c) => {
      const first = own.indexOf(name) * H;
      const k = sigmoids.indexOf(name) * H;
      const part = (/** @type {number[]} */ all) => all.slice(first, first + H);
      const all = [part(fromX), part(fromH), bias('bias_ih', first), bias('bias_hh', first)];
      if (k < 0) return add(...all);
      const peeped = (/** @type {number} */ c_j, /** @type {number} */ j) => (config.peephole ? value('weight_ch')[k + j] * c_j : 0);
      const seen = config.peephole === 'full' ? times('weight_ch', k, H, c) : c.map(peeped);
      return add(...all, seen, config.fullGateRecurrence ? times('weight_gh', k, H, gatesBefore) : seen.map(() => 0));
    };
    const cBefore = before.c ?? [];
    const ones = numbers(H, () => 1);
    const isCoupled = config.coupled; // one gate for two: held as forget
    const z_i = own.includes('input') ? sum('input', cBefore) : ones;
    const i = isCoupled ? minus(gate('forget', sigmoid, minus(z_i, 0))) : own.includes('input') ? gate('input', sigmoid, z_i) : ones;
    const f = isCoupled ? minus(i) : own.includes('forget') ? gate('forget', sigmoid, sum('forget', cBefore)) : ones;
    const squash = config.inputActivation === false ? (/** @type {number} */ z) => z : Math.tanh;
    const g = gate('candidate', squash, sum('candidate', cBefore));
    const c = zip((f_j, c_j, i_j, g_j) => f_j * c_j + i_j * g_j, f, cBefore, i, g);
    const o = own.includes('output') ? gate('output', sigmoid, sum('output', c)) : ones;
    const normal = config.layerNorm === true ? normalised(c, value('norm_c_weight'), value('norm_c_bias')) : c;
    const m = zip((o_j, a_j) => o_j * (config.outputActivation === false ? a_j : Math.tanh(a_j)), o, normal);
    const P = config.projection;
    const heardOf = m.map((m_j, j) => (silenced.includes(j) ? 0 : m_j));
    return { h: P ? times('weight_hr', 0, P, heardOf) : m, c, gates: { input: i, forget: f, candidate: g, output: o } };
  }

  /** @param {number[]} h */
  #predict(h) {
    const { 'head.weight': own, 'embedding.weight': tied, 'head.bias': bias } = this.values;
    const weight = own ?? tied;
    const logits = numbers(bias.length, (k) => h.reduce((sum, h_j, j) => sum + weight[k * h.length + j] * h_j, bias[k]));
    const norm = Math.log(logits.reduce((sum, y) => sum + Math.exp(y), 0));
    return logits.map((y) => y - norm);
  }
}

/** h as others read it. @param {Memory | undefined} memory @param {Layer} layer @param {readonly number[]} silenced */
function heard(memory, { projection }, silenced) {
  return (memory?.h ?? []).map((h_j, j) => (!projection && silenced.includes(j) ? 0 : h_j));
}
