// Tools of users in the versions that tests ask for: each project installs its own.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from './tarball.js';

/** @import { Closing } from './types.d.ts' */

/**
 * The environment of the tools. None of them may report anything to its makers.
 *
 * @type {NodeJS.ProcessEnv}
 */
export const environment = { ...process.env, CI: 'true', NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1', NG_CLI_ANALYTICS: 'false', ASTRO_TELEMETRY_DISABLED: '1' };

/**
 * The package of npm that is a release line of Node, and the path of its program in a project that has installed it. For tools that refuse
 * the oldest Node.
 *
 * @param {number} line
 */
export function nodeOf(line) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  return { package: `${name}@${line}`, path: join('node_modules', name, 'bin/node') };
}

/**
 * Imports a module of a project's tools.
 *
 * @param {string} folder
 * @param {string} path In `node_modules`.
 * @returns {Promise<any>}
 */
export const toolModule = (folder, path) => import(pathToFileURL(join(folder, 'node_modules', path)).href);

/**
 * Runs a script of a project's tools in Node. Resolves to its output; a failure has it in its message.
 *
 * @param {string} folder
 * @param {string[]} args The path in `node_modules`, and its arguments.
 * @param {object} [options]
 * @param {string[]} [options.flags] Flags of Node.
 * @param {string} [options.cwd]
 * @param {string} [options.node] The program of another Node.
 */
export async function runTool(folder, [script, ...args], { flags = [], cwd = folder, node = process.execPath } = {}) {
  // NODE_TEST_CONTEXT makes runners of tests believe that they are a part of this one.
  const { NODE_TEST_CONTEXT: _, ...env } = environment;
  try {
    const { stdout, stderr } = await run(node, [...flags, join(folder, 'node_modules', script), ...args], { cwd, env, maxBuffer: 1e8 });
    return stdout + stderr;
  } catch (/** @type {any} */ error) {
    throw new Error(`${script} failed\n${error.stdout}\n${error.stderr}`);
  }
}

/**
 * Starts a server, which is killed at the end of `closing`. Resolves to the first address that it prints.
 *
 * @param {Closing} closing
 * @param {string} folder
 * @param {string[]} args The arguments of Node.
 * @param {object} [options]
 * @param {Record<string, string>} [options.env] Further variables of its environment.
 * @param {string} [options.node] The program of another Node.
 */
export async function startTool(closing, folder, args, { env, node = process.execPath } = {}) {
  // A group of its own: Wrangler and others start further programs, which would outlive it and keep its output open.
  const process_ = spawn(node, args, { cwd: folder, env: { ...environment, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = new Promise((resolve) => process_.on('close', resolve));
  closing.after(async () => {
    try {
      process.kill(-Number(process_.pid), 'SIGKILL');
    } catch (/** @type {any} */ error) {
      if (error.code !== 'ESRCH') throw error;
    }
    await ended;
  });
  return new Promise((resolve, reject) => {
    let said = '';
    const read = (/** @type {Buffer} */ chunk) => {
      said += chunk;
      const [address] = /http:\/\/(?:127\.0\.0\.1|localhost):[1-9]\d*/.exec(said) ?? [];
      if (address) resolve(address);
    };
    process_.stdout.on('data', read);
    process_.stderr.on('data', read);
    ended.then(() => reject(new Error(`${args[0]} ended before it listened\n${said}`)));
  });
}
