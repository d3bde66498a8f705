// examples/upload-folder.js, as its users run it, on a Media Manager.
import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { node, project, remove } from '../examples/project.js';
import { serveManager } from '../harness/manager.js';

test('upload-folder', async (t) => {
  const folder = await project();
  t.after(() => remove(folder));
  await copyFile(fileURLToPath(new URL('../../../examples/upload-folder.js', import.meta.url)), join(folder, 'upload-folder.mjs'));
  await mkdir(join(folder, 'photos', 'empty'), { recursive: true });
  await copyFile(join(folder, 'cat.jpg'), join(folder, 'photos', 'cat.jpg'));
  await writeFile(join(folder, 'photos', 'notes.txt'), 'a cat');
  const { baseUrl, client } = await serveManager(t);
  const run = () =>
    node(folder, ['upload-folder.mjs', './photos', '/Holidays'], { WIX_API_KEY: 'key', WIX_SITE_ID: 'site', WIX_BASE_URL: baseUrl });

  assert.deepEqual(await run(), { code: 0, stdout: '2 uploaded\n0 reused\n0 failed\n', stderr: '' });
  await writeFile(join(folder, 'photos', 'more.txt'), 'another cat');
  await writeFile(join(folder, 'photos', 'nothing.txt'), '');
  const { code, stdout, stderr } = await run();
  assert.deepEqual({ code, stdout }, { code: 1, stdout: '1 uploaded\n2 reused\n1 failed\n' });
  assert.match(stderr, /^photos\/nothing\.txt: .*ZERO_FILE_SIZE/m);
  const all = [];
  for await (const { path } of client.paths.walk('/')) all.push(path);
  assert.deepEqual(all, [
    '/Holidays',
    '/Holidays/photos',
    '/Holidays/photos/empty',
    '/Holidays/photos/cat.jpg',
    '/Holidays/photos/more.txt',
    '/Holidays/photos/notes.txt',
  ]);
});
