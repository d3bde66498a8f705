// Deno, Bun and workerd, as they come from npm.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, readdir, realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { build as esbuild } from 'esbuild';
import { leftovers } from '../harness/leftovers.js';
import { expectedReport, moduleScript } from '../harness/scripts.js';
import { startService } from '../harness/service.js';
import { addFiles, project, run, tool } from '../harness/tarball.js';

// The runtimes are native programs in packages of their own, one for each platform. The scripts that npm puts before
// them want to have been run at installation, and stay between us and the process.
async function program(scope, path) {
  const folder = tool(scope);
  for (const name of await readdir(folder)) {
    const found = join(folder, name, path);
    if (existsSync(found)) return found;
  }
  throw new Error(`${scope} has no program for this platform`);
}

const environment = { PATH: process.env.PATH, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

suite('runtimes', () => {
  const closing = leftovers();
  let folder;
  let service;
  before(async () => {
    service = await startService();
    closing.after(() => service.close());
    folder = await project(closing, {
      'report.js': moduleScript,
      'main.js': `import { report } from './report.js'; console.log(JSON.stringify(await report('${service.origin}')));`,
    });
    await addFiles(folder, { 'package.json': '{ "name": "project", "private": true, "type": "module", "dependencies": { "wix-media.v2": "*" } }' });
    folder = await realpath(folder);
  });

  test('Deno', async () => {
    const env = { ...environment, DENO_DIR: join(folder, 'deno') };
    const { stdout } = await run(await program('@deno', 'deno'), ['run', '--no-prompt', '--allow-net=127.0.0.1', '--allow-read', '--node-modules-dir=manual', 'main.js'], { cwd: folder, env });
    assert.deepEqual(JSON.parse(stdout), expectedReport);
  });

  test('Bun', async () => {
    const env = { ...environment, BUN_INSTALL: join(folder, 'bun'), HOME: folder };
    const { stdout } = await run(await program('@oven', 'bin/bun'), ['run', 'main.js'], { cwd: folder, env });
    assert.deepEqual(JSON.parse(stdout), expectedReport);
  });

  test('workerd', async (t) => {
    const port = await freePort();
    await addFiles(folder, {
      'worker.js': `
        import { report } from './report.js';
        export default {
          async fetch() {
            try {
              return Response.json(await report('${service.origin}'));
            } catch (error) {
              return new Response(String(error.cause?.stack ?? error.stack), { status: 500 });
            }
          },
        };`,
      'workerd/config.capnp': `
        using Workerd = import "/workerd/workerd.capnp";
        const config :Workerd.Config = (
          services = [
            (name = "main", worker = .worker),
            (name = "internet", network = (allow = ["private", "public"])),
          ],
          sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
        );
        const worker :Workerd.Worker = (
          modules = [
            (name = "worker.js", esModule = embed "worker.js"),
            (name = "client.wasm", wasm = embed "client.wasm"),
          ],
          compatibilityDate = "2024-09-23",
        );`,
    });
    // As the tools of this runtime bundle: its own condition, and wasm modules left as imports.
    const { metafile } = await esbuild({
      absWorkingDir: folder,
      entryPoints: ['worker.js'],
      bundle: true,
      format: 'esm',
      conditions: ['workerd', 'worker', 'browser'],
      external: ['*.wasm'],
      outdir: join(folder, 'workerd'),
      metafile: true,
    });
    assert.ok(Object.keys(metafile.inputs).some((name) => name.endsWith('wix-media.v2/workerd.js')));
    await copyFile(join(folder, 'node_modules/wix-media.v2/client.wasm'), join(folder, 'workerd/client.wasm'));

    const worker = spawn(await program('@cloudflare', 'bin/workerd'), ['serve', 'config.capnp'], { cwd: join(folder, 'workerd'), env: environment });
    const ended = new Promise((resolve) => worker.on('exit', resolve));
    t.after(async () => {
      worker.kill('SIGKILL');
      await ended;
    });
    let said = '';
    worker.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const answer = await patient(() => fetch(`http://127.0.0.1:${port}/`), () => worker.exitCode === null, () => said);
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    assert.deepEqual(JSON.parse(text), expectedReport);
  });
});

/** Tries for as long as the runtime is starting. */
async function patient(attempt, isAlive, reason) {
  for (let time = 0; time < 200 && isAlive(); time += 1) {
    try {
      return await attempt();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`it did not start: ${reason()}`);
}
