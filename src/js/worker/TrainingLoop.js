import { LstmError } from '../core/errors.js';
import { turn } from '../core/turn.js';

/** @typedef {import('../training/train-options.js').RunOptions} RunOptions */
/** @typedef {import('../training/train-options.js').RunReport & { charsPerSecond?: number }} Report of any model */
/** @typedef {import('./team/Crew.js').Wanted} Wanted */
/** @typedef {{ report: Report, steps: number }} Unread   a report and the steps it tells of */

/** The training runs this long, or one step if that is longer, before other requests are served: milliseconds. */
const SLICE = 8;

/** Reports leave at most this often, save the last and those with a validation loss or an event: milliseconds. */
const REPORT_INTERVAL = 100;

/** The training waits when the page leaves this many reports that must not be lost unread. */
const UNREAD_LIMIT = 100;

/** One training in the Worker: goes through its pieces in time slices, and lets the Worker's event loop go on between them. */
export class TrainingLoop {
  /** @type {Generator<Report | Promise<void> | undefined, void, void>} */
  #generator;
  #reportEvery;
  #abortion = new AbortController();
  #over = false;
  /** Why it is over, where that is an error. @type {{ error: unknown } | undefined} */
  #failure;
  /** Unread; only the last may be one that the next takes in. @type {Unread[]} */
  #unread = [];
  /**
   * The request that waits for a report, or for a word of how many others are wanted.
   * @type {{ resolve: (answer?: Report[] | { wanted: Wanted }) => void, reject: (error: unknown) => void } | undefined}
   */
  #reader;
  #sentAt = -Infinity;
  #running = false;

  /**
   * @param {(text: any, options: RunOptions, crew?: import('../training/crew.js').Crew) =>
   *   Generator<Report | Promise<void> | undefined, void, void>} train of the model
   * @param {[text: unknown, options: RunOptions]} args
   * @param {import('../training/crew.js').Crew} [crew] who finds others that train with it
   */
  constructor(train, [text, options], crew) {
    const { reportEvery = 1 } = options;
    this.#reportEvery = reportEvery;
    // A report from every step, so that control comes back after every step. What is no count is left for it to refuse.
    const every = Number.isSafeInteger(reportEvery) && reportEvery > 0 ? 1 : reportEvery;
    this.#generator = train(text, { ...options, reportEvery: every, signal: this.#abortion.signal }, crew);
  }

  /**
   * The next report, in a list of its own; undefined after the last. Or how many other Workers are wanted to train with this one,
   * which goes on when they, or none, have joined it.
   *
   * @returns {Promise<Report[] | { wanted: Wanted } | undefined>}
   */
  next() {
    return new Promise((resolve, reject) => {
      if (this.#reader) throw new LstmError('next: there is a reader that waits already');
      this.#reader = { resolve, reject };
      this.#deliver();
      this.#run();
    });
  }

  /**
   * Asks for other Workers.
   *
   * @param {Wanted} wanted
   * @returns {boolean} did it? Not where nobody waits for an answer
   */
  want(wanted) {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.resolve({ wanted });
    return reader !== undefined;
  }

  /** As `options.signal` would end it: what was not told yet still is. */
  abort() {
    this.#abortion.abort();
  }

  /** Ends it now, without a last report. */
  dispose() {
    this.#unread = [];
    if (this.#over) return;
    this.#over = true;
    try {
      this.#generator.return(undefined);
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    } finally {
      this.#end();
    }
  }

  /**
   * Ends it now; its reader gets this error.
   *
   * @param {unknown} error
   */
  fail(error) {
    this.#failure ??= { error };
    this.dispose();
  }

  #run() {
    if (this.#over || this.#running || this.#unread.length >= UNREAD_LIMIT) return;
    this.#running = true;
    turn().then(() => this.#slice());
  }

  #slice() {
    this.#running = false;
    if (this.#over) return;
    try {
      const until = performance.now() + SLICE;
      do {
        const { done, value } = this.#generator.next();
        if (done) return this.#end();
        if (value instanceof Promise) return this.#goOnAfter(value);
        if (value) this.#keep(value);
      } while (performance.now() < until && this.#unread.length < UNREAD_LIMIT);
    } catch (error) {
      this.#failure = { error };
      return this.#end();
    }
    this.#deliver();
    this.#run();
  }

  /** Others are waited for. @param {Promise<void>} others */
  #goOnAfter(others) {
    this.#running = true;
    others.then(() => this.#slice());
    this.#deliver();
  }

  /** @param {Report} report */
  #keep(report) {
    const last = this.#unread.at(-1);
    if (last && !isLasting(last.report)) this.#unread.splice(-1, 1, takeIn(last, report));
    else this.#unread.push({ report, steps: 1 });
  }

  #deliver() {
    if (!this.#reader) return;
    const [first] = this.#unread;
    if (first) {
      if (!this.#over && !isLasting(first.report) && !this.#isDue(first)) return;
      this.#unread.shift();
      this.#sentAt = performance.now();
      this.#reader.resolve([first.report]);
    } else if (this.#over) {
      if (this.#failure) this.#reader.reject(this.#failure.error);
      else this.#reader.resolve(undefined);
    } else {
      return;
    }
    this.#reader = undefined;
  }

  /** @param {Unread} unread */
  #isDue({ steps }) {
    return steps >= this.#reportEvery && performance.now() - this.#sentAt >= REPORT_INTERVAL;
  }

  #end() {
    this.#over = true;
    this.#deliver();
  }
}

/**
 * Must this report reach the page by itself?
 *
 * @param {Report} report
 */
function isLasting(report) {
  return report.done || report.valLoss !== undefined || report.event !== undefined;
}

/**
 * The report of a step, with the unread steps before it: means, as if it were the first report since them; and what only
 * the first report of a training says.
 *
 * @param {Unread} former
 * @param {Report} report
 * @returns {Unread}
 */
function takeIn(former, report) {
  const steps = former.steps + 1;
  const loss = (former.steps * former.report.loss + report.loss) / steps;
  const speed = (/** @type {'perSecond' | 'charsPerSecond'} */ name) => {
    const [before, now] = [former.report[name], report[name]];
    return before !== undefined && now !== undefined && { [name]: steps / (former.steps / before + 1 / now) };
  };
  const { resumed, grown, learnt } = former.report;
  const first = { ...(resumed && { resumed }), ...(grown && { grown }), ...(learnt !== undefined && { learnt }) };
  return { steps, report: { ...first, ...report, loss, ...speed('perSecond'), ...speed('charsPerSecond') } };
}
