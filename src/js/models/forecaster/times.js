// times.js: the times of a series' rows: they go forward by equal steps, and give the season and calendar features.
import { describe, refuse } from '../../core/check.js';
import { ArgumentError } from '../../core/errors.js';
import { isA } from '../../core/realms.js';

/**
 * From a row to the next: so many months, or milliseconds; or, where times are plain numbers, so much.
 * @typedef {{ months: number } | { ms: number } | { by: number }} TimeStep
 */

/**
 * When rows are: number r at `start` plus r steps.
 * @typedef {object} Times
 * @property {number} start milliseconds since 1970 UTC, or a plain number
 * @property {TimeStep} step
 */

const DAY = 864e5;
const YEAR = 365.2425 * DAY;
const ISO = /^(\d{4})(-(\d\d)(-(\d\d)([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?$/;
/** Of a day of another zone than UTC. */
const MIDNIGHT = /^.{10}[T ]00:00(:00(\.0+)?)?[+-]/;
const EXPECTED = "a Date, a text like '2012-01-31' or '2012-01-31T18:00Z', or a finite number";

/** Rows that were not given between rows that were are gaps: there may be so many times as many as rows. */
const MOST_GAPS = 9;

/** @param {unknown} value @returns {value is Date} */
const isDate = (value) => isA(value, 'Date');

/** @param {number} year @param {number} month from 1 */
function daysIn(year, month) {
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0);
  return last.getUTCDate();
}

/**
 * Midnight UTC of the day that a value begins in its own zone: a Date in the machine's, at its first moment, which is later than
 * midnight where clocks leap over that; a text with another zone than UTC in that.
 * @param {unknown} value
 * @returns {number} NaN where it begins none
 */
function dayOf(value) {
  if (typeof value === 'string') return MIDNIGHT.test(value) ? Date.parse(value.slice(0, 10)) : NaN;
  if (!isDate(value)) return NaN;
  const first = new Date(value);
  first.setHours(0, 0, 0, 0);
  return first.getTime() === value.getTime() ? new Date(0).setUTCFullYear(first.getFullYear(), first.getMonth(), first.getDate()) : NaN;
}

/**
 * Times as days of the calendar, where all of them begin one in their own zone: such are 23 to 25 hours apart where clocks change.
 * @param {unknown[]} values
 * @param {number[]} times of these
 * @param {TimeStep} [known] rows of parts of a day may come at midnight too
 */
function asDays(values, times, known) {
  if (known && !('months' in known) && !('ms' in known && known.ms % DAY === 0)) return times;
  if (times.every((time) => time % DAY === 0)) return times;
  const days = values.map(dayOf);
  return days.some(Number.isNaN) ? times : days;
}

/**
 * @param {unknown} value
 * @param {string} path
 * @returns {number}
 */
function readTime(value, path) {
  let time = NaN;
  if (typeof value === 'number') time = value;
  else if (isDate(value)) time = value.getTime();
  else if (typeof value === 'string') {
    const found = ISO.exec(value);
    // Without a zone it is UTC: a machine's own has hours that are missing, or come twice.
    if (found) time = Date.parse(value.replace(' ', 'T') + (found[6] && !found[9] ? 'Z' : ''));
    // Date.parse takes 30 February for 2 March.
    if (found?.[5] && Number(found[5]) > daysIn(Number(found[1]), Number(found[3]))) refuse(path, 'a day that there is', value);
  }
  if (!Number.isFinite(time)) refuse(path, EXPECTED, value);
  return time;
}

/** A month by its number since the year 0. @param {number} time */
function monthOf(time) {
  const date = new Date(time);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** @param {number} time @param {number} months */
function addMonths(time, months) {
  const date = new Date(time);
  const month = date.getUTCMonth() + months;
  const last = new Date(Date.UTC(2000, 0, 1));
  last.setUTCFullYear(date.getUTCFullYear(), month + 1, 0);
  const isEnd = date.getUTCDate() === new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  const day = isEnd ? last.getUTCDate() : Math.min(date.getUTCDate(), last.getUTCDate());
  last.setUTCDate(day);
  return last.getTime() + (time - DAY * Math.floor(time / DAY));
}

/** Number `row` of the times. @param {Times} times @param {number} row */
export function timeAt({ start, step }, row) {
  if ('months' in step) return addMonths(start, step.months * row);
  return start + row * ('ms' in step ? step.ms : step.by);
}

/** For messages. @param {number} time @param {TimeStep} step */
export function timeText(time, step) {
  if ('by' in step) return `${time}`;
  const text = new Date(time).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text;
}

/** @param {TimeStep} step */
export const stepText = (step) => {
  if ('by' in step) return `${step.by}`;
  if ('months' in step) return step.months === 1 ? 'a month' : `${step.months} months`;
  return step.ms === DAY ? 'a day' : step.ms % DAY === 0 ? `${step.ms / DAY} days` : `${step.ms / 1000} seconds`;
};

/** How many steps from `start` to `time`; a fraction where it is between two. @param {Times} times @param {number} time */
function rowOf({ start, step }, time) {
  if ('months' in step) {
    const row = (monthOf(time) - monthOf(start)) / step.months;
    return addMonths(start, step.months * row) === time ? row : row + 0.5;
  }
  const row = (time - start) / ('ms' in step ? step.ms : step.by);
  return Math.abs(row - Math.round(row)) < 1e-6 ? Math.round(row) : row;
}

/** @param {number[]} times that go forward @param {boolean} areDates @returns {TimeStep} */
function stepOf(times, areDates) {
  const least = times.reduce((least, time, i) => (i ? Math.min(least, time - times[i - 1]) : least), Infinity);
  if (!areDates) return { by: least };
  const months = times.reduce((few, time, i) => (i ? Math.min(few, monthOf(time) - monthOf(times[i - 1])) : few), Infinity);
  if (months < 1 || least < 28 * DAY) return { ms: least };
  const inMonths = { start: times[0], step: { months } };
  return times.every((time) => Number.isInteger(rowOf(inMonths, time))) ? inMonths.step : { ms: least };
}

/**
 * Checks times: they go forward, by one step or by several, between which rows are missing.
 * @param {ArrayLike<unknown>} values
 * @param {(row: number) => string} path of a row's
 * @param {TimeStep} [known] of the data that the model was trained on
 * @returns {{ times: Times, rows: number[] }} and which of the evenly spaced rows each is
 */
export function readTimes(values, path, known) {
  const given = Array.from(values);
  const times = asDays(given, given.map((value, i) => readTime(value, path(i))), known);
  const areDates = given.map((value) => typeof value !== 'number');
  const other = areDates.findIndex((is) => is !== areDates[0]);
  if (other >= 0) refuse(path(other), areDates[0] ? 'a date like those before it' : 'a number like those before it', values[other]);
  const step = known ?? (times.length > 1 ? undefined : { by: 1 });
  const back = times.findIndex((time, i) => i > 0 && !(time > times[i - 1]));
  if (back >= 0) {
    refuse(path(back), `later than the row before it, ${describe(values[back - 1])}: times go forward`, values[back]);
  }
  const even = { start: times[0], step: step ?? stepOf(times, areDates[0]) };
  if (known && 'by' in known === areDates[0]) {
    refuse(path(0), areDates[0] ? 'a number, as in the data that the model was trained on' : 'a date, as in the data that the model was trained on', values[0]);
  }
  const rows = times.map((time) => rowOf(even, time));
  const uneven = rows.findIndex((row) => !Number.isInteger(row));
  if (uneven >= 0) {
    throw new ArgumentError(`${path(uneven)}: expected a whole number of steps of ${stepText(even.step)} behind ` +
      `${describe(values[0])}, got ${describe(values[uneven])}`);
  }
  const length = rows[rows.length - 1] + 1;
  if (length > (MOST_GAPS + 1) * rows.length) {
    const i = rows.findIndex((row, i) => row > (MOST_GAPS + 1) * (i + 1) || i === rows.length - 1);
    throw new ArgumentError(`${path(i)}: ${length - rows.length} of ${length} rows would be missing at steps of ` +
      `${stepText(even.step)}; the time is ${describe(values[i])}`);
  }
  return { times: even, rows };
}

/** How long the season of such rows is, in rows; 0 where none is usual. @param {TimeStep} step */
export function usualSeason(step) {
  if ('by' in step) return 0;
  if ('months' in step) return step.months < 12 && 12 % step.months === 0 ? 12 / step.months : 0;
  if (step.ms === 7 * DAY) return 52;
  if (step.ms === DAY) return 7;
  return step.ms < DAY && DAY % step.ms === 0 ? DAY / step.ms : 0;
}

/** How many numbers calendarOf writes. */
export const CALENDAR = 6;

/**
 * The phases of day, week and year at a time as sine and cosine, 0 where a step is as long as the period.
 * @param {Float32Array} out
 * @param {number} at
 * @param {number} time
 * @param {TimeStep} step
 */
export function writeCalendar(out, at, time, step) {
  if ('by' in step) return void out.fill(0, at, at + CALENDAR);
  const length = 'months' in step ? step.months * (YEAR / 12) : step.ms;
  // 5 January 1970 was a Monday.
  const phases = [[DAY, time], [7 * DAY, time - 4 * DAY], [YEAR, time]];
  phases.forEach(([period, since], i) => {
    const angle = (2 * Math.PI * since) / period;
    const isSeen = length < 0.99 * period;
    out[at + 2 * i] = isSeen ? Math.sin(angle) : 0;
    out[at + 2 * i + 1] = isSeen ? Math.cos(angle) : 0;
  });
}
