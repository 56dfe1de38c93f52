import { DisposedError, LstmError } from '../core/errors.js';
import { finishInTurns } from '../core/pieces.js';
import { callOf, places, settable, told, trained } from './calls.js';
import { kindOf } from './kind-of.js';
import { TextStream } from './TextStream.js';
import { TrainingLoop } from './TrainingLoop.js';
import { placeIn } from './updates.js';
import { Crew } from './team/Crew.js';
import { describeThrown, thrownFrom } from './worker-errors.js';
import { buffersOf, isRequest } from './worker-protocol.js';

/** @typedef {import('./calls.js').Kind} Kind */
/** @typedef {import('./worker-protocol.js').Request} Request */

/**
 * @typedef {object} Entry
 * @property {Kind} kind
 * @property {any} object
 * @property {number} [owner] number of the object that made it
 * @property {Promise<unknown>} [ordered] settles when its calls that are ordered have ended
 */

/** A call that has no answer yet. @typedef {{ method: string, target: number, error?: unknown }} Job `error` ends it */

/** It works this long, or one piece if that is longer, before other requests are served: milliseconds. */
const SLICE = 8;

/** What iterates in slices of time: made of the method that it calls and of that one's arguments. */
const iterated = /** @type {Partial<Record<Kind, new (begin: any, args: any, crew: Crew) => any>>} */ ({
  training: TrainingLoop,
  stream: TextStream,
});

/** The Worker's end of the line: owns the library and all that is made with it, and answers the page's requests. */
export class WorkerServer {
  /** @type {import('./worker-protocol.js').Port} */
  #port;
  /** By their numbers. @type {Map<number, Entry>} */
  #objects = new Map();
  /** By the numbers of their requests. @type {Map<number, Job>} */
  #jobs = new Map();
  /** The number of the last request. */
  #last = 0;
  /** Other Workers that train with this one, or those that this one trains with. @type {Crew | undefined} */
  #crew;

  /**
   * @param {import('./worker-protocol.js').Port} port
   * @param {(...args: any[]) => Promise<object>} load gives the library
   * @param {(asked: any) => string} [choose] which module `load` would take
   */
  constructor(port, load, choose) {
    this.#port = port;
    this.#objects.set(0, { kind: 'worker', object: { load, choose } });
    port.addEventListener('message', (event) => {
      if (isRequest(event.data)) this.#answer(event.data);
    });
    port.addEventListener('messageerror', () => {
      this.#last += 1;
      this.#refuse(this.#last, new LstmError('the request could not be read in the Worker'));
    });
  }

  /** @param {Request} request */
  async #answer(request) {
    const { id } = request;
    this.#last = id;
    try {
      const { value, moves } = await this.#serve(request);
      this.#send(request, value, moves === 'answer' || moves === 'both' ? buffersOf(value) : []);
    } catch (error) {
      this.#refuse(id, error);
    } finally {
      this.#jobs.delete(id);
    }
  }

  /**
   * @param {Request} request
   * @param {unknown} value
   * @param {ArrayBuffer[]} moved
   */
  #send({ id, method, makes }, value, moved) {
    try {
      this.#port.postMessage({ id, value }, moved);
    } catch (cause) {
      if (makes !== undefined) this.#dispose(makes); // the page will never ask for it
      throw new LstmError(`${method}: the answer cannot be sent to the page: ${cause}`, { cause });
    }
  }

  /**
   * @param {number} id
   * @param {unknown} error
   */
  #refuse(id, error) {
    try {
      this.#port.postMessage({ id, error: describeThrown(error) }, []);
    } catch {
      this.#port.postMessage({ id, error: [] }, []);
    }
  }

  /**
   * Each method begins as soon as its message arrives; few (`load`, `next` of a training, what comes after an ordered one)
   * wait for something.
   *
   * @param {Request} request
   * @returns {Promise<{ value: unknown, moves?: import('./calls.js').Call['moves'] }>}
   */
  async #serve({ id, method, target, args, makes = target }) {
    if (target === 0 && method === 'abort') return { value: this.#abort(args[0]) };
    if (target === 0 && method === 'join') return { value: this.#join(args[0]) };
    if (target === 0 && method === 'lose') return { value: this.#crew?.lose(/** @type {number} */ (args[0])) };
    const entry = this.#objects.get(target);
    if (!entry && method !== 'dispose') throw new DisposedError(`${method}: the object has been disposed`);
    if (!entry) return { value: undefined };
    const call = callOf(entry.kind, method);
    if (!call && entry.kind === 'worker') throw new LstmError(`${method}: the library is not loaded in the Worker`);
    if (!call) throw new LstmError(`${method}: a ${entry.kind} has no such call`);
    if (method === 'dispose') return { value: this.#dispose(target) };
    if (call.makes && entry.kind !== 'worker' && this.#objects.has(makes)) {
      throw new LstmError(`${method}: there is an object with the number ${makes} already`);
    }

    if (method === 'set') return { value: set(entry, args) };
    const objectOf = (/** @type {any} */ number) => this.#objects.get(number)?.object;
    for (const i of call.takes ?? []) args[i] = Array.isArray(args[i]) ? args[i].map(objectOf) : objectOf(args[i]);
    const begin = (/** @type {any[]} */ ...given) => entry.object[call.sliced ? `${method}InPieces` : method](...given);
    const Iterated = iterated[/** @type {Kind} */ (call.makes)];
    /** @type {Job} */
    const job = { method, target };
    const assertWanted = () => {
      if (job.error) throw job.error;
    };
    const run = () => {
      if (Iterated) return new Iterated(begin, args, this.#crewOf());
      assertWanted();
      return call.sliced ? finishInTurns(begin(...args), SLICE, assertWanted) : begin(...args);
    };
    this.#jobs.set(id, job);
    const before = call.ordered || places.has(entry.kind) ? entry.ordered : undefined;
    const given = before ? before.then(run) : run();
    if (call.ordered) entry.ordered = Promise.allSettled([given]);
    // What is made at once has its number before the next request is read.
    const result = typeof given?.then === 'function' ? await given : given;
    if (call.makes && job.error) {
      result.dispose?.();
      throw job.error;
    }
    if (call.makes) {
      const kind = call.makes === 'opened' ? kindOf(result) : call.makes;
      const description = this.#keep(makes, { kind, object: result, owner: target });
      return { value: call.makes === 'opened' ? { kind, description } : description };
    }
    if (entry.kind === 'training') return { value: { answer: result, told: this.#toldOf(entry) } };
    return { value: answerOf(call.chains ? undefined : result, call, args, entry.object), moves: call.moves };
  }

  #crewOf() {
    const createNetwork = (/** @type {any} */ config) => this.#objects.get(0)?.object.createNetwork(config);
    this.#crew ??= new Crew(createNetwork, (wanted) => {
      for (const { kind, object } of this.#objects.values()) if (kind === 'training' && object.want(wanted)) return;
    });
    return this.#crew;
  }

  /** @param {any} joining */
  #join({ failure, ...others }) {
    this.#crewOf().join({ ...others, ...(failure && { failure: thrownFrom(failure) }) });
  }

  /** What a training has changed of its model. @param {Entry} training */
  #toldOf({ owner }) {
    const model = this.#objects.get(/** @type {number} */ (owner))?.object;
    return model && !model.disposed ? tell(model, trained) : {};
  }

  /**
   * @param {number} number
   * @param {Entry} entry
   * @returns {Record<string, unknown>} what the page is told of it
   */
  #keep(number, entry) {
    const description = tell(entry.object, told[entry.kind]);
    // A model has one training: a new one ends that before it, which may have been forgotten.
    if (entry.kind === 'training') {
      for (const { kind, owner, object } of this.#objects.values()) {
        if (kind === 'training' && owner === entry.owner) end(object);
      }
    }
    this.#objects.set(number, entry);
    return description;
  }

  /** @param {any} id of a request, whose answer nobody waits for any more */
  #abort(id) {
    const job = this.#jobs.get(id);
    if (job) job.error = new DOMException('This operation was aborted', 'AbortError');
  }

  /** @param {number} number @returns {unknown} what the page is told */
  #dispose(number) {
    const disposed = this.#objects.get(number);
    if (!disposed) return undefined;
    this.#objects.delete(number);
    for (const { kind, owner, object } of this.#objects.values()) {
      if (owner !== number || !iterated[kind]) continue;
      object.fail(new DisposedError(`the ${inWords(disposed.kind)} of this ${kind} has been disposed`));
    }
    for (const job of this.#jobs.values()) {
      if (job.target === number) job.error = new DisposedError(`${job.method}: the ${inWords(disposed.kind)} has been disposed`);
    }
    disposed.object.dispose?.();
    return disposed.kind === 'training' ? this.#toldOf(disposed) : undefined;
  }
}

/** As messages of the page call it: a tokenModel is a model. @param {string} kind */
const inWords = (kind) => (/[A-Z][a-z]+$/.exec(kind)?.[0] ?? kind).toLowerCase();

/** @param {any} object @param {readonly string[]} names of its properties */
const tell = (object, names) => Object.fromEntries(names.map((name) => [name, object[name]]));

/**
 * What is sent of an answer: itself, and what else of the call the page has to know.
 *
 * @param {unknown} answer
 * @param {import('./calls.js').Call} call
 * @param {unknown[]} args
 * @param {object} object that was asked
 */
function answerOf(answer, { updates, retells }, args, object) {
  if (!updates && !retells) return answer;
  return { answer, ...(updates && { updated: placeIn(args, updates) }), ...(retells && { told: tell(object, retells) }) };
}

/**
 * Sets a property of an object.
 *
 * @param {Entry} entry
 * @param {any[]} args its name and its value
 */
function set({ kind, object }, [name, value]) {
  if (!settable[kind]?.includes(name)) throw new LstmError(`set: a ${kind} has no property ${String(name)} to set`);
  object[name] = value;
}

/**
 * Ends a training for another.
 *
 * @param {TrainingLoop} training
 */
function end(training) {
  try {
    training.dispose();
  } catch {
    // Its own reader is told.
  }
}
