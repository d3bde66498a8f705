// The reference of the package's declarations: TypeDoc makes documents of them, which the build renders like the others.
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Entries with declarations of their own. The others repeat those of `index`. */
const ENTRIES = ['index', 'media', 'picker', 'react', 'sync', 'testing', 'uppy', 'webhooks'];

const typedoc = fileURLToPath(new URL('node_modules/typedoc/bin/typedoc', import.meta.url));
/** The packages of the tests, among which are the declarations of React and of Uppy. */
const packages = fileURLToPath(new URL('../tests/js/node_modules/', import.meta.url));

/**
 * Writes the documents into a folder. Resolves to their paths in it.
 *
 * @param {string} dist The built package.
 * @param {string} folder
 */
export async function writeDeclarations(dist, folder) {
  const entries = ENTRIES.map((name) => join(dist, `${name}.d.ts`));
  const tsconfig = join(folder, 'tsconfig.json');
  const compilerOptions = { target: 'es2023', lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable', 'esnext.disposable'], module: 'nodenext', types: [], skipLibCheck: true, paths: { react: [join(packages, '@types/react/index.d.ts')], '@uppy/core': [join(packages, '@uppy/core/lib/index.d.ts')] } };
  await writeFile(tsconfig, JSON.stringify({ compilerOptions, files: entries }));
  // The plugin comes first: TypeDoc knows its options only afterwards.
  const options = {
    plugin: 'typedoc-plugin-markdown',
    tsconfig,
    out: join(folder, 'api'),
    name: 'Declarations',
    readme: 'none',
    entryFileName: 'README',
    router: 'module',
    logLevel: 'Error',
    skipErrorChecking: 'true',
    disableSources: 'true',
    hideGenerator: 'true',
    hideBreadcrumbs: 'true',
    hidePageHeader: 'true',
    useHTMLAnchors: 'true',
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  await promisify(execFile)(process.execPath, [typedoc, ...args, ...entries], { cwd: fileURLToPath(new URL('./', import.meta.url)) });
  const paths = (await readdir(join(folder, 'api'), { recursive: true })).filter((name) => name.endsWith('.md'));
  await nameEntries(join(folder, 'api'), paths);
  return paths.map((name) => `api/${name}`);
}

/**
 * Gives the pages of the entries, and the links to them, the names that programs import. TypeDoc names them after their files.
 *
 * @param {string} folder
 * @param {string[]} paths
 */
async function nameEntries(folder, paths) {
  for (const path of paths) {
    const file = join(folder, path);
    const text = await readFile(file, 'utf8');
    const named = text.replace(/^# (\w+)$/m, (heading, name) => (isPageOf(path, name) ? `# ${importOf(name)}` : heading));
    await writeFile(file, path === 'README.md' ? named.replace(/\[(\w+)\](?=\(\1[./])/g, (_, name) => `[${importOf(name)}]`) : named);
  }
}

/**
 * @param {string} path
 * @param {string} name
 */
const isPageOf = (path, name) => ENTRIES.includes(name) && [`${name}.md`, `${name}/README.md`].includes(path);

/** @param {string} name */
const importOf = (name) => (name === 'index' ? 'wix-media.v2' : `wix-media.v2/${name}`);
