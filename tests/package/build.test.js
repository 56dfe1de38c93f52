// What build.sh says where it cannot install what it needs: one line, for each system.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../build.sh', import.meta.url));
const tools = ['bash', 'sh', 'env', 'dirname', 'find', 'sort', 'head', 'sed', 'tr', 'id', 'mkdir', 'mktemp', 'rm', 'touch'];
const folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-build-'));
after(() => rmSync(folder, { recursive: true }));

// A project with nothing to install from npm and one file to compile.
mkdirSync(join(folder, 'src'));
mkdirSync(join(folder, 'node_modules'));
copyFileSync(script, join(folder, 'build.sh'));
writeFileSync(join(folder, 'src/file.c'), '');
writeFileSync(join(folder, 'package-lock.json'), '{}');
writeFileSync(join(folder, 'node_modules/.package-lock.json'), '{}');

/** @param {string} name */
function find(name) {
  const path = (process.env.PATH ?? '').split(delimiter).map((each) => join(each, name)).find((each) => existsSync(each));
  assert.ok(path, `${name} is not on PATH`);
  return path;
}

/**
 * Runs build.sh where PATH has the tools above, and programs that print what is said here.
 * @param {Record<string, string>} programs
 * @param {{ shell?: string, environment?: Record<string, string> }} [options]
 */
function build(programs, { shell = 'bash', environment = {} } = {}) {
  const bin = mkdtempSync(join(folder, 'bin-'));
  for (const tool of tools) symlinkSync(find(tool), join(bin, tool));
  for (const [name, printed] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho '${printed}'\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const { status, stdout, stderr } = spawnSync(join(bin, shell), [join(folder, 'build.sh')], {
    env: { PATH: bin, ...environment }, encoding: 'utf8',
  });
  assert.equal(stdout, '');
  assert.equal(status, 1, stderr);
  return stderr;
}

const node = { node: 'v22.0.0', npm: '10.0.0' };

test('where there is no Node, one line says how to get it', () => {
  assert.match(build({ uname: 'Darwin' }), /^build: install Node 20\.16\.0 or newer with npm: brew install node\n$/);
  assert.match(build({ uname: 'Linux', ...node, node: 'v18.20.4' }), /^build: install Node 20\.16\.0 .*: https:\S+nodejs\S+\n$/);
});

test('where there is no recent emcc, one line says how to get it', () => {
  assert.match(build({ uname: 'Darwin', ...node }), /^build: install Emscripten 3\.1\.60 or newer: brew install emscripten\n$/);
  assert.match(build({ uname: 'MINGW64_NT', ...node }), /^build: install Emscripten .*: in WSL with Debian .* installs it\n$/);
  const release = join(folder, 'os-release');
  /** @param {string} id */
  const linux = (id) => {
    writeFileSync(release, `ID=${id}\n`);
    return build({ uname: 'Linux', ...node, emcc: 'emcc (tools) 3.1.6' }, { environment: { OS_RELEASE: release } });
  };
  assert.match(linux('fedora'), /^build: install Emscripten 3\.1\.60 or newer: by emsdk, .*: https:\S+\n$/);
  assert.match(linux('ubuntu'), /^build: install Emscripten 3\.1\.60 or newer: Ubuntu's own is too old, by emsdk, .*: https:\S+\n$/);
});

test('a shell that cannot read it says so, and what to do', (t) => {
  const isBash = spawnSync(find('sh'), ['-c', 'echo "$BASH_VERSION"'], { encoding: 'utf8' }).stdout.trim() !== '';
  if (isBash) return t.skip('sh is bash here, which sets BASH_VERSINFO itself');
  const old = build({}, { shell: 'sh', environment: { BASH_VERSINFO: '3', BASH_VERSION: '3.2.57' } });
  assert.match(old, /^build: build\.sh needs bash 4 or newer, this is 3\.2\.57: install bash \(macOS: brew install bash\) and .*\n$/);
});
