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
const STATIC_IMAGE = read('server/deploy/Dockerfile.static');
const COMPOSE = read('server/deploy/docker-compose.yml');
const COMPOSE_TEAM = read('server/deploy/docker-compose.team.yml');
const KUBERNETES = read('server/deploy/kubernetes.yaml');
const KUBERNETES_TEAM = read('server/deploy/kubernetes.team.yaml');
/** What Compose asks for, in its two files. */
const SECRETS = { WIX_API_KEY: 'key', POSTGRES_PASSWORD: 'password', AWS_SECRET_ACCESS_KEY: 'secret' };

/** Instructions of a Dockerfile that this repository uses, each with the form of its arguments. */
const INSTRUCTIONS = /** @type {Record<string, RegExp>} */ ({
  FROM: /^(scratch|[a-z]+:[\w.-]+)( AS [a-z]+)?$/,
  WORKDIR: /^\/\S+$/,
  COPY: /^(--from=[a-z]+ )?(--chown=\d+:\d+ )?[^-\s]\S* \S+$/,
  RUN: /^\S.*$/s,
  USER: /^\d+(:\d+)?$/,
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

  test('the Dockerfiles have known instructions, stages and paths', () => {
    for (const text of [IMAGE, STATIC_IMAGE]) {
      const instructions = instructionsOf(text);
      const stages = instructions.filter(({ name }) => name === 'FROM').map(({ rest }) => / AS (\w+)$/.exec(rest)?.[1]);
      for (const { name, rest } of instructions) {
        if (rest.startsWith('[')) assert.ok(Array.isArray(JSON.parse(rest)), rest);
        const [, from] = /^--from=(\w+)/.exec(rest) ?? [];
        if (from) assert.ok(stages.includes(from), rest);
        if (name === 'RUN') execFileSync('sh', ['-n', '-c', rest]);
      }
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

  test('Docker Compose finds no fault in its files, which ask for secrets', async (t) => {
    const file = join(await temporaryFolder(t), 'docker-compose.yml');
    const check = (/** @type {string} */ text, /** @type {NodeJS.ProcessEnv} */ env) => {
      writeFileSync(file, text);
      const { PATH, HOME } = process.env;
      const { status, stderr, error } = spawnSync('docker-compose', ['--file', file, 'config', '--quiet'], { encoding: 'utf8', env: { PATH, HOME, ...env } });
      if (error) throw error;
      return { status, stderr };
    };
    assert.deepEqual(check(COMPOSE, { WIX_API_KEY: 'key' }), { status: 0, stderr: '' });
    assert.match(check(COMPOSE, {}).stderr, /set a key/);
    assert.deepEqual(check(COMPOSE_TEAM, SECRETS), { status: 0, stderr: '' });
    for (const name of Object.keys(SECRETS)) assert.match(check(COMPOSE_TEAM, { ...SECRETS, [name]: undefined }).stderr, /set a (key|password|secret)/, name);
    for (const text of [COMPOSE, COMPOSE_TEAM]) assert.notEqual(check(text.replace('read_only:', 'readonly:'), SECRETS).status, 0);
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
    for (const text of [KUBERNETES, KUBERNETES_TEAM]) {
      assert.equal(check(text), 0);
      assert.notEqual(check(text.replace('readOnlyRootFilesystem', 'readonlyRootFilesystem')), 0);
      assert.notEqual(check(text.replace(/replicas: \d/, 'replicas: one')), 0);
    }
    assert.notEqual(check(KUBERNETES_TEAM.replace('maxUnavailable: 1\n', 'maxUnavailable: []\n')), 0);
  });

  test('the servers of Docker Compose trust their proxy, and no other container gets its address', () => {
    const address = (/** @type {RegExp} */ pattern) => pattern.exec(COMPOSE_TEAM)?.[1] ?? assert.fail(`not found: ${pattern}`);
    const number = (/** @type {string} */ text) => text.split('.').reduce((all, part) => all * 256 + Number(part), 0);
    const has = (/** @type {string} */ network, /** @type {string} */ member) => {
      const [first, bits] = network.split('/');
      return Math.floor(number(first) / 2 ** (32 - Number(bits))) === Math.floor(number(member) / 2 ** (32 - Number(bits)));
    };
    const proxy = address(/^ {8}ipv4_address: (\S+)$/m);
    assert.equal(address(/^ {2}WIX_MEDIA_TRUST_PROXY: (\S+)$/m), proxy);
    assert.deepEqual([has(address(/subnet: (\S+)$/m), proxy), has(address(/ip_range: (\S+)$/m), proxy)], [true, false]);
  });

  test('all of them end a server in more time than it gives itself', () => {
    const given = [
      ...UNIT.matchAll(/TimeoutStopSec=(\d+)/g),
      ...[COMPOSE, COMPOSE_TEAM].flatMap((text) => [...text.matchAll(/stop_grace_period: (\d+)s/g)]),
      ...[KUBERNETES, KUBERNETES_TEAM].flatMap((text) => [...text.matchAll(/terminationGracePeriodSeconds: (\d+)/g)]),
    ].map(([, seconds]) => Number(seconds));
    assert.equal(given.length, 6);
    for (const seconds of given) assert.ok(seconds > 30, `${seconds}`);
    // The pause before the signal is part of the time.
    const [, all, pause] = /terminationGracePeriodSeconds: (\d+).*?sleep:\n +seconds: (\d+)/s.exec(KUBERNETES_TEAM) ?? [];
    assert.ok(Number(all) > 30 + Number(pause), `${all} > 30 + ${pause}`);
  });

  test('all of them name settings that exist', () => {
    const table = read('server/src/settings/table.rs');
    const named = [UNIT, IMAGE, STATIC_IMAGE, COMPOSE, COMPOSE_TEAM, KUBERNETES, KUBERNETES_TEAM, read('server/deploy/nginx.conf')].flatMap((text) => text.match(/WIX_\w+/g) ?? []);
    assert.ok(named.length >= 20);
    for (const name of named) assert.match(table, new RegExp(`"${name}"`), name);
  });
});
