// The table of the environments, as Markdown.

/** @typedef {import('./families.js').Environment} Environment */
/** @typedef {import('./families.js').Row} Row */
/**
 * @typedef {import('./judge.js').Verdict & { environment: Environment, row: Row, notHere?: string }} Result
 *   notHere: why it cannot be tried on this machine
 */

/** @param {Environment} environment @param {Row} row */
export function nameOf({ name, version }, row) {
  return [name, version].filter(Boolean).join(' ') + (row.name && `, ${row.name}`);
}

/** @param {string} text for one cell */
function short(text) {
  const line = text.replace(/\s+/g, ' ').replaceAll('|', '\\|').trim();
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}

/** @param {Result} result */
function cellsOf({ environment, row, load, openWorker, trained, predicted, why, notHere }) {
  const name = environment.name + (row.name && `, ${row.name}`);
  if (notHere) return [name, environment.version, '-', '-', '-', '-', short(`NOT TO BE HAD HERE: ${notHere}`)];
  const state = why.length === 0 ? 'works' : short(`FAILS: ${why.map((text) => text.split('\n')[0]).join('; ')}`);
  return [name, environment.version, load, openWorker, trained, predicted, state];
}

/** @param {Result[]} results */
export function tableOf(results) {
  const head = ['environment', 'version', '`load`', '`openWorker`', 'trains', 'predicts', ''];
  const rows = [head, head.map(() => '---'), ...results.map(cellsOf)];
  const failed = results.filter(({ why }) => why.length > 0).length;
  const absent = results.filter(({ notHere }) => notHere).length;
  const works = results.length - failed - absent;
  const sum = `${works} of ${results.length} rows work, ${failed} fail, ${absent} are not to be had here`;
  return `${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n\n${sum}\n`;
}

/**
 * The same for a README: a line for each environment, with its rows that work and what does not.
 * @param {Result[]} results
 */
export function shortTableOf(results) {
  /** @type {Map<string, Result[]>} */
  const families = new Map();
  for (const result of results) {
    const { name } = result.environment;
    families.set(name, [...(families.get(name) ?? []), result]);
  }
  const lines = [...families].map(([name, rows]) => {
    const version = [...new Set(rows.map(({ environment }) => environment.version))].join(', ');
    const ways = rows.filter(({ why, notHere }) => why.length === 0 && !notHere).map(({ row }) => row.name).filter(Boolean);
    const wrong = rows.filter(({ why }) => why.length > 0).map(({ row }) => `${row.name || name} FAILS`);
    const absent = rows.filter(({ notHere }) => notHere).map(({ row }) => `${row.name || name} not to be had here`);
    return `| ${name} | ${version} | ${[...ways, ...wrong, ...absent].join(' · ') || 'works'} |`;
  });
  return ['| environment | version | works |', '|---|---|---|', ...lines, ''].join('\n');
}
