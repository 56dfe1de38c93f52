// Clang's sanitizer of undefined behaviour beside gcc's, where there is a clang: it knows pointers that are computed from NULL, or
// beyond what they point into, which gcc's does not. It needs nothing of its run time: what is undefined stops the program.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const programs = ['predict_only_test', 'windows_test', 'pair_test', 'parts_test'];
const flags = ['-std=c11', '-g1', '-O1', '-ffp-contract=off', '-DLSTM_REAL=float', `-I${root}src`, `-I${root}tests`];
const sanitizer = ['-fsanitize=undefined,pointer-overflow', '-fsanitize-trap=all'];
const library = ['kernels', 'cells', 'network', 'training'].flatMap((floor) => readdirSync(path.join(root, 'src', floor))
  .filter((file) => file.endsWith('.c')).map((file) => path.join(root, 'src', floor, file)));

/** Runs in a folder. @param {string} folder @param {string} command @param {string[]} words */
const run = (folder, command, words) => spawnSync(command, words, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 });

const folder = mkdtempSync(path.join(tmpdir(), 'lstm-clang-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
/** One whose programs run, and in which the sanitizer finds what it is there for. */
const clang = ['clang', 'clang-19', path.join(root, '.toolchain/emscripten/llvm/bin/clang')].find((compiler) => {
  const words = ['-xc', '-', ...sanitizer, '-o', 'probe'];
  const source = 'int main(int n, char **all) { char *none = n > 9 ? all[0] : 0; return none + n == 0; }';
  return spawnSync(compiler, words, { cwd: folder, input: source }).status === 0 && run(folder, './probe', []).signal !== null;
});

describe("C under clang's UndefinedBehaviorSanitizer", () => {
  if (!clang) {
    const skip = 'no clang here whose programs run';
    process.stderr.write(`SKIPPED: ${programs.length} C test programs under clang, ${skip}\n`);
    for (const program of programs) test(program, { skip });
    return;
  }
  test('the library is compiled', () => {
    const { status, stderr } = run(folder, clang, [...flags, ...sanitizer, '-c', ...library]);
    assert.equal(status, 0, stderr);
  });
  for (const program of programs) {
    test(program, () => {
      const objects = library.map((file) => `${path.basename(file, '.c')}.o`);
      const made = run(folder, clang, [...flags, ...sanitizer, path.join(root, 'tests/training', `${program}.c`), ...objects, '-lm', '-o', program]);
      assert.equal(made.status, 0, made.stderr);
      const { status, signal, stdout } = run(folder, `./${program}`, []);
      assert.deepEqual([status, signal], [0, null], stdout.split('\n').slice(-4).join('\n'));
      assert.match(stdout, /^1\.\.\d+$/m);
    });
  }
});
