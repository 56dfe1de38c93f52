// tasks.js: what is forecast from what, split as in the literature.
import { airline, co2, seattle, sunspots } from './series.js';

/**
 * @typedef {object} Task
 * @property {string} name
 * @property {string} column that is forecast
 * @property {Record<string, any>[]} rows
 * @property {number} train rows at the start that are learnt
 * @property {number} horizon
 * @property {number} stride from one origin to the next
 * @property {number} season of the seasonal-naive forecast and of MASE
 * @property {Record<string, unknown>} options of createForecaster
 * @property {string} split where it comes from
 */

/** @param {number} year @param {number} month from 0 */
const monthText = (year, month) => new Date(Date.UTC(year, month)).toISOString().slice(0, 10);

/** @returns {Task[]} */
export function tasks() {
  const co2Rows = co2().filter(({ date }) => date < '2014');
  const weather = seattle();
  return [{
    name: 'airline passengers', column: 'passengers', season: 12, horizon: 12, stride: 1, train: 120,
    rows: airline.map((passengers, i) => ({ date: monthText(1949, i), passengers })),
    options: { columns: ['passengers'], time: 'date', log: true },
    split: 'the last two years are forecast, in logarithms (Box and Jenkins 1970, series G, section 9.2)',
  }, {
    name: 'sunspots', column: 'spots', season: 11, horizon: 1, stride: 1, train: 221,
    rows: sunspots.slice(0, 256).map((spots, i) => ({ year: 1700 + i, spots })),
    options: { columns: ['spots'], time: 'year', season: 11 },
    split: '1700 to 1920 is learnt, 1921 to 1955 forecast a year ahead (Weigend, Huberman and Rumelhart 1990)',
  }, {
    name: 'CO2', column: 'co2', season: 12, horizon: 12, stride: 1, train: co2Rows.findIndex(({ date }) => date >= '2004'),
    rows: co2Rows,
    options: { columns: ['co2'], time: 'date', log: true },
    split: 'until 2003 is learnt (Rasmussen and Williams 2006, section 5.4.3), 2004 to 2013 forecast',
  }, {
    name: "Seattle's weather", column: 'high', season: 365, horizon: 7, stride: 1, train: 1096,
    rows: weather.map(({ date, high }) => ({ date, high })),
    options: { columns: ['high'], time: 'date', season: 365 },
    split: 'three years are learnt, the fourth (a whole season) forecast (Hyndman and Athanasopoulos 2021, section 5.8)',
  }];
}
