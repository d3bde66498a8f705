// The reference of the package's declarations: TypeDoc makes documents of them, which the build renders like the others.
import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Entries with declarations of their own. The others repeat those of `index`, or need packages that are not installed here. */
const ENTRIES = ['index', 'media', 'picker', 'sync', 'testing', 'webhooks'];

const typedoc = fileURLToPath(new URL('node_modules/typedoc/bin/typedoc', import.meta.url));

/**
 * Writes the documents into a folder. Resolves to their paths in it.
 *
 * @param {string} dist The built package.
 * @param {string} folder
 */
export async function writeDeclarations(dist, folder) {
  const entries = ENTRIES.map((name) => join(dist, `${name}.d.ts`));
  const tsconfig = join(folder, 'tsconfig.json');
  const compilerOptions = { target: 'es2023', lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable', 'esnext.disposable'], module: 'nodenext', types: [], skipLibCheck: true };
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
  return (await readdir(join(folder, 'api'), { recursive: true })).filter((name) => name.endsWith('.md')).map((name) => `api/${name}`);
}
