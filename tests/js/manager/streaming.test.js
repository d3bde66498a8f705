// Bytes stream through: what is large does not have to fit into memory. `cargo xtask bench` does the same with 2 GB.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { present } from '../harness/present.js';
import { emptyDirectory, open, put } from './place.js';

const run = promisify(execFile);
const MB = 1 << 20;

suite('streaming', () => {
  test('streaming: moves 256 MB up and down in less than 64 MB of memory', async (t) => {
    const script = fileURLToPath(new URL('stream.mjs', import.meta.url));
    const { stdout } = await run(process.execPath, ['--expose-gc', script, await emptyDirectory(t), String(256 * MB)]);
    const { right, growth } = JSON.parse(stdout);
    assert.ok(right, 'the bytes that came out are those that went in');
    assert.ok(growth < 64 * MB, `it took ${Math.round(growth / MB)} MB`);
  });

  test('streaming: stops reading the file when the reader cancels', async (t) => {
    const manager = await open(t, { storage: { directory: await emptyDirectory(t) } });
    const file = await put(manager, 'large.bin', new Uint8Array(20 * MB));
    const response = await manager.fetch(file.url);
    const reader = present(response.body).getReader();
    assert.ok(present((await reader.read()).value).length < 20 * MB, 'it comes in pieces');
    await reader.cancel();
    // A download may complete or fail when its file is deleted; the manager keeps working.
    const other = await manager.fetch(file.url);
    await manager.client.files.bulkDeleteFiles([file.id], { permanent: true });
    await other.arrayBuffer().then((bytes) => assert.equal(bytes.byteLength, 20 * MB), (error) => assert.ok(error instanceof Error));
    assert.deepEqual((await manager.client.files.listFiles()).files, []);
  });
});
