// Three processes on a bucket of two copies, while one of the servers that hold them is killed.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { random } from '../crash/model.js';
import { md5, noise } from '../harness/bytes.js';
import { withinTime } from '../harness/limit.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { run } from './native.js';
import { seaweedfs, seaweedfsAlone } from './seaweedfs.js';
import { team } from './team.js';

const SEED = Number(process.env.WIX_MEDIA_SEED ?? Math.floor(Date.now() / 86_400_000));
/** More than one part of a multipart upload. */
const MAX_SIZE = 10_000_000;
const UPLOADERS = 3;

/** @typedef {{ path: string, hash: string, size: number }} Uploaded */

/**
 * The bytes of a file, or none as long as the storage does not answer.
 *
 * @param {string} url
 */
async function downloaded(url) {
  try {
    const response = await fetch(url);
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.status === 503) return undefined;
    assert.equal(response.status, 200, url);
    return bytes;
  } catch (error) {
    // The answer broke off.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * The paths of the sockets that a process listens at.
 *
 * @param {number} pid
 */
function socketsOf(pid) {
  const folder = `/proc/${pid}/fd`;
  const open = new Set();
  for (const name of readdirSync(folder)) {
    try {
      open.add(readlinkSync(`${folder}/${name}`));
    } catch (error) {
      // Closed meanwhile.
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
    }
  }
  const rows = readFileSync('/proc/net/unix', 'utf8').split('\n').map((line) => line.trim().split(/\s+/));
  return [...new Set(rows.filter(([, , , , , , inode, path]) => path && open.has(`socket:[${inode}]`)).map((row) => row[7]))];
}

suite('SeaweedFS as one process', () => {
  test('no socket is left after its end', async () => {
    /** @type {(() => unknown)[]} */
    const closers = [];
    const { pid } = await seaweedfsAlone({ after: (close) => void closers.push(close) });
    const sockets = socketsOf(pid);
    for (const close of closers.reverse()) await close();
    assert.ok(sockets.length > 0);
    assert.deepEqual(sockets.filter((path) => existsSync(path)), []);
  });
});

suite('wix-media-server: failover of the storage', () => {
  test('no file is lost with one of two volume servers, and uploads go on when it is back', async (t) => {
    t.diagnostic(`WIX_MEDIA_SEED=${SEED}`);
    const store = await seaweedfs(t);
    const { origin, url } = await team(t, { store });
    const { files } = createClient({ baseUrl: origin });
    /** @type {Uploaded[]} */
    const ledger = [];
    /** @type {Response[]} */
    const refused = [];
    let hasEnded = false;
    let pieces = 0;

    const uploader = async (/** @type {number} */ number) => {
      const dice = random(SEED * 10 + number);
      for (let turn = 0; !hasEnded; turn += 1) {
        const bytes = noise(1 + dice.below(dice.below(5) === 0 ? MAX_SIZE : 100_000), number * 1000 + turn);
        const { uploadUrl } = await files.generateFileUploadUrl('application/octet-stream', { fileName: `${number}.${turn}.bin` });
        const response = await fetch(present(uploadUrl), { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: bytes });
        const text = await response.text();
        if (response.status === 200) {
          const { file } = JSON.parse(text);
          assert.equal(file.hash, md5(bytes));
          ledger.push({ path: new URL(file.url).pathname, hash: md5(bytes), size: bytes.length });
        } else {
          refused.push(response);
          await setTimeout(50);
        }
      }
    };
    const downloader = async () => {
      const dice = random(SEED);
      for (; !hasEnded; await setTimeout(20)) {
        if (ledger.length === 0) continue;
        const { path, hash } = ledger[dice.below(ledger.length)];
        const bytes = await downloaded(origin + path);
        if (bytes) assert.equal(md5(bytes), hash);
        pieces += 1;
      }
    };
    /** Waits until so many more files are there. */
    const more = (/** @type {number} */ count) => {
      const goal = ledger.length + count;
      const waiting = async () => {
        while (ledger.length < goal && !hasEnded) await setTimeout(20);
      };
      return withinTime(`${count} uploads`, waiting());
    };
    const failing = async () => {
      for (const killed of ['one', 'two']) {
        await more(10);
        await store.kill(killed);
        await store.until(1);
        const start = performance.now();
        for (const { path, hash } of [...ledger]) {
          const whole = async () => {
            for (;;) {
              const bytes = await downloaded(origin + path);
              if (bytes) return bytes;
              await setTimeout(50);
            }
          };
          assert.equal(md5(await withinTime(`the bytes of ${path}`, whole())), hash);
        }
        t.diagnostic(`all ${ledger.length} files of the other server: ${((performance.now() - start) / 1000).toFixed(1)} s`);
        // Each object needs two servers, so no upload ends well. The servers repeat theirs for a while, and then refuse it.
        const refusal = async () => {
          while (refused.length === 0 && !hasEnded) await setTimeout(50);
        };
        await withinTime('a refusal', refusal());
        await store.start(killed);
        await store.until(2);
        await more(10);
      }
    };
    const over = failing().finally(() => (hasEnded = true));
    await Promise.all([over, downloader(), ...Array.from({ length: UPLOADERS }, (_, number) => uploader(number))]);
    t.diagnostic(`${ledger.length} uploads, ${refused.length} refused, ${pieces} downloads`);

    for (const { status, headers } of refused) assert.deepEqual([status, Number(headers.get('retry-after')) >= 1], [503, true]);
    const size = ledger.reduce((sum, each) => sum + each.size, 0);
    const found = await run(['fsck', '--database', url, '--bucket', store.bucket], store.env);
    assert.deepEqual([found.code, found.stdout], [0, `${ledger.length} files, ${size} bytes, 0 damaged\n`], found.stderr);
  });
});
