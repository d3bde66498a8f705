// Download sizes: our client compared with the official packages, bundled in the same run by the same bundler.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../../../dist/', import.meta.url));
const here = fileURLToPath(new URL('..', import.meta.url));

/** @typedef {{ brotli: number, gzip: number, raw: number }} Sizes */
/** @typedef {(string | number)[]} Row */

/**
 * @param {Uint8Array} bytes
 * @returns {Sizes}
 */
function sizes(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return { brotli: brotliCompressSync(bytes, { params }).length, gzip: gzipSync(bytes, { level: 9 }).length, raw: bytes.length };
}

/** @type {(...parts: Sizes[]) => Sizes} */
const sum = (...parts) =>
  parts.reduce((one, other) => ({ brotli: one.brotli + other.brotli, gzip: one.gzip + other.gzip, raw: one.raw + other.raw }));

/**
 * Bundles a script as a user's build does for browsers.
 *
 * @param {string} contents
 * @param {{ alias?: Record<string, string> }} [options]
 */
async function bundled(contents, { alias } = {}) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    write: false,
    // Bundlers make chunks of these, which are downloaded with their first use.
    external: ['*/manager.js', '*/transfers.js', '*/library.js', '*/resumable.js', '*/deliveries.js', '*/tokens.js'],
    alias,
    logLevel: 'error',
  });
  return outputFiles[0].contents;
}

const ours = (/** @type {string} */ names) => bundled(`export { ${names} } from 'wix-media.v2';`, { alias: { 'wix-media.v2': `${dist}browser.js` } });

const official = (more = '') =>
  bundled(`export { createClient, ApiKeyStrategy } from '@wix/sdk'; export { files, folders } from '@wix/media'; ${more}`);

/**
 * @param {string} name
 * @returns {Promise<Sizes | undefined>}
 */
async function wasm(name) {
  try {
    return sizes(await readFile(`${dist}${name}`));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @type {Row[]} */
const rows = [];
/** @type {(name: string, size?: Sizes, ratio?: string) => void} */
const add = (name, size, ratio) => {
  rows.push([name, ...(size ? [size.brotli, size.gzip, size.raw] : ['', '', '']), ratio ?? '']);
};
/** @type {(one: Sizes, other: Sizes, target?: string) => string} */
const times = (one, other, target) => `${(one.brotli / other.brotli).toFixed(2)}×${target ? ` (target ${target})` : ''}`;

const core = sizes(await readFile(`${dist}client.wasm`));
const script = sizes(await ours('createClient'));
const everything = sizes(await ours('createClient, configure, files, folders, webhooks, media, init, WixMediaError'));
const client = sum(core, script);
const sdk = sizes(await official());
const sdkAndMedia = sizes(await official("export { media } from '@wix/sdk';"));
const sdkAndTus = sizes(await official("export { Upload } from 'tus-js-client';"));

add('official @wix/sdk + @wix/media: createClient, ApiKeyStrategy, files, folders', sdk);
add('official, with the media helpers', sdkAndMedia);
add('official, with tus-js-client', sdkAndTus);
rows.push([]);
add('ours: client.wasm', core);
add('ours: JavaScript of createClient', script);
add('ours: createClient, sum', client, `${times(client, sdk, '≤ 23,000 bytes')} of the official client`);
add('ours: JavaScript of everything', everything);
add('ours: everything, sum', sum(core, everything), `${times(sum(core, everything), sdkAndMedia)} of the official client with media helpers`);
rows.push([]);
for (const [name, names] of [
  ['the media helpers alone', 'media'],
  ['the error class alone', 'WixMediaError'],
  ['the enums alone', 'MediaType, State'],
]) {
  add(`ours: ${name}`, sizes(await ours(names)));
}
const manager = await wasm('manager.wasm');
if (manager) add('ours: manager.wasm, only where a manager is created', manager);
const transfers = await wasm('transfers.wasm');
if (transfers) {
  const transfersScript = sizes(await readFile(`${dist}transfers.js`));
  add('ours: transfers.js, with the first upload', transfersScript);
  add('ours: transfers.wasm, along with it', transfers);
  const all = sum(client, transfersScript, transfers);
  add('ours: createClient with uploads, sum', all, `${times(all, sdkAndTus, '≤ 44,000 bytes')} of the official client with tus-js-client`);
  const resumable = sizes(await readFile(`${dist}resumable.js`));
  add('ours: resumable.js, with the first resumable upload', resumable);
  add('ours: createClient with resumable uploads, sum', sum(all, resumable), `${times(sum(all, resumable), sdkAndTus)} of the official client with tus-js-client`);
  for (const [name, use] of [
    ['library.js', 'the first download, path, uploadAll or use of the trash'],
    ['deliveries.js', 'the first webhook'],
    ['file-types.js', 'the first upload of a type that Wix does not document'],
    ['tokens.js', 'the credentials of an app or a visitor'],
  ]) {
    add(`ours: ${name}, with ${use}`, sizes(await readFile(`${dist}${name}`)));
  }
}
const images = await wasm('images.wasm');
if (images) add('ours: images.wasm, with the first picture of a manager', images);
for (const [name, use] of [['jxl.wasm', 'the first JPEG XL'], ['svg.wasm', 'the first SVG as a picture'], ['tiff.wasm', 'the first TIFF, or CMYK with a profile']]) {
  const part = await wasm(name);
  if (part) add(`ours: ${name}, with ${use}`, part);
}

print(['bytes', 'brotli 11', 'gzip 9', 'raw', ''], rows);

/**
 * @param {Row} head
 * @param {Row[]} lines
 */
function print(head, lines) {
  const texts = [head, ...lines].map((line) => line.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)));
  const widths = head.map((_, column) => Math.max(...texts.map((line) => String(line[column] ?? '').length)));
  for (const line of texts) {
    console.log(line.map((cell, column) => (column === 0 || column === 4 ? String(cell).padEnd(widths[column]) : String(cell).padStart(widths[column]))).join('  ').trimEnd());
  }
}
