// The package as users get it: packed, and installed into an empty project.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const dist = fileURLToPath(new URL('../../../dist/', import.meta.url));

/** Packs `dist` into a folder; answers the path of the tarball and what npm says of it. */
export async function pack(folder) {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: dist });
  const said = JSON.parse(stdout);
  const [packed] = Array.isArray(said) ? said : Object.values(said);
  return { ...packed, path: join(folder, packed.filename) };
}

/**
 * An empty project with nothing but the packed package in it, and the given files. It is removed when
 * `closing`, a test or the leftovers of a suite, is over.
 */
export async function project(closing, files = {}) {
  // Where temporary files are in memory, below /dev, Deno reads nothing.
  const folder = await mkdtemp(join(process.env.DISK_TMPDIR ?? tmpdir(), 'wix-media-'));
  closing.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const tarball = await pack(folder);
  await addFiles(folder, { 'package.json': '{ "name": "project", "private": true }', ...files });
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', tarball.path], { cwd: folder });
  return folder;
}

export async function addFiles(folder, files) {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

/** A command line tool of tests/js, by its path inside node_modules. */
export const tool = (path) => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));

export { run };
