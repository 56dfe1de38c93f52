// Deflates what is loaded before the first prediction, or before training, for servers that do not compress what they send.
//   node web/prepare/deflate.js <from> <to>
import { readFileSync, writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';

const [from, to] = process.argv.slice(2);
if (!to) throw new Error('expected: node web/prepare/deflate.js <from> <to>');
writeFileSync(to, deflateSync(readFileSync(from), { level: 9 }));
