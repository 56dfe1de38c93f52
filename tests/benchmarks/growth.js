// How the cost of training grows with the width of a layer and with the batch.

const widths = [64, 128, 256, 512, 1024];
const batches = [1, 4, 16, 32, 128];
const window = 32;

/** @type {import('./cases.js').Case[]} */
export const growthCases = widths.flatMap((hidden) => batches.map((batch) => /** @type {const} */ ({
  name: `train 1x${hidden} (${batch}, ${window})`, work: 'train', layers: 1, hidden, batch, window,
})));

/** For each case; a round of the widest takes longer in itself. */
export const growthSeconds = 0.5;

/**
 * Two Markdown tables: a row for each width, a column for each batch; what was not measured stays empty.
 * @param {import('./run.js').Result[]} results of growthCases on one variant
 */
export function growthTables(results) {
  const table = (/** @type {(result: import('./run.js').Result) => string} */ text) => [
    `| H | ${batches.map((batch) => `B = ${batch}`).join(' | ')} |`,
    `|---:|${'---:|'.repeat(batches.length)}`,
    ...widths.map((hidden) => {
      const cells = batches.map((batch) => {
        const result = results.find((one) => one.hidden === hidden && one.batch === batch);
        return result ? text(result) : '';
      });
      return `| ${hidden} | ${cells.join(' | ')} |`;
    }),
  ];
  return [
    `Training one layer of H, window ${window}, batch B, variant ${results[0].variant}.`,
    '',
    'Share of the arithmetic limit:',
    '',
    ...table(({ ofLimit }) => ofLimit.toFixed(2)),
    '',
    'Microseconds a character:',
    '',
    ...table(({ charsPerSecond }) => String(Number((1e6 / charsPerSecond).toPrecision(3)))),
  ].join('\n');
}
