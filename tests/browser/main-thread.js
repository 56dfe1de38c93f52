// How long the main thread of a page is busy without a break, in Chromium.

/** @typedef {{ name: string, pid: number, tid: number, tdur?: number, args: { name?: string } }} TraceEvent */

/**
 * The longest task of the main thread in a span of time. Its own processor time counts: on a busy machine any task can
 * be held up for longer by other programs.
 *
 * @param {import('playwright-core').Page} page
 * @param {number} span in milliseconds
 * @returns {Promise<{ longest: number, tasks: number }>} in milliseconds, of so many tasks
 */
export async function longestTask(page, span) {
  const browser = page.context().browser();
  if (!browser) throw new Error('the page has no browser');
  await browser.startTracing(page, { categories: ['toplevel'] });
  await page.waitForTimeout(span);
  const trace = JSON.parse((await browser.stopTracing()).toString());
  /** @type {TraceEvent[]} */
  const events = trace.traceEvents;
  const threadOf = (/** @type {TraceEvent} */ { pid, tid }) => `${pid} ${tid}`;
  const mainThreads = new Set(events.filter(({ args }) => args.name === 'CrRendererMain').map(threadOf));
  const times = events
    .filter((event) => event.name === 'ThreadControllerImpl::RunTask' && mainThreads.has(threadOf(event)))
    .map(({ tdur = 0 }) => tdur / 1000);
  return { longest: Math.max(...times), tasks: times.length };
}
