// The manager in other runtimes, from the packed package: a directory in Deno and Bun, memory in workerd.
import assert from 'node:assert/strict';
import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { leftovers } from '../harness/leftovers.js';
import { bun, deno, workerd } from '../harness/runtimes.js';
import { addFiles, project } from '../harness/tarball.js';

const script = `
import { createManager } from 'wix-media.v2';

/** Fills a manager, and reads it again; with a directory by another one. */
export async function report(storage) {
  let manager = await createManager({ storage });
  const { folder } = await manager.client.folders.createFolder('Animals');
  const { uploadUrl } = await manager.client.files.generateFileUploadUrl('text/plain', { fileName: 'fox.txt', parentFolderId: folder._id });
  const put = await manager.fetch(uploadUrl, { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'a red fox' });
  const { file } = await put.json();
  if (storage !== 'memory') {
    const refused = await createManager({ storage }).catch(({ code }) => code);
    if (refused !== 'LOCKED') throw new Error('a second manager got ' + refused);
    await manager.close();
    manager = await createManager({ storage });
  }
  const found = await manager.client.files.searchFiles({ search: 'FOX' });
  const text = await (await manager.fetch(file.url, { headers: { range: 'bytes=2-4' } })).text();
  const { kind } = manager.storage;
  await manager.close();
  return { kind, names: found.files.map(({ displayName }) => displayName), hash: file.hash, text };
}
`;
/** @param {string} kind */
const expected = (kind) => ({ kind, names: ['fox.txt'], hash: '9ea930065622e6d6886f4e258c1620c0', text: 'red' });

suite('the manager in other runtimes', () => {
  const closing = leftovers();
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await project(closing, {
      'report.js': script,
      'main.js': `import { report } from './report.js'; console.log(JSON.stringify(await report({ directory: './media' })));`,
      'worker.js': `
        import { report } from './report.js';
        export default {
          async fetch() {
            try {
              return Response.json(await report('memory'));
            } catch (error) {
              return new Response(String(error.cause?.stack ?? error.stack), { status: 500 });
            }
          },
        };`,
    });
    await addFiles(folder, { 'package.json': '{ "name": "project", "private": true, "type": "module", "dependencies": { "wix-media.v2": "*" } }' });
    folder = await realpath(folder);
  });

  test('Deno', async () => {
    const { stdout } = await deno(folder, 'main.js', '--allow-read', '--allow-write=media');
    assert.deepEqual(JSON.parse(stdout), expected('directory'));
    assert.ok((await readdir(join(folder, 'media'))).length > 0);
  });

  test('Bun', async () => {
    await addFiles(folder, { 'bun.js': `import { report } from './report.js'; console.log(JSON.stringify(await report({ directory: './media-of-bun' })));` });
    const { stdout } = await bun(folder, 'bun.js');
    assert.deepEqual(JSON.parse(stdout), expected('directory'));
  });

  test('workerd', async (t) => {
    const text = await workerd(t, folder, 'worker.js', { entry: 'wix-media.v2/workerd.js', modules: ['client.wasm', 'manager.wasm'] });
    assert.deepEqual(JSON.parse(text), expected('memory'));
  });
});
