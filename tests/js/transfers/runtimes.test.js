// Uploads and downloads in Deno and Bun, and as CommonJS in Node.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { md5, noise } from '../harness/bytes.js';
import { leftovers } from '../harness/leftovers.js';
import { temporaryFolder } from '../harness/manager.js';
import { startUploadService } from '../harness/upload-service.js';

const run = promisify(execFile);
const dist = new URL('../../../dist/', import.meta.url);
const bytes = noise(3_000_000);

/**
 * The program that a package of npm holds for this platform.
 *
 * @param {string} scope
 * @param {string} path
 */
async function program(scope, path) {
  const folder = fileURLToPath(new URL(`../node_modules/${scope}`, import.meta.url));
  for (const name of await readdir(folder)) {
    const found = join(folder, name, path);
    if (existsSync(found)) return found;
  }
  throw new Error(`${scope} has no program for this platform`);
}

/**
 * Uploads in every way, downloads again, and prints what there is.
 *
 * @param {string} origin
 * @param {string} folder
 */
const body = (origin, folder) => `
  const { uploads, downloads } = createClient({ baseUrl: '${origin}', auth: { apiKey: 'key' } });
  const sizes = [];
  const path = ${JSON.stringify(join(folder, 'noise.bin'))};
  const options = { sessions: { directory: ${JSON.stringify(join(folder, 'sessions'))} }, chunkSizeInBytes: 1_000_000 };
  const plain = await uploads.upload(path, { ...options, protocol: 'plain', onProgress: ({ sent }) => sizes.push(sent) });
  const tus = await uploads.upload(path, { ...options, protocol: 'tus' });
  const blob = await uploads.upload(new Blob([new Uint8Array(5000)]), { displayName: 'a.bin' });
  const stream = await uploads.upload(new Response('streamed').body, { displayName: 'b.txt' });
  const [kept] = await downloads.toDirectory('media-root', ${JSON.stringify(join(folder, 'out'))} + process.pid);
  console.log(JSON.stringify({
    hashes: [plain.hash, tus.hash],
    names: [blob.displayName, stream.displayName, kept.status],
    steps: sizes.length > 1 && sizes.every((size, index) => index === 0 || size >= sizes[index - 1]),
  }));
`;

suite('in', () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  /** @type {Awaited<ReturnType<typeof startUploadService>>} */
  let service;
  before(async () => {
    folder = await temporaryFolder(closing);
    service = await startUploadService();
    closing.after(() => service.close());
    await writeFile(join(folder, 'noise.bin'), bytes);
    const code = body(service.origin, folder);
    await writeFile(join(folder, 'main.mjs'), `import { createClient } from '${dist}node.js';\n${code}`);
    const required = fileURLToPath(new URL('node.cjs', dist));
    await writeFile(join(folder, 'main.cjs'), `const { createClient } = require(${JSON.stringify(required)});\n(async () => {${code}})();`);
  });

  const expected = { hashes: [md5(bytes), md5(bytes)], names: ['a.bin', 'b.txt', 'written'], steps: true };
  const env = { PATH: process.env.PATH, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };

  /** @type {Record<string, () => Promise<[program: string, words: string[]]>>} */
  const programs = {
    'Node, as CommonJS': async () => [process.execPath, ['main.cjs']],
    Deno: async () => [await program('@deno', 'deno'), ['run', '--no-prompt', '-A', '--no-config', 'main.mjs']],
    Bun: async () => [await program('@oven', 'bin/bun'), ['run', 'main.mjs']],
  };
  for (const [name, command] of Object.entries(programs)) {
    test(name, async () => {
      const [file, words] = await command();
      const home = { HOME: folder, DENO_DIR: join(folder, 'deno'), BUN_INSTALL: join(folder, 'bun') };
      const { stdout } = await run(file, words, { cwd: folder, env: { ...env, ...home } });
      assert.deepEqual(JSON.parse(stdout), expected);
      const sent = service.requests.filter(({ kind }) => ['put', 'chunk'].includes(kind));
      assert.ok(sent.every((/** @type {any} */ { headers }) => headers.authorization === undefined));
    });
  }
});
