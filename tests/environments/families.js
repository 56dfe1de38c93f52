// All environments, by family: the quick ones first.
import browsers from './browsers.js';
import bundlers from './bundlers.js';
import extension from './extension.js';
import frameworks from './frameworks.js';
import next from './next.js';
import node from './node.js';
import pages from './static.js';
import runners from './test-runners.js';
import runtimes from './runtimes.js';
import types from './types.js';
import vite from './vite.js';

/** @typedef {import('./Project.js').Project} Project */
/**
 * @typedef {object} Row
 * @property {string} name
 * @property {(project: Project) => Promise<import('./program.js').Outcome | import('./judge.js').Verdict>} run
 * @property {Parameters<typeof import('./judge.js').judge>[1]} [expected]
 * @property {number} [seconds] its time, where it needs more than others
 */
/**
 * @typedef {object} Environment
 * @property {string} name
 * @property {string} version
 * @property {boolean} [quick] it needs no other tool than this Node, the browsers and esbuild
 * @property {(project: Project) => Promise<void>} prepare once for all its rows
 * @property {Row[]} rows
 */

/** @type {Record<string, Environment[]>} */
export const families = { pages, browsers, extension, node, runtimes, bundlers, vite, next, frameworks, runners, types };
