// `wix-media serve` on a disk that is full: what its callers are told, what its log says, and that it starts again.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { noise } from '../harness/bytes.js';
import { rejection } from '../harness/client.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { COMMAND, served } from '../harness/served.js';
import { skip, smallDisk } from '../harness/small-disk.js';
import { emptyDirectory } from '../manager/place.js';
import { samples } from '../scenarios/samples.js';

/** @import { TestContext } from 'node:test' */

/** A film, whose processing takes a while. */
const FILM = samples.mp4;

/**
 * Runs a command to its end.
 *
 * @param {TestContext} t
 * @param {string[]} args
 */
async function run(t, args) {
  const home = await emptyDirectory(t);
  const child = spawn(process.execPath, [COMMAND, ...args], { env: { PATH: process.env.PATH, HOME: home } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  const [code] = await once(child, 'close');
  return { code, text };
}

suite('wix-media serve on a full disk', { skip }, () => {
  test('put: fails with a sentence, gives its room back, and the log names the cause', async (t) => {
    const disk = present(smallDisk(t, 12));
    const server = await served(t, ['--data', join(disk.path, 'data')]);
    const folder = await emptyDirectory(t);
    await writeFile(join(folder, 'large.bin'), noise(30_000_000));
    await writeFile(join(folder, 'small.txt'), 'small');
    const refused = await run(t, ['put', join(folder, 'large.bin'), '/A', '--url', server.origin]);
    assert.equal(refused.code, 1);
    assert.match(refused.text, /no space left/);
    assert.match(server.text.stdout + server.text.stderr, /ENOSPC|no space left/);
    // Tried once: a disk does not get larger by itself.
    assert.equal(server.text.stdout.match(/ 507 /g)?.length, 1, server.text.stdout);
    const blobs = await readdir(join(disk.path, 'data/blobs'), { recursive: true, withFileTypes: true });
    assert.equal(blobs.filter((entry) => entry.isFile()).length, 0);
    assert.equal((await run(t, ['put', join(folder, 'small.txt'), '/A', '--url', server.origin])).code, 0);
    assert.equal((await run(t, ['rm', '/A', '--permanent', '--yes', '--url', server.origin])).code, 0);
  });

  test('work that is due: neither ends the server nor keeps it from starting, and is done when there is room', async (t) => {
    const disk = present(smallDisk(t, 20));
    const args = ['--quiet', '--data', join(disk.path, 'data')];
    const first = await served(t, args);
    const client = createClient({ baseUrl: first.origin });
    const { _id: id = '' } = await client.uploads.upload(FILM, { displayName: 'a.mp4', mimeType: 'video/mp4' });
    assert.equal((await client.files.getFileDescriptor(id)).operationStatus, 'PENDING');
    await first.end();
    for (let start = 0; start < 3; start += 1) {
      disk.fill();
      const server = await served(t, args);
      assert.ok(server.origin, server.text.stderr);
      // Also what a start has left of the reserve.
      disk.fill();
      const { files, folders } = createClient({ baseUrl: server.origin, retry: false });
      assert.equal(present((await files.listFiles()).files).length, 1);
      // What is left of a page of the disk may take some changes.
      const error = await rejection((async () => {
        for (let number = 0; number < 500; number += 1) await folders.createFolder(`${'x'.repeat(900)} ${number}`);
      })());
      assert.equal(error.code, 'INSUFFICIENT_STORAGE');
      assert.equal(server.child.exitCode, null);
      await server.end();
    }
    disk.free();
    const { files } = createClient({ baseUrl: (await served(t, args)).origin });
    while ((await files.getFileDescriptor(id)).operationStatus !== 'READY') await new Promise((resolve) => setTimeout(resolve, 50));
  });
});
