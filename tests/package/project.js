// What the package's tests share: the packed package installed in a project of its own, outside the repository.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const execFileAsync = promisify(execFile);

/**
 * Runs a program to its end. Where it fails, the error holds all it printed.
 * @param {string} program
 * @param {string[]} programArguments
 * @param {string} cwd
 * @returns {Promise<string>} its standard output
 */
export async function run(program, programArguments, cwd) {
  // npm's settings of the run that started these tests, such as its folder, must not reach the npm started here.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_TEST_CONTEXT)/i.test(name));
  const env = Object.fromEntries(inherited);
  try {
    return (await execFileAsync(program, programArguments, { cwd, env, maxBuffer: 2 ** 26 })).stdout;
  } catch (error) {
    const { message, stdout, stderr } = /** @type {Error & { stdout: string, stderr: string }} */ (error);
    throw new Error(`${message}\n${stdout}\n${stderr}`);
  }
}

/**
 * Packs the package as it was built, and installs it in an empty project.
 * @returns {Promise<{ folder: string, files: string[], write: (files: Record<string, string>) => Promise<void>,
 *   remove: () => Promise<void> }>} the project's folder, and the paths that were packed
 */
export async function createProject() {
  const folder = await mkdtemp(join(tmpdir(), 'lstm-wasm-package-'));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  /** @param {Record<string, string>} files */
  const write = async (files) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  };
  try {
    const packed = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
    const [{ filename, files }] = JSON.parse(packed);
    await write({ 'package.json': '{ "private": true, "type": "module" }\n' });
    await run('npm', ['install', `./${filename}`, '--offline', '--no-audit', '--no-fund'], folder);
    return { folder, files: files.map((/** @type {{ path: string }} */ { path }) => path), write, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A program that learns a few steps with `lstm-wasm` and gives back what it saw. */
export const learn = `
import { load } from 'lstm-wasm';

export async function learn() {
  const lstm = await load();
  const text = 'to be, or not to be, that is the question. '.repeat(40);
  const model = lstm.createCharModel({ text, hiddenSize: 16, seed: 1 });
  const { loss: before } = model.evaluate(text);
  const options = { batchSize: 4, window: 16, learningRate: 0.02, steps: 100 };
  let steps;
  for (const { step } of model.train(text, options)) steps = step;
  const { loss: after } = model.evaluate(text);
  const sample = model.generate({ prime: 'to', length: 20, seed: 1 });
  model.dispose();
  return { variant: lstm.variant, steps, before, after, sample };
}
`;

/** The same with 'lstm-wasm/worker'. */
export const learnInWorker = `
import { openWorker } from 'lstm-wasm/worker';

export async function learnInWorker() {
  const lstm = await openWorker();
  const text = 'to be, or not to be, that is the question. '.repeat(40);
  const model = await lstm.createCharModel({ text, hiddenSize: 16, seed: 1 });
  const { loss: before } = await model.evaluate(text);
  const options = { batchSize: 4, window: 16, learningRate: 0.02, steps: 100 };
  let steps;
  for await (const { step } of model.train(text, options)) steps = step;
  const { loss: after } = await model.evaluate(text);
  const sample = await model.generate({ prime: 'to', length: 20, seed: 1 });
  await model.dispose();
  lstm.terminate();
  return { variant: lstm.variant, steps, before, after, sample };
}
`;
