// The package as users get it: packed, and installed into an empty project.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** @import { Closing } from './types.d.ts' */

const run = promisify(execFile);
const dist = fileURLToPath(new URL('../../../dist/', import.meta.url));

/**
 * Packs `dist` into a folder. Resolves to the path of the tarball and the report of npm.
 *
 * @param {string} folder
 */
export async function pack(folder) {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: dist });
  const said = JSON.parse(stdout);
  const [packed] = Array.isArray(said) ? said : Object.values(said);
  return { ...packed, path: join(folder, packed.filename) };
}

/**
 * Makes a project with the packed package and the given files. It is deleted at the end of `closing`.
 *
 * @param {Closing} closing
 * @param {Record<string, string>} [files]
 * @param {string[]} [tools] Further packages, such as `vite@7.3.8`, which come from the registry.
 */
export async function project(closing, files = {}, tools = []) {
  // Deno reads nothing below /dev, where temporary files may be.
  const folder = await mkdtemp(join(process.env.DISK_TMPDIR ?? tmpdir(), 'wix-media-'));
  closing.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const tarball = await pack(folder);
  await addFiles(folder, { 'package.json': '{ "name": "project", "private": true }', ...files });
  const source = tools.length === 0 ? '--offline' : '--prefer-offline';
  await run('npm', ['install', source, '--no-audit', '--no-fund', '--ignore-scripts', '--save-exact', tarball.path, ...tools], { cwd: folder, maxBuffer: 1e8 });
  return folder;
}

/**
 * @param {string} folder
 * @param {Record<string, string>} files
 */
export async function addFiles(folder, files) {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

/**
 * The path of a command line tool in node_modules.
 *
 * @param {string} path
 */
export const tool = (path) => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));

/**
 * The installed version of a package that the tests depend on.
 *
 * @param {string} name
 */
export const versionOf = async (name) => JSON.parse(await readFile(tool(`${name}/package.json`), 'utf8')).version;

export { run };
