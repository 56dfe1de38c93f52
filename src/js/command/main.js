#!/usr/bin/env node
// The command `lstm-wasm`: finds the command meant, runs it, and tells in one line what went wrong.

import { readFileSync } from 'node:fs';
import { LstmError } from '../index.js';
import { parseArguments } from './arguments.js';
import { letCompilersEnd } from './end.js';
import { ensemble } from './ensemble.js';
import { CommandError, UsageError } from './errors.js';
import { evaluate } from './eval.js';
import { exportCommand } from './export.js';
import { commandHelp, generalHelp, generalUsage, usageLine } from './help.js';
import { inspect } from './inspect.js';
import { predict } from './predict.js';
import { sample } from './sample.js';
import { score } from './score.js';
import { print, tell } from './stdout.js';
import { train } from './train.js';

const commands = [train, sample, predict, evaluate, score, inspect, ensemble, exportCommand];

/** @returns {string} */
const version = () => JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')).version;

/**
 * @param {string[]} words the command line
 * @returns {Promise<number>} the exit code
 */
async function main([name, ...words]) {
  const command = commands.find((each) => each.name === name);
  try {
    if (name === '--help' || name === '-h') return done(generalHelp(commands, version()));
    if (name === '--version') return done(version());
    if (!command) {
      const names = commands.map((each) => each.name).join(', ');
      throw new UsageError(`expected a command (${names}), got ${name === undefined ? 'nothing' : `'${name}'`}`);
    }
    const values = parseArguments(command, words);
    return values.help ? done(commandHelp(command, values.help === 'all')) : (await command.run(values)) ?? 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof CommandError || error instanceof LstmError)) throw error;
    tell(error.message);
    if (!(error instanceof UsageError)) return 1;
    process.stderr.write(`${command ? usageLine(command) : generalUsage(commands)}\n`);
    return 2;
  }
}

/** @param {string} text */
function done(text) {
  print(text);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
letCompilersEnd();
