// A manager whose WebAssembly module breaks down goes on from what was stored.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { gate } from '../harness/gate.js';
import { present } from '../harness/present.js';
import { emptyDirectory, open, put, top } from './place.js';

const TRAP = Symbol.for('wix-media.trap');

suite('a trap in the module', () => {
  for (const kind of ['memory', 'directory']) {
    test(`trap: keeps what was acknowledged, ${kind}`, async (t) => {
      const manager = await open(t, { storage: kind === 'memory' ? 'memory' : { directory: await emptyDirectory(t) } });
      const { folder } = await manager.client.folders.createFolder('before');
      const file = await put(manager, 'before.txt', 'content', { mimeType: 'text/plain' });
      const { uploadUrl } = await manager.client.files.generateFileUploadUrl('text/plain', { fileName: 'between.txt' });
      /** @type {unknown[]} */
      const heard = [];
      manager.on('folder_created', ({ entityId }) => void heard.push(entityId));
      const upload = await manager.client.files.generateFileUploadUrl('text/plain', { fileName: 'lost.txt' });
      const half = gate();
      const rest = gate();
      let pulls = 0;
      // It is asked for more only once the first half is in the module.
      const body = new ReadableStream(
        {
          async pull(stream) {
            pulls += 1;
            if (pulls === 1) return stream.enqueue(new TextEncoder().encode('half of it'));
            half.open();
            await rest.opened;
            return stream.close();
          },
        },
        { highWaterMark: 0 },
      );
      const lost = manager.fetch(present(upload.uploadUrl), { method: 'PUT', headers: { 'content-type': 'text/plain' }, body, duplex: 'half' });
      await half.opened;
      await /** @type {Record<symbol, () => Promise<void>>} */ (/** @type {unknown} */ (manager))[TRAP]();
      rest.open();
      const answer = await lost;
      assert.deepEqual([answer.status, (await answer.json()).details.applicationError.code], [503, 'MANAGER_RESTARTED']);
      assert.equal((await manager.client.folders.getFolder(present(present(folder)._id))).displayName, 'before');
      assert.equal(await (await manager.fetch(file.url)).text(), 'content');
      assert.equal((await manager.fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'x' })).status, 200);
      const after = await manager.client.folders.createFolder('after');
      assert.deepEqual(heard, [present(after.folder)._id], 'events go on, and none comes twice');
      assert.deepEqual(await top(manager), ['after/', 'before/', 'before.txt', 'between.txt']);
    });
  }

  test('trap: settings that were changed stay', async (t) => {
    const manager = await open(t, { limits: { quotaInBytes: 10 } });
    await manager.settings({ limits: { quotaInBytes: 1000 }, processing: { pendingMs: { IMAGE: 5 }, fail: 'IMAGE' } });
    await manager.settings({ limits: { requestsPerMinute: 3 }, processing: { fail: [] } });
    await assert.rejects(manager.settings(/** @type {any} */ ({ lagMs: 'soon' })));
    await /** @type {Record<symbol, () => Promise<void>>} */ (/** @type {unknown} */ (manager))[TRAP]();
    await put(manager, 'file.txt', 'x'.repeat(100), { mimeType: 'text/plain' });
    const codes = [];
    for (let call = 0; call < 5; call += 1) {
      const response = await manager.fetch(new URL('/site-media/v1/folders', manager.baseUrl));
      codes.push(response.status);
    }
    assert.ok(codes.includes(429), String(codes));
  });
});
