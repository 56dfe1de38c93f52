// All experiments, with the settings that were tuned for the LSTM.
import { adding } from './tasks/adding.js';
import { counting } from './tasks/counting.js';
import { noiseFreeLag, noisyLag } from './tasks/lag.js';
import { order } from './tasks/order.js';
import { continualReber, embeddedReber } from './tasks/reber.js';
import { timing } from './tasks/timing.js';

/**
 * @typedef {object} Kind
 * @property {string} name
 * @property {any} layer options of the package, without hiddenSize
 */

/**
 * @typedef {object} Settings
 * @property {number} hiddenSize of the LSTM; the other kinds get as many parameters
 * @property {number} learningRate of Adam
 * @property {number} [halfLife] sequences in which the learning rate is halved; without it, it stays
 * @property {number} batchSize
 * @property {number} [clipNorm] default 1
 * @property {number} [memory] steps that gates start out to hold for; without it they start as the package has them
 * @property {number} limit sequences after which a trial has failed
 */

/**
 * @typedef {object} Task
 * @property {string} name
 * @property {string} title
 * @property {{ source: string, sequences?: number, solved?: string, weights?: number }} paper
 * @property {string} criterion of success
 * @property {{ tokens: number } | { size: number }} input
 * @property {{ classes: number } | { values: number }} output
 * @property {readonly Kind[]} kinds
 * @property {Settings} settings
 * @property {string} [measures] what Outcome.measured is
 * @property {(sequence: any, at: (t: number) => Float32Array) => number} error of a whole sequence, from its outputs
 * @property {(lstm: any, kind: Kind, seed: number, limit: number) => import('./trials.js').Outcome} trial
 */

const addingSettings = { hiddenSize: 8, learningRate: 0.01, halfLife: 6000, batchSize: 4, limit: 40000 };

/** @type {readonly Task[]} */
export const tasks = [
  embeddedReber({ settings: { hiddenSize: 12, learningRate: 0.03, halfLife: 4000, batchSize: 4, limit: 16880 } }),
  continualReber({
    settings: { hiddenSize: 12, learningRate: 0.02, halfLife: 10000, batchSize: 4, limit: 40000 },
  }),
  noiseFreeLag({ p: 100, settings: { hiddenSize: 16, learningRate: 0.01, batchSize: 2, memory: 100, limit: 10000 } }),
  noisyLag({
    p: 1000, q: 1000, settings: { hiddenSize: 4, learningRate: 0.01, batchSize: 16, memory: 2000, limit: 15000 },
  }),
  adding({ T: 100, paper: 74000, settings: { ...addingSettings, memory: 100 } }),
  adding({ T: 500, paper: 209000, settings: { ...addingSettings, memory: 500 } }),
  adding({ T: 1000, paper: 853000, settings: { ...addingSettings, memory: 1000 } }),
  order({
    task: '6a',
    paper: { sequences: 31390, solved: '20 of 20', weights: 156 },
    settings: { hiddenSize: 10, learningRate: 0.01, batchSize: 8, memory: 100, limit: 30000 },
  }),
  order({
    task: '6b',
    paper: { sequences: 571100, solved: '10 of 10', weights: 308 },
    settings: { hiddenSize: 10, learningRate: 0.01, batchSize: 16, memory: 100, limit: 40000 },
  }),
  counting({
    letters: 2, tested: 50, settings: { hiddenSize: 4, learningRate: 0.003, batchSize: 1, limit: 30000 },
  }),
  counting({
    letters: 3,
    tested: 20,
    settings: { hiddenSize: 4, learningRate: 0.02, halfLife: 5000, batchSize: 1, memory: 10, limit: 30000 },
  }),
  timing({ task: 'msd', F: 10, settings: { hiddenSize: 4, learningRate: 0.003, batchSize: 1, limit: 10000 } }),
  timing({ task: 'gts', F: 10, settings: { hiddenSize: 6, learningRate: 0.005, batchSize: 1, limit: 10000 } }),
];
