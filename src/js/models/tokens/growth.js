// growth.js: an alphabet has grown by n characters to V + n; what has a part for each character grows with it.
//
// The logit of a new character k is that of the mean of the V old ones, less a distance: W_k = mean(W), b_k = mean(b) - d.
// (Hewitt 2021, "Initializing New Word Embeddings for Pretrained Language Models": the mean bounds what new rows take.)
// By Jensen's inequality the old ones have sum exp(z) >= V exp(mean z) at any h, so all new ones together have
//
//   p <= n exp(mean z - d) / (V exp(mean z)) = (n / V) exp(-d), which is NOTHING with d = ln(n / (V NOTHING)),
//
// and old predictions change by less than that, at any h. The gradient of a new character's logit is p - 1 all the same
// where it comes, so that it is learnt: a few dozen steps of Adam after a model that had it from the start, and on an
// English text none. As inputs, new characters start as those of a new network do, at random, which tells them apart; but
// where the output is tied to them.

/** What all new characters together may have of the probability before they are learnt. */
const NOTHING = 5e-7;

/**
 * @typedef {import('../../network/Network.js').Network & { sampler: import('../../sampling/Sampler.js').Sampler,
 *   resized(tokens: number, where: string): TrainedNetwork,
 *   createTrainer(options: any): import('../../training/Trainer.js').Trainer }} TrainedNetwork
 */

/** @typedef {{ network: TrainedNetwork, readonly sampler: TrainedNetwork['sampler'] }} HeldNetwork */
/** @typedef {NonNullable<import('../../training/Training.js').TrainingCheckpoint['last']>} Run with the optimizer's moments */
/** @typedef {{ from: number, to: number }} Sizes of the alphabet */
/** @typedef {Record<string, number[]>} Shapes of the parameters, by name */
/** @typedef {Record<string, Float32Array>} Parameters */

/**
 * An array with a part for each of V characters, rows or columns, in blocks of V.
 * @param {Float32Array} values
 * @param {number[]} from its shape, [rows, columns] or [length]
 * @param {number[]} to its shape with the new characters
 * @param {Sizes} sizes
 * @param {number | Float32Array} [fresh] new parts are this, or are like there; without it the mean of the old
 */
function grownArray(values, from, to, { from: V, to: size }, fresh) {
  if (from.join() === to.join()) return values;
  const inner = from[0] === to[0] ? 1 : from[1] ?? 1;
  const length = to.reduce((product, each) => product * each);
  const grown = typeof fresh === 'object' ? fresh.slice() : new Float32Array(length).fill(fresh ?? 0);
  for (let block = 0; block < values.length / (V * inner); block++) {
    const old = values.subarray(block * V * inner, (block + 1) * V * inner);
    const own = grown.subarray(block * size * inner, (block + 1) * size * inner);
    own.set(old);
    for (let i = 0; i < inner && fresh === undefined; i++) {
      let sum = 0;
      for (let k = i; k < old.length; k += inner) sum += old[k];
      for (let k = V * inner + i; k < own.length; k += inner) own[k] = sum / V;
    }
  }
  return grown;
}

/**
 * How what belongs to a network grows with it.
 * @param {Sizes} sizes
 * @param {Shapes} from
 * @param {Shapes} to
 * @param {Parameters} initial those of a new network of this size
 */
function growthOf(sizes, from, to, initial) {
  const { from: V, to: size } = sizes;
  const isTied = !('head.weight' in to);
  /** @param {Parameters} all @param {(name: string) => number | Float32Array | undefined} freshOf */
  const growAll = (all, freshOf) => Object.fromEntries(
    Object.entries(all).map(([name, values]) => [name, grownArray(values, from[name], to[name], sizes, freshOf(name))]));

  /** @param {Parameters} old */
  const parameters = (old) => {
    const grown = growAll(old, (name) => (isTied || name.startsWith('head.') ? undefined : initial[name]));
    const distance = Math.max(0, Math.log((size - V) / (V * NOTHING)));
    const bias = grown['head.bias'].subarray(V);
    bias.forEach((mean, k) => { bias[k] = mean - distance; });
    return grown;
  };

  /**
   * The moments of new parameters are as at the start of a training.
   * @param {Run} run
   * @returns {Run}
   */
  const run = ({ trainer, state, ...others }) => {
    const { numbers } = trainer.optimizer;
    const moments = trainer.moments.map((moment) => growAll(moment, () => numbers.initialAccumulator ?? 0));
    const { best } = state;
    const kept = { ...best, ...(best.parameters && { parameters: parameters(best.parameters) }) };
    return { ...others, trainer: { ...trainer, moments }, state: { ...state, best: kept } };
  };
  return { parameters, run };
}

/**
 * A network for a larger alphabet, and what becomes of its run; what there was stays as it is.
 * @param {TrainedNetwork} former
 * @param {Sizes} sizes
 * @param {{ parameters: Parameters, last?: Run }} parts those that the next step starts from, and the last run
 * @throws {import('../../core/errors.js').OutOfMemoryError}
 */
export function grow(former, sizes, { parameters, last }) {
  const network = former.resized(sizes.to, 'train');
  try {
    const growth = growthOf(sizes, former.shapes, network.shapes, network.parameters());
    network.setParameters(growth.parameters(parameters));
    return { network, last: last && growth.run(last) };
  } catch (error) {
    network.dispose();
    throw error;
  }
}
