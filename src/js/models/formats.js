// formats.js: the kinds of models that files hold, each as its folder says that its files are read: ModelFormat in
// files/model-metadata.js. What is told of a file, and what opens it, go by this list, but in lstm-wasm/predict, which has
// told-kinds.js and predicting-kinds.js for that. See kinds.js on how one is added.
import { charFormat } from './characters/char-file.js';
import { classifierFormat } from './classifier/classifier-file.js';
import { tokenFormat } from './tokens/token-file.js';
import { translatorFormat } from './translator/translator-file.js';
import { forecasterFormat } from './forecaster/forecaster-file.js';
import { ensembleFormat } from './ensemble/ensemble-file.js';
import { networkFormat } from './network-format.js';

/** @type {readonly import('../files/model-metadata.js').ModelFormat[]} */
export const formats = [networkFormat, charFormat, tokenFormat, classifierFormat, translatorFormat, forecasterFormat, ensembleFormat];
