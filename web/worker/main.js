// The page's Worker script with the library in it, which reaches the page once. What a Worker of it does is said by its name.
import { serve } from 'lstm-wasm/serve';
import { answerSlowStep } from './slow/answer.js';

/** @type {Record<string, () => void>} */
const roles = { library: serve, slow: answerSlowStep };

const { name } = globalThis;
if (!roles[name]) throw new Error(`a Worker of the page must be named ${Object.keys(roles).join(', ')}, got '${name}'`);
roles[name]();
