// formats.js: the kinds of models that files hold, each as its folder says that its files are read: ModelFormat in
// files/model-metadata.js. What is told of a file, and what opens it, go by this list; see kinds.js on how one is added.
import { charFormat } from './characters/char-file.js';
import { classifierFormat } from './classifier/classifier-file.js';
import { tokenFormat } from './tokens/token-file.js';
import { translatorFormat } from './translator/translator-file.js';
import { forecasterFormat } from './forecaster/forecaster-file.js';

/** A network alone. @satisfies {import('../files/model-metadata.js').ModelFormat} */
const networkFormat = {
  kind: /** @type {const} */ ('network'),
  name: 'a network',
  read: () => ({}),
  tell: () => ({}),
};

/** @type {readonly import('../files/model-metadata.js').ModelFormat[]} */
export const formats = [networkFormat, charFormat, tokenFormat, classifierFormat, translatorFormat, forecasterFormat];
