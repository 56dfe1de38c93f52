/** @type {import('./types.js').Task[]} */
export const exercises = [];
