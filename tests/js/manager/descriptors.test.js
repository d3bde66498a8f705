// File descriptors: managers in processes that may open few files.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { emptyDirectory } from './place.js';
import { start } from './processes.js';

const DIST = JSON.stringify(new URL('../../../dist/node.js', import.meta.url).href);

/**
 * The program of a manager. `N` uploads N files and reads them back, `fill` opens files until there is no descriptor left, and
 * `free` closes them.
 *
 * @param {string} directory
 */
const managerIn = (directory) => `
  import fs from 'node:fs';
  import { createManager } from ${DIST};
  const manager = await createManager({ storage: { directory: ${JSON.stringify(directory)} } });
  const { files } = manager.client;
  // Loads the client, which needs a descriptor.
  await files.listFiles();
  async function upload(name) {
    const { uploadUrl } = await files.generateFileUploadUrl('text/plain', { fileName: name });
    const response = await manager.fetch(uploadUrl, { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: name });
    if (response.status !== 200) return response.status;
    const { file } = await response.json();
    const text = await (await manager.fetch(file.url)).text();
    return text === name ? 'whole' : text;
  }
  const taken = [];
  let count = 0;
  tell('open');
  for (let line; (line = await next()); ) {
    if (line === 'fill') {
      try { for (;;) taken.push(fs.openSync(process.execPath)); } catch (error) { tell(error.code); }
    } else if (line === 'free') {
      for (const file of taken.splice(0)) fs.closeSync(file);
      tell('free');
    } else {
      const outcomes = {};
      for (let left = Number(line); left > 0; left -= 1) {
        const outcome = await upload('file ' + (count += 1)).catch((error) => error.code);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }
      tell(outcomes);
    }
  }`;

/** @param {number} limit */
const withFiles = (limit) => ['bash', '-c', `ulimit -n ${limit} && exec "$@"`, 'bash'];
const skip = process.platform === 'win32' && 'has no ulimit';

suite('file descriptors of a manager', () => {
  test('descriptors: 64 are enough for any number of files', { skip }, async (t) => {
    const manager = start(t, managerIn(await emptyDirectory(t)), { before: withFiles(64) });
    assert.equal(await manager.heard(), 'open');
    assert.deepEqual(await manager.ask('100'), { whole: 100 });
  });

  test('descriptors: files that wait give theirs up when none is left', { skip }, async (t) => {
    const manager = start(t, managerIn(await emptyDirectory(t)), { before: withFiles(256) });
    await manager.heard();
    assert.deepEqual(await manager.ask('40'), { whole: 40 });
    assert.equal(await manager.ask('fill'), 'EMFILE');
    assert.deepEqual(await manager.ask('40'), { whole: 40 });
  });

  test('descriptors: the manager works again when there are some', { skip }, async (t) => {
    const manager = start(t, managerIn(await emptyDirectory(t)), { before: withFiles(256) });
    await manager.heard();
    assert.equal(await manager.ask('fill'), 'EMFILE');
    assert.deepEqual(await manager.ask('3'), { 503: 3 });
    await manager.ask('free');
    assert.deepEqual(await manager.ask('40'), { whole: 40 });
  });
});
