import { abortReasonOf } from '../core/abort.js';
import { ArgumentError, LstmError } from '../core/errors.js';
import { remotes } from './remotes.js';
import { describeThrown, thrownFrom } from './worker-errors.js';
import { buffersOf, isReply } from './worker-protocol.js';

/**
 * What the port's listeners hold. It leads to a connection only while a call waits (`by`), so that the garbage collector
 * finds a connection which nobody in the page has any more.
 *
 * @typedef {object} Line
 * @property {() => void} end ends the Worker
 * @property {(waits: boolean) => void} [hold] is told when a call begins to wait, and when none does any more
 * @property {Map<number, { resolve: (value: any) => void, reject: (error: unknown) => void, by: WorkerConnection }>} pending
 * @property {LstmError} [failure] why the Worker is gone
 * @property {(reason: LstmError) => void} resolveClosed
 */

/** The safety net: without a connection nobody can ask the Worker for anything. @type {FinalizationRegistry<Line>} */
const forgotten = new FinalizationRegistry((line) => hangUp(line, 'the Worker was forgotten by the page'));

/**
 * The page's end of the line: numbers the requests, and settles the promise of each when its answer comes, or of
 * all of them when the Worker is gone.
 */
export class WorkerConnection {
  /** @type {import('./worker-protocol.js').Port} */
  #port;
  /** @type {Line} */
  #line;
  #lastId = 0;
  #lastTarget = 0;
  /** The reason, when the Worker is gone. @type {Promise<LstmError>} */
  closed;
  /** Workers that train as one, where that was said. @type {number | undefined} */
  threads;
  /** Finds others that train with this one. @type {((connection: WorkerConnection, wanted: import('./team/Crew.js').Wanted) => Promise<void>) | undefined} */
  recruit;

  /**
   * @param {import('./worker-protocol.js').Port} port    the Worker (or a MessagePort to one)
   * @param {() => void} end                              ends the Worker
   * @param {Line['hold']} [hold]
   */
  constructor(port, end, hold) {
    /** @type {Line} */
    const line = { end, hold, pending: new Map(), resolveClosed: () => {} };
    this.closed = new Promise((resolve) => { line.resolveClosed = resolve; });
    this.#port = port;
    this.#line = line;
    listen(port, line);
    hold?.(false);
    forgotten.register(this, line, line);
  }

  /** Why the Worker is gone, if it is. */
  get failure() {
    return this.#line.failure;
  }

  /** A number for an object in the Worker, never used before on this connection. */
  newTarget() {
    return ++this.#lastTarget;
  }

  /**
   * @param {string} method
   * @param {number} target
   * @param {unknown[]} args
   * @param {{ makes?: number, moves?: import('./calls.js').Call['moves'], signal?: AbortSignal, ports?: MessagePort[] }} [how]
   *   `makes`: the number of what is made; `ports`: those that are in the arguments
   * @returns {Promise<any>}
   */
  call(method, target, args, { makes, moves, signal, ports = [] } = {}) {
    const { pending, failure } = this.#line;
    if (failure) return Promise.reject(copyOf(failure));
    if (signal?.aborted) return Promise.reject(abortReasonOf(signal));
    const id = this.#lastId + 1;
    const answer = new Promise((resolve, reject) => {
      const request = { id, method, target, args, ...(makes !== undefined && { makes }) };
      try {
        this.#port.postMessage(request, moves === 'arguments' || moves === 'both' ? buffersOf(args) : ports);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        reject(new ArgumentError(`${method}: the arguments must be plain values that can be sent to a Worker, `
          + `got one that cannot: ${reason}`, { cause }));
        return;
      }
      this.#lastId = id;
      if (pending.size === 0) this.#line.hold?.(true);
      pending.set(id, { resolve, reject, by: this });
    });
    if (signal && pending.has(id)) this.#hear(signal, id, makes, answer);
    return answer;
  }

  /**
   * While a call waits for its answer.
   *
   * @param {AbortSignal} signal
   * @param {number} id
   * @param {number | undefined} makes
   * @param {Promise<unknown>} answer
   */
  #hear(signal, id, makes, answer) {
    const abort = () => {
      const { pending } = this.#line;
      pending.get(id)?.reject(abortReasonOf(signal));
      if (!pending.delete(id)) return;
      this.call('abort', 0, [id]).catch(() => {});
      // It may have been made just now.
      if (makes !== undefined) this.release(makes).catch(() => {});
    };
    const deafen = () => signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', abort, { once: true });
    answer.then(deafen, deafen);
  }

  /**
   * What stands in the page for an object that was made in the Worker.
   *
   * @param {import('./calls.js').Kind} kind
   * @param {number} target
   * @param {any} description what the Worker told of it
   * @param {import('./Remote.js').Remote} maker
   */
  make(kind, target, description, maker) {
    /** @type {Partial<Record<string, new (...args: any[]) => import('./Remote.js').Remote>>} */
    const classes = remotes;
    const Class = classes[kind];
    if (!Class) throw new LstmError(`nothing stands in the page for a ${kind}`);
    return new Class(this, target, description, maker);
  }

  /**
   * Others are to train with this one: those that can be found are told to it, and why there are no more.
   *
   * @param {import('./team/Crew.js').Wanted} wanted
   */
  async gather(wanted) {
    try {
      if (this.recruit) return await this.recruit(this, wanted);
      await this.join({ self: 0, peers: [] });
    } catch (failure) {
      await this.join({ self: 0, peers: [], failure });
    }
    return undefined;
  }

  /** @param {import('./team/Crew.js').Joining} joining @returns {Promise<void>} */
  join({ failure, ...others }) {
    const ports = others.peers.map(({ port }) => port);
    return this.call('join', 0, [{ ...others, ...(failure !== undefined && { failure: describeThrown(failure) }) }], { ports });
  }

  /**
   * Frees an object in the Worker. If the Worker is gone, so is the object.
   *
   * @param {number} target
   */
  async release(target) {
    try {
      return await this.call('dispose', target, []);
    } catch (error) {
      if (!this.#line.failure) throw error;
      return undefined;
    }
  }

  /**
   * Ends the Worker. Every pending and later call rejects with this reason.
   *
   * @param {string} reason
   * @param {unknown} [cause]
   */
  close(reason, cause) {
    forgotten.unregister(this.#line);
    hangUp(this.#line, reason, cause);
  }
}

/**
 * @param {import('./worker-protocol.js').Port} port
 * @param {Line} line
 */
function listen(port, line) {
  port.addEventListener('message', (event) => receive(line, event.data));
  port.addEventListener('messageerror', () => hangUp(line, 'the Worker sent an answer that could not be read'));
  port.addEventListener('error', (event) => {
    event.preventDefault?.();
    const reason = event.message
      ? `: ${event.message}`
      : ': its script could not be loaded (is it served, as JavaScript, and allowed by the content security policy?)';
    hangUp(line, `the Worker failed${reason}`, event.error ?? undefined);
  });
}

/**
 * @param {Line} line
 * @param {unknown} message
 */
function receive({ pending, hold }, message) {
  if (!isReply(message)) return;
  const call = pending.get(message.id);
  if (!call) return;
  pending.delete(message.id);
  if (pending.size === 0) hold?.(false);
  if ('error' in message) call.reject(thrownFrom(message.error));
  else call.resolve(message.value);
}

/**
 * @param {Line} line
 * @param {string} reason
 * @param {unknown} [cause]
 */
function hangUp(line, reason, cause) {
  if (line.failure) return;
  const failure = new LstmError(reason, cause === undefined ? undefined : { cause });
  line.failure = failure;
  for (const { reject } of line.pending.values()) reject(copyOf(failure));
  line.pending.clear();
  line.resolveClosed(failure);
  line.end();
}

/**
 * For each call an error of its own, with where it was made.
 *
 * @param {LstmError} failure
 */
function copyOf({ message, cause }) {
  return new LstmError(message, cause === undefined ? undefined : { cause });
}
