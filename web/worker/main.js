// The page's one Worker script, so that the library reaches the page once. What a Worker of it does is said by its name.
import { serve } from 'lstm-wasm/serve';
import { answerAsLab } from './lab/answer.js';

/** @type {Record<string, () => void>} */
const roles = { library: serve, lab: answerAsLab };

const { name } = globalThis;
if (!roles[name]) throw new Error(`a Worker of the page must be named ${Object.keys(roles).join(', ')}, got '${name}'`);
roles[name]();
