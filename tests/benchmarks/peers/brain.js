// brain.js in pure JavaScript. It has no batches, no Adam and no cell state: windows one after the other, RMSProp, and
// the recurrence that it calls an LSTM.

import { symbols } from '../cases.js';
import { randomTokens, require, serve, versionOf } from './serve.js';

const brain = require('brain.js');
/** Characters of one call of run(). */
const generated = 50;

await serve(async ({ work, layers, hidden, window }) => {
  const net = new brain.recurrent.LSTM({
    hiddenLayers: Array(layers).fill(hidden),
    dataFormatter: null,
    inputSize: symbols,
    inputRange: symbols,
    outputSize: symbols,
    maxPredictionLength: generated + 1,
  });
  net.formatDataIn = net.formatDataOut = (input, output = input) => output;
  net.initialize();
  const version = versionOf('brain.js');
  if (work === 'train') {
    return {
      version,
      run() {
        net.trainPattern([...randomTokens(window)]);
        return window;
      },
    };
  }
  net.bindEquation(); // without which it takes itself for untrained
  net.model.output.weights[0] = -100; // never the end of the text
  return { version, run: () => net.run([], true, 1).length };
});
