// The documentation site: `node site/build.js OUT`. It follows the links of docs/README.md, so that every page can be reached, and renders
// documents as they are in the repository. A link that leads nowhere fails.
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { addressOf, GENERATED, linkBetween, resolveLink } from './address.js';
import { withAddresses } from './browser/imports.js';
import { readContents } from './contents.js';
import { writeDeclarations } from './declarations.js';
import { colour, renderDocument } from './document.js';
import { packageFiles } from './package-files.js';
import { searchIndex } from './search-index.js';
import { frame } from './template.js';

/** @import { Document } from './document.js' */

const root = fileURLToPath(new URL('../', import.meta.url));
const CONTENTS = 'docs/README.md';
const PICTURES = new Set(['.png', '.svg', '.jpg']);

const [out] = process.argv.slice(2);
if (!out) {
  console.error('Usage: node site/build.js OUT');
  process.exit(2);
}

/** Where the generated documents are. */
const made = await mkdtemp(join(tmpdir(), 'wix-media-site-'));
/** @param {string} path */
const locate = (path) => join(path.startsWith(GENERATED) ? made : root, path);
/** @param {string} path */
const read = (path) => readFile(locate(path), 'utf8');

/**
 * Writes a file below the root of the site.
 *
 * @param {string} address
 * @param {string} text
 */
async function write(address, text) {
  await mkdir(dirname(join(out, address)), { recursive: true });
  await writeFile(join(out, address), text);
}

await rm(out, { recursive: true, force: true });

/** Documents by their path. @type {Map<string, Document>} */
const documents = new Map();
const waiting = new Set([CONTENTS, ...(await writeDeclarations(join(root, 'dist'), made))]);
/** @type {Set<string>} */
const pictures = new Set();
for (const path of waiting) {
  const text = (await stat(locate(path))).isDirectory() ? (await readdir(locate(path))).sort().join('\n') : await read(path);
  const link = (/** @type {string} */ target) => {
    const found = resolveLink(path, target);
    if (!found) return target;
    if (!existsSync(locate(found.path))) throw new Error(`${path}: file not found: ${found.path}`);
    if (PICTURES.has(extname(found.path))) {
      pictures.add(found.path);
      return linkBetween(addressOf(path), `pictures/${found.path}`);
    }
    waiting.add(found.path);
    return found.path === path && found.anchor ? found.anchor : linkBetween(addressOf(path), addressOf(found.path)) + found.anchor;
  };
  documents.set(path, path.endsWith('.md') ? renderDocument(text, link) : source(path, text));
}

/**
 * A source that a document links to, or the names in a folder.
 *
 * @param {string} path
 * @param {string} text
 * @returns {Document}
 */
function source(path, text) {
  const language = extname(path).slice(1);
  const html = `<h1>${path}</h1>\n<div class="code"><pre tabindex="0"><code>${colour(text, language)}</code></pre></div>`;
  return { title: path, html, headings: [], sections: [] };
}

const parts = readContents(await read(CONTENTS), (target) => resolveLink(CONTENTS, target)?.path).map((part) => ({
  title: part.title,
  pages: part.pages.map(({ title, path }) => ({ title, address: addressOf(path) })),
}));
parts.find(({ title }) => title === 'Reference')?.pages.push({ title: 'Declarations', address: addressOf(`${GENERATED}README.md`) });
for (const [path, document] of documents) await write(addressOf(path), frame(document, addressOf(path), parts));
for (const path of pictures) {
  await mkdir(dirname(join(out, 'pictures', path)), { recursive: true });
  await copyFile(join(root, path), join(out, 'pictures', path));
}

const pages = [...documents].filter(([path]) => path.endsWith('.md')).map(([path, document]) => ({ address: addressOf(path), document }));
await write('assets/search.json', searchIndex(pages));
const { files, entries } = await packageFiles(join(root, 'dist'));
await mkdir(join(out, 'package'));
for (const name of files) {
  const file = join(root, 'dist', name);
  if (!name.endsWith('.js')) await copyFile(file, join(out, 'package', name));
  else await write(`package/${name}`, await withAddresses(await readFile(file, 'utf8'), (imported) => entries[imported]?.replace('package/', './')));
}
await write('assets/package.json', JSON.stringify(entries));

await build({
  entryPoints: ['main', 'runner', 'site.css'].map((name) => join(root, 'site/browser', name)),
  outdir: join(out, 'assets'),
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  legalComments: 'linked',
  loader: { '.css': 'css' },
  logLevel: 'warning',
});
const licences = await Promise.all(['es-module-lexer', 'minisearch'].map((name) => readFile(join(root, 'site/node_modules', name, name === 'minisearch' ? 'LICENSE.txt' : 'LICENSE'), 'utf8')));
await write('assets/LICENCES.txt', licences.join('\n---\n\n'));
await copyFile(join(root, 'site/browser/theme.js'), join(out, 'assets/theme.js'));
await copyFile(join(root, 'www/favicon.svg'), join(out, 'assets/favicon.svg'));
await rm(made, { recursive: true });
const runnable = pages.reduce((sum, { document }) => sum + document.html.split('data-runnable').length - 1, 0);
console.log(`${documents.size} pages with ${runnable} examples that run in the browser`);
