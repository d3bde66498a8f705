// Compiles fixtures against the built package, with every supported TypeScript.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
/** @param {string} path */
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The folder of the built package. */
export const DIST = at('../../../dist');

/** The two compilers: the last one written in JavaScript, and the newest. */
export const compilers = ['typescript-5', 'typescript'].map((name) => {
  const manifest = require.resolve(`${name}/package.json`);
  return { name: `TypeScript ${require(manifest).version}`, program: join(dirname(manifest), 'bin', 'tsc') };
});

/** The module systems of users: that of Node and that of bundlers. */
export const moduleSystems = {
  node16: { module: 'node16', moduleResolution: 'node16' },
  bundler: { module: 'preserve', moduleResolution: 'bundler' },
};

const OPTIONS = {
  strict: true,
  noEmit: true,
  target: 'es2022',
  lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
  types: [],
  jsx: 'react-jsx',
  // The official declarations have errors. A test of its own compiles ours without this.
  skipLibCheck: true,
};

/**
 * An empty project in which `wix-media.v2` and the official packages are installed. `edit` may change the declarations of
 * ours on their way there.
 */
export async function createProject(edit = (/** @type {string} */ declarations) => declarations) {
  const folder = await mkdtemp(join(tmpdir(), 'wix-media-types-'));
  const installed = join(folder, 'node_modules', 'wix-media.v2');
  await mkdir(installed, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(installed, 'package.json'), await readFile(join(DIST, 'package.json')));
  for (const name of ['index.d.ts', 'index.d.cts']) {
    await writeFile(join(installed, name), edit(await readFile(join(DIST, name), 'utf8')));
  }
  for (const name of ['testing.d.ts', 'testing.d.cts', 'react.d.ts', 'react.d.cts', 'webhooks.d.ts', 'webhooks.d.cts', 'uppy.d.ts']) await writeFile(join(installed, name), await readFile(join(DIST, name)));
  for (const scope of ['@wix', '@types', '@uppy', 'hono']) {
    await symlink(at(`../node_modules/${scope}`), join(folder, 'node_modules', scope), 'dir');
  }
  let configurations = 0;

  /**
   * @param {string} name
   * @param {string} text
   */
  const write = async (name, text) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  };

  return {
    write,

    /**
     * Puts a folder of fixtures into the project, by default under the same name, each file changed by `change`.
     *
     * @param {string} name
     */
    async addFixtures(name, target = name, change = (/** @type {string} */ text) => text) {
      const source = at(`fixtures/${name}`);
      for (const file of await readdir(source)) {
        await write(`${target}/${file}`, change(await readFile(join(source, file), 'utf8')));
      }
    },

    /**
     * Compiles some of the project's files; resolves to the lines of error that the compiler prints.
     *
     * @param {{ name: string, program: string }} compiler
     * @param {string[]} include
     * @param {object} [options]
     */
    async errors(compiler, include, options) {
      const configuration = join(folder, `tsconfig.${(configurations += 1)}.json`);
      await writeFile(configuration, JSON.stringify({ compilerOptions: { ...OPTIONS, ...options }, include }));
      const child = spawn(process.execPath, [compiler.program, '--project', configuration, '--pretty', 'false'], { cwd: folder });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
      const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
      const lines = output.split('\n').filter((line) => line !== '');
      if (status !== 0 && lines.length === 0) throw new Error(`${compiler.name} ended with status ${status} without a word`);
      return lines;
    },

    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
