// predicting-forecaster.js: what opens a forecaster that is not trained: see predicting-kinds.js.
import { PredictingForecaster } from './PredictingForecaster.js';

export { forecasterFormat as format } from './forecaster-file.js';

/** @type {import('../open-model.js').Make} */
export const make = ({ network }, parts) => new PredictingForecaster(network, parts);
