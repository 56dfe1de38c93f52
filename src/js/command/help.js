// The help, made from the commands' tables.

import { helpOptions } from './arguments.js';

const width = 80;

/** @param {import('./arguments.js').Command} command */
export function usageLine({ name, operands, options }) {
  const required = Object.entries(options).filter(([, option]) => option.required);
  const words = [
    'lstm-wasm', name,
    ...operands.map(({ name: operand, many }) => (many ? `${operand}...` : operand)),
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
    `lstm-wasm ${version} (--version): learn a text and predict its characters`,
    '',
    ...lines,
    '',
    '  lstm-wasm COMMAND --help   one command in one screen; with --all, all about it',
    '',
    ...wrap('Results go to stdout, messages to stderr; - is stdin, or stdout. Exit codes: 0 done, 1 failed, '
      + '2 not understood, 130 Ctrl-C (143 SIGTERM, 129 SIGHUP).', width),
  ].join('\n');
}

/**
 * One screen of 24 lines, or all there is to know.
 * @param {import('./arguments.js').Command} command
 * @param {boolean} isAll
 */
export function commandHelp(command, isAll) {
  const { name, summary, operands, options, notes, examples } = command;
  const operandRows = operands.map((operand) =>
    /** @type {[string, string]} */ ([operand.name, (isAll ? undefined : operand.brief) ?? operand.about]));
  const optionRows = isAll
    ? Object.entries({ ...options, ...helpOptions }).map(optionRow)
    : Object.entries(options).filter(([, { brief }]) => brief).map(briefRow);
  const left = Math.max(...[...operandRows, ...optionRows].map(([label]) => label.length)) + 4;
  const rows = (/** @type {[string, string][]} */ list) => list.flatMap(([label, about]) =>
    wrap(about, width - left).map((line, i) => (i ? '' : `  ${label}`).padEnd(left) + line));
  return [
    usageLine(command),
    ...wrap(`${summary[0].toUpperCase()}${summary.slice(1)}.`, width),
    '',
    ...rows(operandRows),
    '',
    ...rows(optionRows),
    ...(isAll ? notes : []).flatMap((note) => ['', ...wrap(note, width)]),
    '',
    ...(isAll ? examples : examples.slice(0, 1)).map((example) => `  ${example}`),
    ...(isAll ? [] : ['', `lstm-wasm ${name} --help --all tells every option and more`]),
  ].join('\n');
}

/**
 * @param {[string, import('./arguments.js').Option]} entry
 * @returns {[string, string]}
 */
function optionRow([name, option]) {
  const { about, preset, presetAbout, required } = option;
  const label = labelOf(name, option);
  const otherwise = presetAbout ?? (preset === undefined ? undefined : String(preset));
  if (required) return [label, `${about} (required)`];
  return [label, otherwise === undefined ? about : `${about} (default: ${otherwise})`];
}

/**
 * @param {[string, import('./arguments.js').Option]} entry
 * @returns {[string, string]}
 */
const briefRow = ([name, option]) =>
  (typeof option.brief === 'string' ? [labelOf(name, option), option.brief] : optionRow([name, option]));

/**
 * @param {string} name
 * @param {import('./arguments.js').Option} option
 */
const labelOf = (name, { short, placeholder }) =>
  `${short ? `-${short}, ` : '    '}--${name}${placeholder ? ` ${placeholder}` : ''}`;

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
