// Deno, Bun and workerd, as they come from npm.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { addFiles, run, tool } from './tarball.js';

/** @import { Closing } from './types.d.ts' */

/** @type {NodeJS.ProcessEnv} */
const environment = { PATH: process.env.PATH, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };

/**
 * The native program of a runtime, which is in a package for its platform. The scripts that npm puts in front of it need an
 * installation step, and would stay between us and the process.
 *
 * @param {string} scope
 * @param {string} path
 */
async function program(scope, path) {
  const folder = tool(scope);
  for (const name of await readdir(folder)) {
    const found = join(folder, name, path);
    if (existsSync(found)) return found;
  }
  throw new Error(`${scope} has no program for this platform`);
}

/**
 * Runs a script of a project in Deno.
 *
 * @param {string} folder
 * @param {string} script
 * @param {string[]} permissions
 */
export async function deno(folder, script, ...permissions) {
  const env = { ...environment, DENO_DIR: join(folder, 'deno') };
  return run(await program('@deno', 'deno'), ['run', '--no-prompt', ...permissions, '--node-modules-dir=manual', script], { cwd: folder, env });
}

/**
 * Runs a script of a project in Bun.
 *
 * @param {string} folder
 * @param {string} script
 */
export const bun = (folder, script) => bunCommand(folder, 'run', script);

/**
 * Runs a command of Bun in a project, such as `build`.
 *
 * @param {string} folder
 * @param {string[]} args
 */
export async function bunCommand(folder, ...args) {
  const env = { ...environment, BUN_INSTALL: join(folder, 'bun'), HOME: folder };
  return run(await program('@oven', 'bin/bun'), args, { cwd: folder, env });
}

/**
 * Runs a worker of a project in workerd until the end of `closing`. Resolves to its answer to the first request. `modules` are
 * the package's files that the script imports by name.
 *
 * @param {Closing} closing
 * @param {string} folder
 * @param {string} worker
 * @param {{ entry: string, modules: string[] }} parts
 */
export async function workerd(closing, folder, worker, { entry, modules }) {
  const directory = `workerd-${randomUUID()}`;
  // Bundle as the tools of this runtime do: with its condition, and WebAssembly modules as imports.
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: [worker],
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['*.wasm?module'],
    outfile: join(folder, directory, 'worker.js'),
    metafile: true,
  });
  if (!Object.keys(metafile.inputs).some((name) => name.endsWith(entry))) throw new Error(`${entry} was not used`);
  const embedded = modules.map((name) => `(name = "${name}?module", wasm = embed "../node_modules/wix-media.v2/${name}"),`);
  await addFiles(folder, {
    [`${directory}/config.capnp`]: `
      using Workerd = import "/workerd/workerd.capnp";
      const config :Workerd.Config = (
        services = [
          (name = "main", worker = .worker),
          (name = "internet", network = (allow = ["private", "public"])),
        ],
        sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
      );
      const worker :Workerd.Worker = (
        modules = [(name = "worker.js", esModule = embed "worker.js"), ${embedded.join(' ')}],
        compatibilityDate = "2024-09-23",
      );`,
  });
  /** @type {import('node:child_process').StdioOptions} */
  const stdio = ['ignore', 'inherit', 'pipe', 'pipe'];
  const process = spawn(await program('@cloudflare', 'bin/workerd'), ['serve', 'config.capnp', '--control-fd=3'], { cwd: join(folder, directory), env: environment, stdio });
  const ended = new Promise((resolve) => process.on('exit', resolve));
  closing.after(async () => {
    process.kill('SIGKILL');
    await ended;
  });
  let said = '';
  process.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const answer = await fetch(`http://127.0.0.1:${await listeningPort(/** @type {import('node:stream').Readable} */ (process.stdio[3]), ended, () => said)}/`);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(text);
  return text;
}

/**
 * The port that workerd reports on its control channel once it listens.
 *
 * @param {import('node:stream').Readable} channel
 * @param {Promise<unknown>} ended
 * @param {() => string} reason
 */
async function listeningPort(channel, ended, reason) {
  const told = (async () => {
    for await (const line of createInterface({ input: channel })) {
      const { event, port } = JSON.parse(line);
      if (event === 'listen') return port;
    }
    return undefined;
  })();
  const port = await Promise.race([told, ended.then(() => undefined)]);
  if (port === undefined) throw new Error(`workerd did not start: ${reason()}`);
  return port;
}
