// The help, made from the commands' tables.

import { helpOption } from './arguments.js';

const width = 92;

/** @param {import('./arguments.js').Command} command */
export function usageLine({ name, operands, options }) {
  const required = Object.entries(options).filter(([, option]) => option.required);
  const words = [
    'lstm-wasm', name,
    ...operands.map((operand) => operand.name),
    ...required.map(([long, { short, placeholder }]) => `${short ? `-${short}` : `--${long}`} ${placeholder}`),
    ...(required.length < Object.keys(options).length ? ['[options]'] : []),
  ];
  return `usage: ${words.join(' ')}`;
}

/**
 * @param {import('./arguments.js').Command[]} commands
 */
export const generalUsage = (commands) =>
  `usage: lstm-wasm ${commands.map(({ name }) => name).join(' | ')} ... (lstm-wasm --help says more)`;

/**
 * @param {import('./arguments.js').Command[]} commands
 * @param {string} version
 */
export function generalHelp(commands, version) {
  const lines = commands.flatMap((command) =>
    [`  ${usageLine(command).replace('usage: ', '')}`, `      ${command.summary}`]);
  return [
    `lstm-wasm ${version}: learn a text and predict its characters`,
    '',
    ...lines,
    '',
    '  lstm-wasm COMMAND --help   all about one command',
    '  lstm-wasm --version        print the version',
    '',
    'Results go to stdout, progress and messages to stderr. Exit codes: 0 done, 1 it could not be done,',
    '2 the command line was not understood, 130 stopped by Ctrl-C (143 by SIGTERM, 129 by SIGHUP).',
    'The path - is stdin where a file is read, and stdout where one is written.',
  ].join('\n');
}

/** @param {import('./arguments.js').Command} command */
export function commandHelp(command) {
  const { summary, operands, options, notes, examples } = command;
  const operandRows = operands.map(({ name, about }) => /** @type {[string, string]} */ ([name, about]));
  const optionRows = Object.entries({ ...options, ...helpOption }).map(optionRow);
  const left = Math.max(...[...operandRows, ...optionRows].map(([label]) => label.length)) + 4;
  const rows = (/** @type {[string, string][]} */ list) => list.flatMap(([label, about]) =>
    wrap(about, width - left).map((line, i) => (i ? '' : `  ${label}`).padEnd(left) + line));
  return [
    usageLine(command),
    '',
    ...wrap(`${summary[0].toUpperCase()}${summary.slice(1)}.`, width),
    '',
    ...rows(operandRows),
    '',
    'options:',
    ...rows(optionRows),
    ...notes.flatMap((note) => ['', ...wrap(note, width)]),
    '',
    'examples:',
    ...examples.map((example) => `  ${example}`),
  ].join('\n');
}

/**
 * @param {[string, import('./arguments.js').Option]} entry
 * @returns {[string, string]}
 */
function optionRow([name, { short, placeholder, about, preset, presetAbout, required }]) {
  const label = `${short ? `-${short}, ` : '    '}--${name}${placeholder ? ` ${placeholder}` : ''}`;
  const otherwise = presetAbout ?? (preset === undefined ? undefined : String(preset));
  if (required) return [label, `${about} (required)`];
  return [label, otherwise === undefined ? about : `${about} (default: ${otherwise})`];
}

/**
 * @param {string} text
 * @param {number} columns
 */
function wrap(text, columns) {
  /** @type {string[]} */
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1];
    if (line && line.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines;
}
