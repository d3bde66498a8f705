// The files of server/deploy: what reads them finds no fault, and they name settings that exist.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../harness/manager.js';
import { program } from './native.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (/** @type {string} */ name) => readFileSync(join(ROOT, name), 'utf8');
const UNIT = read('server/deploy/wix-media-server.service');
const IMAGE = read('server/deploy/Dockerfile');
const COMPOSE = read('server/deploy/docker-compose.yml');
const KUBERNETES = read('server/deploy/kubernetes.yaml');

/** Instructions of a Dockerfile that this repository uses, each with the form of its arguments. */
const INSTRUCTIONS = /** @type {Record<string, RegExp>} */ ({
  FROM: /^[a-z]+:[\w.-]+( AS [a-z]+)?$/,
  WORKDIR: /^\/\S+$/,
  COPY: /^(--from=[a-z]+ )?\S+ \S+$/,
  RUN: /^\S.*$/s,
  USER: /^\d+$/,
  ENV: /^\w+=\S+$/,
  VOLUME: /^\[.*\]$/,
  EXPOSE: /^\d+$/,
  ENTRYPOINT: /^\[.*\]$/,
  CMD: /^\[.*\]$/,
});

/**
 * The instructions of a Dockerfile, with the lines that a backslash joins.
 *
 * @param {string} text
 */
function instructionsOf(text) {
  const lines = text.split('\n').filter((line) => line && !line.startsWith('#')).join('\n').replaceAll('\\\n', ' ').split('\n');
  return lines.map((line) => {
    const [, name, rest] = /^([A-Z]+) (.*)$/.exec(line) ?? assert.fail(`no instruction: ${line}`);
    assert.match(rest, INSTRUCTIONS[name] ?? assert.fail(`unknown instruction: ${line}`), line);
    return { name, rest };
  });
}

suite('wix-media-server: deployment', () => {
  test('systemd finds no fault in the unit', async (t) => {
    assert.match(UNIT, /^ExecStart=\/usr\/local\/bin\/wix-media-server serve$/m);
    const file = join(await temporaryFolder(t), 'wix-media-server.service');
    const verify = (/** @type {string} */ text) => {
      // systemd looks for the program.
      writeFileSync(file, text.replace('/usr/local/bin/wix-media-server', program()));
      const { status, stderr, error } = spawnSync('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', file], { encoding: 'utf8' });
      if (error) throw error;
      return [status, stderr];
    };
    assert.deepEqual(verify(UNIT), [0, '']);
    assert.match(String(verify(UNIT.replace('TimeoutStopSec=45', 'TimeoutStopSec=soon'))[1]), /Failed to parse time value/);
  });

  test('the Dockerfile has known instructions, stages and paths', () => {
    const instructions = instructionsOf(IMAGE);
    const stages = instructions.filter(({ name }) => name === 'FROM').map(({ rest }) => / AS (\w+)$/.exec(rest)?.[1]);
    for (const { name, rest } of instructions) {
      if (rest.startsWith('[')) assert.ok(Array.isArray(JSON.parse(rest)), rest);
      const [, from] = /^--from=(\w+)/.exec(rest) ?? [];
      if (from) assert.ok(stages.includes(from), rest);
      if (name === 'RUN') execFileSync('sh', ['-n', '-c', rest]);
    }
    const [, manifest] = /--manifest-path (\S+)/.exec(IMAGE) ?? [];
    assert.ok(existsSync(join(ROOT, manifest)), manifest);
    // The image compiles with at least the Rust that the server needs.
    const [, needed] = /^rust-version = "1\.(\d+)"$/m.exec(read('server/Cargo.toml')) ?? [];
    const [, found] = /^FROM rust:1\.(\d+)-/m.exec(IMAGE) ?? [];
    assert.ok(Number(found) >= Number(needed), `${found} >= ${needed}`);
    assert.throws(() => instructionsOf('FORM rust:1.90'), /unknown instruction/);
    assert.throws(() => instructionsOf('COPY --form=build a b c'));
  });

  test('Docker Compose finds no fault in its file, which asks for a key', async (t) => {
    const file = join(await temporaryFolder(t), 'docker-compose.yml');
    const check = (/** @type {string} */ text, env = {}) => {
      writeFileSync(file, text);
      const { PATH, HOME } = process.env;
      const { status, stderr, error } = spawnSync('docker-compose', ['--file', file, 'config', '--quiet'], { encoding: 'utf8', env: { PATH, HOME, ...env } });
      if (error) throw error;
      return { status, stderr };
    };
    assert.deepEqual(check(COMPOSE, { WIX_API_KEY: 'key' }), { status: 0, stderr: '' });
    assert.match(check(COMPOSE).stderr, /set a key/);
    assert.notEqual(check(COMPOSE.replace('read_only:', 'readonly:'), { WIX_API_KEY: 'key' }).status, 0);
  });

  test('the manifests have the form that Kubernetes expects', async (t) => {
    const { KUBERNETES_VALIDATE: folder } = process.env;
    if (!folder) throw new Error('KUBERNETES_VALIDATE must name the folder of the Python package: run cargo xtask test team');
    const file = join(await temporaryFolder(t), 'kubernetes.yaml');
    const check = (/** @type {string} */ text) => {
      writeFileSync(file, text);
      const { status, error } = spawnSync('python3', ['-m', 'kubernetes_validate', '--strict', file], { encoding: 'utf8', env: { PATH: process.env.PATH, PYTHONPATH: folder } });
      if (error) throw error;
      return status;
    };
    assert.equal(check(KUBERNETES), 0);
    assert.notEqual(check(KUBERNETES.replace('readOnlyRootFilesystem', 'readonlyRootFilesystem')), 0);
    assert.notEqual(check(KUBERNETES.replace('replicas: 1', 'replicas: one')), 0);
    // Both end a server in more time than it gives itself.
    for (const text of [KUBERNETES.match(/terminationGracePeriodSeconds: (\d+)/), COMPOSE.match(/stop_grace_period: (\d+)s/), UNIT.match(/TimeoutStopSec=(\d+)/)]) assert.ok(Number(text?.[1]) > 30);
  });

  test('all of them name settings that exist', () => {
    const table = read('server/src/settings/table.rs');
    const named = [UNIT, IMAGE, COMPOSE, KUBERNETES, read('server/deploy/nginx.conf')].flatMap((text) => text.match(/WIX_\w+/g) ?? []);
    assert.ok(named.length >= 20);
    for (const name of named) assert.match(table, new RegExp(`"${name}"`), name);
  });
});
