/** What is made before the page is built (`web/prepare/`), where the built page has it: the name changes with the content. */

/** The first chapters of the book. */
export const MOBY_DICK = new URL('../../build/page/moby-dick.txt', import.meta.url);
export const MOBY_DICK_NAME = 'Moby-Dick, chapters 1 to 45';

/** The network trained beforehand, on the whole book: a model file with 8 bits a weight. */
export const PRETRAINED = new URL('../../build/page/pretrained.safetensors', import.meta.url);
