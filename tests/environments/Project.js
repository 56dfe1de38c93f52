// A stranger's project: a fresh folder outside the repository, with the packed package installed in it.
import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { serve } from '../browser/server.js';
import { visitAs } from './pages.js';
import { readOutcome } from './program.js';
import { atMost, NotHere, Started } from './processes.js';

/** @typedef {import('./program.js').Outcome} Outcome */

/** What npm says where the registry does not give a package, which is no fault of ours. */
const notToBeHad = /\b(E404|ETARGET|E403|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT)\b/;

/** Folders that are in use: none is left where the run is interrupted. @type {Set<string>} */
const folders = new Set();
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export class Project {
  #packed;
  /** @type {string[]} */
  #log = [];
  /** @type {Set<Started>} */
  #started = new Set();
  /** @type {Array<() => Promise<unknown>>} */
  #closers = [];
  /** @type {Map<string, string>} */
  #servers = new Map();

  /** @param {string} folder @param {{ file: string, models: string[] }} packed the packed package, and models' files in base64 */
  constructor(folder, packed) {
    this.folder = folder;
    this.#packed = packed;
    this.models = packed.models;
  }

  /** @param {{ file: string, models: string[] }} packed */
  static async create(packed) {
    const folder = await mkdtemp(join(tmpdir(), 'lstm-wasm-environment-'));
    folders.add(folder);
    return new Project(folder, packed);
  }

  /** All that programs printed and pages noted. */
  get log() {
    const open = [...this.#started].map(({ line, output }) => `$ ${line} (still runs)\n${output}`);
    return [...this.#log, ...open].join('\n');
  }

  /** @param {string} text */
  note(text) {
    this.#log.push(text);
  }

  /** @param {...string} names */
  path(...names) {
    return join(this.folder, ...names);
  }

  /** @param {Record<string, string>} files */
  async write(files) {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(this.path(name)), { recursive: true });
      await writeFile(this.path(name), text);
    }
  }

  /**
   * Writes package.json and installs: the packed package, and these.
   * @param {Record<string, string>} [packages] with their exact versions
   * @param {Record<string, unknown>} [manifest] more for package.json
   */
  async install(packages = {}, manifest = {}) {
    const dependencies = { 'lstm-wasm': `file:${this.#packed.file}`, ...packages };
    const all = { name: 'attempt', private: true, version: '0.0.0', type: 'module', ...manifest, dependencies };
    await this.write({ 'package.json': `${JSON.stringify(all, null, 2)}\n` });
    try {
      const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=1'];
      await this.run('npm', ['install', ...flags], { seconds: 400 });
    } catch (error) {
      const text = /** @type {Error} */ (error).message;
      const [code] = notToBeHad.exec(text) ?? [];
      if (!code) throw error;
      throw new NotHere(`npm cannot install ${Object.entries(packages).map((pair) => pair.join('@')).join(', ')}: ${code}`);
    }
  }

  /** @param {string} name of an installed package @returns {Promise<Record<string, any>>} its package.json */
  async manifest(name) {
    return JSON.parse(await readFile(this.path('node_modules', name, 'package.json'), 'utf8'));
  }

  /**
   * Runs a program to its end.
   * @param {string} program
   * @param {string[]} programArguments
   * @param {{ cwd?: string, env?: Record<string, string>, seconds?: number }} [options]
   * @returns {Promise<string>} what it printed
   */
  async run(program, programArguments, { cwd = this.folder, env, seconds = 180 } = {}) {
    const started = this.start(program, programArguments, { cwd, env });
    const code = await atMost(started.ended, seconds);
    await this.#end(started);
    if (code === undefined) throw started.fault(`did not end in ${seconds} s`);
    if (code !== 0) throw started.fault(`ended with ${code}`);
    return started.output;
  }

  /**
   * @param {string} program
   * @param {string[]} programArguments
   * @param {{ cwd?: string, env?: Record<string, string> }} [options]
   */
  start(program, programArguments, { cwd = this.folder, env } = {}) {
    const started = new Started(program, programArguments, { cwd, env });
    this.#started.add(started);
    return started;
  }

  /** @param {Started} started */
  async #end(started) {
    await started.stop();
    this.#started.delete(started);
    this.#log.push(`$ ${started.line}\n${started.output}`);
  }

  /**
   * Runs the command of an installed package to its end.
   * @param {string} name
   * @param {string[]} commandArguments
   * @param {{ cwd?: string, env?: Record<string, string>, seconds?: number }} [options]
   */
  tool(name, commandArguments, options) {
    return this.run(this.path('node_modules/.bin', name), commandArguments, options);
  }

  /**
   * Runs a program that prints what it saw, and has to end by itself.
   * @param {string} program
   * @param {string[]} programArguments
   * @param {{ cwd?: string, env?: Record<string, string> }} [options]
   * @returns {Promise<Outcome>}
   */
  async attempt(program, programArguments, options) {
    const started = this.start(program, programArguments, options);
    const [printed] = await started.says(/^OUTCOME .*\n/m, 90);
    const code = await atMost(started.ended, 10);
    await this.#end(started);
    const outcome = /** @type {Outcome} */ (readOutcome(printed));
    const failed = outcome.load.error ?? outcome.worker?.error;
    if (code === undefined && !failed) throw new Error('the process did not end by itself after terminate()');
    if (code && !failed) throw started.fault(`ended with ${code}`);
    return outcome;
  }

  /**
   * A server that goes on until another is started or the environment ends.
   * @param {string} name the command of an installed package
   * @param {string[]} commandArguments
   * @param {RegExp} ready what it prints, with its address as first group
   * @param {RegExp} [failure] what it prints where it fails and goes on
   * @returns {Promise<string>} its address, which ends in a slash
   */
  async server(name, commandArguments, ready, failure) {
    const key = [name, ...commandArguments].join(' ');
    const known = this.#servers.get(key);
    if (known) return known;
    await this.stopServers();
    const started = this.start(this.path('node_modules/.bin', name), commandArguments);
    const [, url] = await started.says(ready, 90, failure);
    const whole = url.endsWith('/') ? url : `${url}/`;
    this.#servers.set(key, whole);
    return whole;
  }

  async stopServers() {
    this.#servers.clear();
    for (const started of [...this.#started]) await this.#end(started);
  }

  /**
   * Serves files as they are.
   * @param {string} folder
   * @param {Record<string, string>} [headers]
   * @returns {Promise<string>} its address, which ends in a slash
   */
  async serve(folder, headers) {
    const { url, close } = await serve(this.path(folder), headers);
    this.#closers.push(close);
    return url;
  }

  /**
   * Opens a page in a real browser until its title tells what was seen.
   * @param {string} url
   * @param {{ browser?: 'chromium' | 'firefox' | 'webkit', seconds?: number }} [options]
   * @returns {Promise<Outcome>}
   */
  async visit(url, { browser = 'chromium', seconds = 90 } = {}) {
    return visitAs(browser, url, seconds, (text) => this.note(text));
  }

  /** @param {string} from @param {string} to a folder or file and its copy, both in the project */
  async copy(from, to) {
    await mkdir(dirname(this.path(to)), { recursive: true });
    await cp(this.path(from), this.path(to), { recursive: true });
  }

  /** @param {string} name what must not be found for a while */
  async hide(name) {
    await rename(this.path(name), `${this.folder}-hidden`);
  }

  /** @param {string} name */
  async show(name) {
    await rename(`${this.folder}-hidden`, this.path(name));
  }

  /** @param {{ keep: boolean }} options keep: leave the folder */
  async close({ keep }) {
    await this.stopServers();
    for (const close of this.#closers) await close();
    folders.delete(this.folder);
    if (!keep) await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
