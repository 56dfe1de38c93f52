// ensemble-file.js: what an ensemble knows, as it is in its file: of which kind its models are, how many, and what one of them
// knows, since they all know the same. Its networks are member.0, member.1, ...
import { integer, oneOf, readOptions } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { charFormat, describeCharacters } from '../characters/char-file.js';
import { describeTokens, tokenFormat } from '../tokens/token-file.js';
import { memberName } from './EnsembleNetwork.js';

/** @typedef {import('../../network/network-options.js').NetworkConfig} NetworkConfig */
/** @typedef {{ kind: 'characters' | 'tokens', members: number, vocabulary: any, notes: import('../tokens/SequenceModel.js').Notes }} Knowledge */

const readOf = oneOf(/** @type {('characters' | 'tokens')[]} */ (['characters', 'tokens']));
/** As many as the module takes: ENSEMBLE_MAX of network/ensemble.h. */
const readMembers = integer(2, 64);

/** The names of its networks. @param {{ members?: unknown }} description */
const networksOf = ({ members }) => Array.from({ length: readMembers(members, 'model: members') }, (_, m) => memberName(m));

/**
 * @param {number} members
 * @param {any} vocabulary
 * @param {import('../tokens/SequenceModel.js').Notes} notes
 */
export function describeEnsemble(members, vocabulary, notes) {
  const { kind: of, ...known } = 'characters' in vocabulary ? describeCharacters(vocabulary, notes) : describeTokens(vocabulary, notes);
  return { kind: 'ensemble', of, members, ...known };
}

const anything = (/** @type {unknown} */ value) => value;

/** @satisfies {import('../../files/model-metadata.js').ModelFormat} */
export const ensembleFormat = {
  kind: /** @type {const} */ ('ensemble'),
  name: 'an ensemble',
  networks: networksOf,

  /**
   * @param {Record<string, unknown>} description
   * @param {Record<string, NetworkConfig>} configs
   * @returns {Knowledge}
   */
  read({ of, members, ...description }, configs) {
    const kind = readOf(of, 'model: of');
    const [first, ...others] = Object.values(configs);
    const { notes, ...known } = kind === 'tokens' ? tokenFormat.read(description, first)
      : charFormat.read(readOptions('model', description, { alphabet: anything, notes: anything }), first);
    const [vocabulary] = Object.values(known);
    const unlike = others.findIndex(({ input, output, layers }) => !('tokens' in input) || input.tokens !== vocabulary.size
      || !output || !('classes' in output) || output.classes !== vocabulary.size || layers.some(({ bidirectional }) => bidirectional));
    if (unlike < 0) return { kind, members: others.length + 1, vocabulary, notes };
    throw new ArgumentError(`config: ${memberName(unlike + 1)}: expected input.tokens and output.classes of ${vocabulary.size}, one way, `
      + `as ${memberName(0)} has, got ${JSON.stringify(others[unlike])}`);
  },

  /** @param {Knowledge} knowledge */
  tell: ({ kind, members, vocabulary }) => ({
    of: kind, members, ...(kind === 'tokens' ? tokenFormat.tell({ vocabulary }) : charFormat.tell({ alphabet: vocabulary })),
  }),
};
