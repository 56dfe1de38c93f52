// zip-file.js: whose zip is it?
import { nameOf } from '../../core/quote.js';
import { Zip } from './zip.js';

/** @type {import('./import-model.js').Importer} */
export async function read(bytes, about) {
  const zip = new Zip(bytes, about.fail);
  const pickle = zip.names.find((name) => /(^|\/)data\.pkl$/.test(name));
  if (pickle) return (await import('./torch-file.js')).readZip(zip, pickle, bytes.length, about);
  if (zip.has('model.weights.h5')) return (await import('./keras-file.js')).readZip(zip, about);
  return about.fail(`a zip that is no model of PyTorch or Keras: it has ${zip.names.slice(0, 6).map(nameOf).join(', ') || 'no files'}`);
}
