// Uploads through three processes that are killed, or stand still: with the bytes in a shared directory, and in a bucket.
//
// With WIX_MEDIA_PROOF=whole there are as many crashes as before a release; otherwise a few.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { random } from '../crash/model.js';
import { md5, noise } from '../harness/bytes.js';
import { withinTime } from '../harness/limit.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { ask, run } from './native.js';
import { seaweedfs } from './seaweedfs.js';
import { team } from './team.js';
import { begin, created, patch, sendInPieces } from './transfer.js';

/** @import { TestContext } from 'node:test' */

const KILLS = process.env.WIX_MEDIA_PROOF === 'whole' ? 50 : 3;
const SEED = Number(process.env.WIX_MEDIA_SEED ?? Math.floor(Date.now() / 86_400_000));
const UPLOADERS = 4;
const MAX_SIZE = 300_000;
/** More than one part of a multipart upload. */
const LARGE_SIZE = 9_000_000;
const MIME = 'application/octet-stream';

/**
 * Compares the bytes of a file with their hash.
 *
 * @param {string} url
 * @param {string} hash
 */
async function compare(url, hash) {
  const response = await fetch(url);
  const bytes = Buffer.from(await response.arrayBuffer());
  assert.deepEqual([response.status, md5(bytes)], [200, hash], `${url}: ${bytes.length} bytes, ${bytes.subarray(0, 300).toString('latin1')}`);
}

/** Where the bytes are. */
const STORES = {
  'a shared directory': async () => undefined,
  'a bucket': (/** @type {TestContext} */ t) => seaweedfs(t),
};

/**
 * Compares all rows with their bytes, and returns how many files there are.
 *
 * @param {Awaited<ReturnType<typeof team>>} servers
 * @param {{ bucket: string, env: NodeJS.ProcessEnv } | undefined} store
 */
async function fsck({ url, directory }, store) {
  const place = store ? ['--bucket', store.bucket] : ['--data', present(directory)];
  const { code, stdout, stderr } = await run(['fsck', '--database', url, ...place], store?.env);
  assert.equal(code, 0, stdout + stderr);
  return Number(/^(\d+) files, \d+ bytes, 0 damaged\n$/.exec(stdout)?.[1]);
}

for (const [place, storage] of Object.entries(STORES)) {
  suite(`wix-media-server: crashes with bytes in ${place}`, () => {
    test('servers are killed under uploads: every file has its bytes, and none that was acknowledged is lost', async (t) => {
      t.diagnostic(`WIX_MEDIA_SEED=${SEED}`);
      const store = await storage(t);
      const servers = await team(t, { store });
      const { origin, origins } = servers;
      const { files } = createClient({ baseUrl: origin });
      /** @type {Map<string, string>} The hashes of everything that was sent. */
      const sent = new Map();
      /** @type {{ id: string, hash: string }[]} */
      const ledger = [];
      let hasEnded = false;
      let unanswered = 0;

      /**
       * Uploads a file in one request. None if nobody answers.
       *
       * @param {string} name
       * @param {Uint8Array<ArrayBuffer>} bytes
       */
      async function plain(name, bytes) {
        const { uploadUrl } = await files.generateFileUploadUrl(MIME, { fileName: name });
        return ask(origin, 'PUT', new URL(present(uploadUrl)).pathname, { headers: { 'content-type': MIME }, body: bytes });
      }

      /**
       * Uploads a file in pieces, and asks for it until somebody answers.
       *
       * @param {string} name
       * @param {Uint8Array<ArrayBuffer>} bytes
       * @param {(limit: number) => number} below
       */
      async function resumable(name, bytes, below) {
        const { uploadUrl, uploadToken } = await files.generateFileResumableUploadUrl(MIME, { fileName: name });
        const path = new URL(present(uploadUrl)).pathname;
        if (!(await sendInPieces(origin, path, present(uploadToken), bytes, below))) return undefined;
        for (;;) {
          const answer = await ask(origin, 'PUT', `${path}/${uploadToken}`).catch(() => undefined);
          if (answer && answer.status < 500) return answer;
          await setTimeout(50);
        }
      }

      const uploader = async (/** @type {number} */ number) => {
        const { below } = random(SEED * 10 + number);
        for (let turn = 0; !hasEnded; turn += 1) {
          const name = `${number}.${turn}.bin`;
          const bytes = noise(1 + below(below(12) === 0 ? LARGE_SIZE : MAX_SIZE), number * 1000 + turn);
          sent.set(name, md5(bytes));
          const isPlain = below(2) === 0;
          const answer = await (isPlain ? plain(name, bytes) : resumable(name, bytes, below)).catch((error) => {
            if (error instanceof assert.AssertionError) throw error;
          });
          if (answer?.status === 200) {
            const { id, hash } = JSON.parse(answer.text).file;
            assert.equal(hash, md5(bytes));
            ledger.push({ id, hash });
          } else if (answer?.status === 409) {
            // The server that made the file was killed before it answered.
            const { code, data } = JSON.parse(answer.text).details.applicationError;
            assert.equal(code, 'UPLOAD_ALREADY_COMPLETED');
            ledger.push({ id: data.fileId, hash: md5(bytes) });
          } else {
            assert.ok(!answer || answer.status >= 500, String(answer?.text));
            unanswered += 1;
          }
        }
      };
      const killing = async () => {
        const { below } = random(SEED);
        for (let kill = 0; kill < KILLS; kill += 1) {
          const goal = ledger.length + 1 + below(6);
          while (ledger.length < goal && !hasEnded) await setTimeout(5);
          const at = below(origins.length);
          await servers.servers[at].end('SIGKILL');
          servers.servers[at] = await servers.start();
          origins[at] = servers.servers[at].origin;
        }
      };
      const over = killing().finally(() => (hasEnded = true));
      await Promise.all([over, ...Array.from({ length: UPLOADERS }, (_, number) => uploader(number).finally(() => (hasEnded = true)))]);
      t.diagnostic(`${KILLS} kills, ${ledger.length} files acknowledged, ${unanswered} uploads without an answer`);

      for (const { id, hash } of ledger) {
        const file = await files.getFileDescriptor(id);
        assert.equal(file.hash, hash);
        await compare(present(file.url), hash);
      }
      // What was not acknowledged is there as a whole, or not at all.
      const found = await files.listFiles({ paging: { limit: 100 } }).toArray();
      assert.equal(new Set(found.map(({ displayName }) => displayName)).size, found.length);
      for (const { displayName, hash, operationStatus } of found) assert.deepEqual([hash, operationStatus], [sent.get(present(displayName)), 'READY']);
      assert.equal(await fsck(servers, store), found.length);
      const check = await ask(origin, 'GET', '/_wix-media/check');
      assert.equal(JSON.parse(check.text).isWhole, true, check.text);
    });

    test('a server stands still in the middle of a PATCH: another one takes the transfer over, and the first one refuses', async (t) => {
      const store = await storage(t);
      const servers = await team(t, { servers: 2, store });
      const [stopped, other] = servers.origins;
      const { files } = createClient({ baseUrl: other });
      const bytes = noise(MAX_SIZE, SEED);
      const token = async () => {
        const { uploadUrl, uploadToken } = await files.generateFileResumableUploadUrl(MIME, { fileName: 'stopped.bin' });
        return { upload: new URL(present(uploadUrl)).pathname, uploadToken: present(uploadToken) };
      };
      for (const isCompleted of [false, true]) {
        const { upload, uploadToken } = await token();
        const path = present(await created(stopped, upload, uploadToken, bytes.length));
        const late = await begin(stopped, path, bytes);
        servers.servers[0].child.kill('SIGSTOP');
        const taken = await ask(other, 'PATCH', path, { headers: patch(0), body: bytes });
        assert.equal(taken.status, 204, taken.text);
        const complete = () => ask(other, 'PUT', `${upload}/${uploadToken}`);
        const early = isCompleted ? await complete() : undefined;
        servers.servers[0].child.kill('SIGCONT');
        const status = await withinTime('the answer to the PATCH', late.end());
        // The transfer ends when the file is created.
        assert.ok(status === 409 || (isCompleted && status === 404), `the PATCH was answered with ${status}`);
        const answer = early ?? (await complete());
        assert.equal(answer.status, 200, answer.text);
        const { file } = JSON.parse(answer.text);
        assert.equal(file.hash, md5(bytes));
        for (const origin of servers.origins) await compare(origin + new URL(file.url).pathname, md5(bytes));
      }
      assert.equal(await fsck(servers, store), 2);
    });
  });
}
