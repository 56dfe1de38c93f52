// json-file.js: a JSON file that says where the weights lie: whose is it?
import { isObject } from '../../core/check.js';
import { nameOf } from '../../core/quote.js';
import { parseJson } from '../json.js';
import { MAX_HEADER } from '../safetensors.js';
import { decode } from './ByteReader.js';
import { readNames } from './names.js';

/** @type {import('./import-model.js').Importer} */
export async function read(bytes, about) {
  const { fail } = about;
  if (bytes.length > MAX_HEADER) fail(`a JSON file of ${bytes.length} bytes: no model.json has more than ${MAX_HEADER}`);
  const value = parseJson(decode(bytes).replace(/^\ufeff/, ''), 'the file', fail);
  if (!isObject(value)) return fail('a file that begins as JSON and is none');
  if ('weightsManifest' in value || 'modelTopology' in value) return (await import('./tfjs-file.js')).readModel(value, about);
  const entries = Object.values(value);
  if (entries.length > 0 && entries.every((entry) => isObject(entry) && 'filename' in entry && 'shape' in entry)) {
    return (await import('./ml5-file.js')).readManifest(value, about);
  }
  if (readNames(value)) return fail("an alphabet, no model: open the weights, open(source, { alphabet: 'vocab.json' })");
  return fail(`a JSON file that is no model.json of TensorFlow.js: it has ${Object.keys(value).slice(0, 6).map(nameOf).join(', ') || 'nothing'}`);
}
