// A project of a user: a folder with a copy of the package that was built, the official one beside it, and a picture.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { API_KEY, SITE_ID } from './site.js';

const dist = fileURLToPath(new URL('../../../dist/', import.meta.url));
const packages = fileURLToPath(new URL('../node_modules/', import.meta.url));
const picture = fileURLToPath(new URL('../../data/photos/chelsea.jpg', import.meta.url));

/**
 * Makes the folder, which `remove` deletes.
 *
 * @param {string[]} [dependencies] Further packages of the project.
 */
export async function project(dependencies = []) {
  const folder = await mkdtemp(join(tmpdir(), 'wix-media-'));
  await cp(dist, join(folder, 'node_modules', 'wix-media.v2'), { recursive: true });
  for (const name of ['@wix', ...dependencies]) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(packages, name), link, 'dir');
  }
  await cp(picture, join(folder, 'cat.jpg'));
  return folder;
}

/** @param {string} folder */
export const remove = (folder) => rm(folder, { recursive: true, force: true });

/** How long a program may take. It only ends one that hangs. */
const PATIENCE_MS = 600_000;

/**
 * Runs Node in the folder, with nothing in its environment but `env`. Upload records stay in the folder, so that no program
 * finds those of another. Resolves also when the program fails.
 *
 * @param {string} folder
 * @param {string[]} args
 * @param {Record<string, string | undefined>} [env]
 * @returns {Promise<{ code: any, stdout: string, stderr: string }>}
 */
export function node(folder, args, env = {}) {
  const { PATH } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, env: { PATH, XDG_STATE_HOME: join(folder, 'state'), ...env }, timeout: PATIENCE_MS }, (failure, stdout, stderr) => {
      resolve({ code: failure ? failure.code : 0, stdout, stderr });
    });
  });
}

/** The environment in which a program finds the credentials that a site accepts. */
export const credentials = { WIX_API_KEY: API_KEY, WIX_SITE_ID: SITE_ID };
