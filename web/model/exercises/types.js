/**
 * What exercises and the tour are made of, as types. Nothing here runs.
 */

/**
 * What a visitor did that is no state of the centrepiece: pressed a gate to see the sum behind it.
 * @typedef {{ type: 'gate', name: string }} Act
 */

/**
 * What there is to judge by.
 *
 * @typedef {object} Scene
 * @property {import('../cell/Player.js').Player} player
 * @property {Lab} lab
 * @property {Act[]} acts   since the task was set, the latest last
 * @property {number} [answer]   the choice, from 0
 * @property {Start} start   what stood there when the task was set
 * @property {Record<string, any>} others   what other sections have told: race, session, see Coach.watch
 */

/** @typedef {{ at: number, part: number, names: string, kind: string, unit: number, text: string }} Start */

/**
 * What a task asks of the lab, see LabHost.
 *
 * @typedef {{ call: (call: string, of: string, asked: unknown) => Promise<any> }} Lab
 */

/**
 * isDone: it is solved, and the words say why it is right; otherwise they say what is missing.
 * @typedef {{ isDone: boolean, words: string }} Verdict
 */

/**
 * @typedef {object} Task
 * @property {string} id   for ever: progress is kept by it
 * @property {string} title
 * @property {string} text   what to do
 * @property {string} stage   the fragment that sets the stage, without its number sign
 * @property {string[]} [choices]   answers to choose from
 * @property {(scene: Scene) => Verdict | undefined | Promise<Verdict | undefined>} check   undefined: nothing was tried yet
 */

export {};
