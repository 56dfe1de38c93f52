/** What is made before the page is built (`web/prepare/`), and the networks that are kept, where the built page has them: the names change with the content. */

/** The first chapters of the book. */
export const MOBY_DICK = new URL('../../build/page/moby-dick.txt', import.meta.url);
export const MOBY_DICK_NAME = 'Moby-Dick, chapters 1 to 12';

/** The network trained beforehand, on the whole book: a model file, its weights of 6 bits, deflated. */
export const PRETRAINED = new URL('../../build/page/pretrained.deflate', import.meta.url);

/** The library's modules with SIMD, deflated: what only predicts comes first. */
export const MODULES = {
  predict: new URL('../../build/page/predict-simd.deflate', import.meta.url),
  whole: new URL('../../build/page/lstm-simd.deflate', import.meta.url),
};

/** The tiny networks that match brackets: what model/cell/brackets.js says of them. */
export const BRACKETS = {
  lstm: new URL('../networks/brackets-lstm.safetensors', import.meta.url),
  'four-gate': new URL('../networks/brackets-four-gate.safetensors', import.meta.url),
  peephole: new URL('../networks/brackets-peephole.safetensors', import.meta.url),
  gru: new URL('../networks/brackets-gru.safetensors', import.meta.url),
  rnn: new URL('../networks/brackets-rnn.safetensors', import.meta.url),
};
