// This library, measured as its peers are: a process of its own, driven from outside.

import { readFileSync } from 'node:fs';
import { load } from '../../../src/js/index.js';
import { prepare } from '../cases.js';
import { serve } from './serve.js';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

await serve(async (work) => {
  const lstm = await load();
  return { version: `${version} ${lstm.variant}`, run: prepare(work, lstm).run };
});
