// The programs for several machines, run as a user runs them, on one: torchrun, Optuna, Flower. Skipped, with the reason, where python3 has
// not the packages.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const main = here('../../../src/js/command/main.js');
const folder = mkdtempSync(join(tmpdir(), 'lstm-wasm-distributed-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (/** @type {string} */ name) => join(folder, name);

/** Sentences whose words hang together, 30 000 characters, the same each time. */
const words = Array.from({ length: 1000 }, (_, k) => {
  const pick = (/** @type {string[]} */ list, /** @type {number} */ by) => list[Math.floor(k * by * 0.6180339887) % list.length];
  return `the ${pick(['cat', 'old man', 'white whale', 'sea'], 7)} ${pick(['sleeps', 'sings', 'waits'], 3)} ${pick(['by night', 'at home', 'below'], 5)}.\n`;
}).join('');
const text = at('text.txt');
writeFileSync(text, words);
/** Where CI puts Optuna and Flower, before all else. */
const tools = here('../../../.toolchain/python/bin');
const env = { ...process.env, PATH: [tools, process.env.PATH].join(delimiter), PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: '1' };

/** @param {string} program @param {string[]} args */
function run(program, ...args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', env, cwd: folder, timeout: 240_000 });
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${error ?? ''}\n${stdout}\n${stderr}`);
  return stdout;
}
const command = (/** @type {string[]} */ ...args) => run(process.execPath, main, ...args);

/** Why these are skipped, or false. @param {string[]} packages */
function without(...packages) {
  const { stdout, stderr, error } = spawnSync('python3', ['-c', `import importlib.util as u; print(*(n for n in ${JSON.stringify(packages)} if not u.find_spec(n)))`], { encoding: 'utf8', env });
  const missing = error?.message ?? (stdout.trim() || stderr.trim().split('\n').at(-1));
  const skip = missing !== '' && `python3 with ${packages.join(', ')} is needed, missing: ${missing}`;
  if (skip) console.error(`SKIPPED: tests/examples/distributed. ${skip}`);
  return skip;
}

/** The loss of a model. @param {string} model @param {string} [of] */
const lossOf = (model, of = text) => JSON.parse(command('eval', model, of, '--json')).loss;

test('torchrun: a model that learns here goes on in two processes of PyTorch, comes back, and learns on here', { skip: without('torch', 'safetensors', 'numpy') }, () => {
  writeFileSync(at('kept.txt'), words.slice(-Math.ceil(words.length / 10)));
  command('train', text, '-o', at('here.safetensors'), '--hidden', '32', '--steps', '20', '--seed', '1');
  command('export', at('here.safetensors'), '--to', 'torch', '-o', at('there.py'));
  const said = run('python3', '-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', '2', here('ddp.py'), at('there.py'), text,
    '-o', at('back.safetensors'), '--steps', '100', '--batch', '4');
  const [before, there] = ['before', 'after'].map((when) => Number(said.match(new RegExp(`^${when}: ([\\d.]+) nats`, 'm'))?.[1]));
  assert.ok(there < before - 0.05, said);
  assert.ok(Math.abs(lossOf(at('here.safetensors'), at('kept.txt')) - before) < 2e-4, `${before} there`);
  assert.ok(Math.abs(lossOf(at('back.safetensors'), at('kept.txt')) - there) < 2e-4, `${there} there`);
  const loss = lossOf(at('back.safetensors'));
  command('train', text, '-o', at('on.safetensors'), '--from', at('back.safetensors'), '--steps', '100');
  assert.ok(lossOf(at('on.safetensors')) < loss);
});

test('Optuna: sixteen trials of two processes with one storage; one that is killed is taken over', { skip: without('optuna') }, async () => {
  mkdirSync(at('search'));
  const args = [here('search.py'), text, '--storage', `sqlite:///${at('search.db')}`, '--folder', at('search'), '--steps', '60', '--trials', '16',
    '--grace', '3', '--command', `'${process.execPath}' '${main}'`, '--best', at('best.safetensors')];
  const start = () => {
    const child = spawn('python3', args, { env, cwd: folder });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { said += data; });
    return { child, ended: new Promise((resolve) => { child.on('close', (code) => resolve({ code, said })); }) };
  };
  const [lost, kept] = [start(), start()];
  while (readdirSync(at('search')).length < 4) await new Promise((resolve) => { setTimeout(resolve, 50); });
  lost.child.kill('SIGKILL');
  await lost.ended;
  const { code, said } = await kept.ended;
  assert.equal(code, 0, said);
  assert.match(said, /best of 1[67] trials: \d\.\d{4} nats a character/);
  assert.ok(existsSync(at('best.safetensors')));
  const best = Number(said.match(/trials: ([\d.]+) nats/)?.[1]);
  writeFileSync(at('kept.txt'), words.slice(-Math.ceil(words.length / 10)));
  assert.ok(Math.abs(lossOf(at('best.safetensors'), at('kept.txt')) - best) < 0.05, said);
});

/** Ports of this machine that nobody listens at. @param {number} count */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => /** @type {import('node:net').AddressInfo} */ (server.address()).port);
  for (const server of servers) server.close();
  return ports;
}

test('Flower: two owners of texts make one model in two rounds, which is better than the first', { skip: without('flwr', 'safetensors', 'numpy') }, async () => {
  const home = at('home');
  const [port, ...ports] = await freePorts(3);
  mkdirSync(join(home, '.flwr'), { recursive: true });
  writeFileSync(join(home, '.flwr', 'config.toml'), `[superlink]\ndefault = "here"\n\n[superlink.here]\naddress = "127.0.0.1:${port}"\ninsecure = true\n`);
  const half = Math.ceil(words.length / 2);
  [words.slice(0, half), words.slice(half)].forEach((part, k) => writeFileSync(at(`owner-${k}.txt`), part));
  command('train', text, '-o', at('start.safetensors'), '--hidden', '32', '--steps', '5', '--seed', '1', '--unknown', 'skip');
  const own = { ...env, HOME: home, FLWR_HOME: join(home, '.flwr'), FLWR_TELEMETRY_ENABLED: '0' };
  /** @type {import('node:child_process').ChildProcess[]} */
  const running = [];
  let said = '';
  const start = (/** @type {string} */ program, /** @type {string[]} */ ...args) => {
    const child = spawn(program, args, { env: own, cwd: folder, detached: true });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => { said += data; });
    running.push(child);
    return child;
  };
  try {
    start('flower-superlink', '--insecure', '--disable-runtime-dependency-installation', '--host', '127.0.0.1', '--port', String(port));
    ports.forEach((one, k) => start('flower-supernode', '--insecure', '--superlink', `127.0.0.1:${port}`, '--port', String(one),
      '--node-config', `text='${at(`owner-${k}.txt`)}' command='${process.execPath} ${main}'`));
    for (let tries = 0; ; tries++) {
      const flwr = start('flwr', 'run', here('federated'), 'here', '--stream', '--run-config',
        `rounds=2 clients=2 start='${at('start.safetensors')}' output='${at('federated.safetensors')}' train='--steps 40 --lr 0.02 --schedule constant'`);
      const [code] = await once(flwr, 'close');
      if (code === 0) break;
      // The server may not listen yet.
      assert.ok(tries < 10, said);
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
    }
  } finally {
    for (const { pid, exitCode } of running) {
      if (exitCode !== null || pid === undefined) continue;
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // it has ended meanwhile
      }
    }
  }
  assert.ok(existsSync(at('federated.safetensors')), said);
  const [before, after] = ['start', 'federated'].map((name) => lossOf(at(`${name}.safetensors`)));
  assert.ok(after < before - 0.5, `${before} before, ${after} after\n${said}`);
});
