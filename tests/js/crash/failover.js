// The thread of a manager is killed at random moments of uploads. Callers get a 503 and go on, and whatever was acknowledged
// is there afterwards.
import assert from 'node:assert/strict';
import { md5 } from '../harness/bytes.js';
import { withinTime } from '../harness/limit.js';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { emptyDirectory, kill } from '../manager/place.js';
import { contentOf, random } from './model.js';

/**
 * @import { ManagerOptions, MediaManager } from '../harness/package.js'
 * @import { Closing } from '../harness/types.d.ts'
 */

/** How often one manager loses its thread: pauses grow with each. */
const KILLS_PER_LIFE = 2;
const WORKERS = 4;
const TYPE = 'application/octet-stream';

/** Uploads that were acknowledged, by id; and the hashes of all that were begun, by name. */
class Ledger {
  /** @type {Map<string, { name: string, hash: string }>} */
  acknowledged = new Map();
  /** @type {Map<string, string>} */
  begun = new Map();
  lost = 0;
}

/**
 * Sends a request until it is answered with something else than a lost thread.
 *
 * @param {MediaManager} manager
 * @param {Ledger} ledger
 * @param {string | URL} url
 * @param {RequestInit} init
 * @param {() => Promise<RequestInit | undefined>} [again] The request for the next attempt; undefined gives up.
 */
async function persist(manager, ledger, url, init, again = async () => init) {
  for (let next = /** @type {RequestInit | undefined} */ (init); next; next = await again()) {
    const response = await manager.fetch(url, next);
    if (response.status !== 503) return response;
    const { details } = await response.json();
    assert.equal(details.applicationError.code, 'MANAGER_LOST');
    assert.equal(response.headers.get('retry-after'), '1');
    ledger.lost += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return undefined;
}

/**
 * Asks the API, until it answers.
 *
 * @param {MediaManager} manager
 * @param {Ledger} ledger
 * @param {string} path
 * @param {object} body
 */
async function ask(manager, ledger, path, body) {
  const headers = { 'content-type': 'application/json' };
  const response = present(await persist(manager, ledger, `${manager.baseUrl}/site-media/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) }));
  assert.equal(response.status, 200);
  return response.json();
}

/**
 * A plain upload. An attempt that was lost may have been done: then the next one is told which file it made.
 *
 * @param {MediaManager} manager
 * @param {Ledger} ledger
 * @param {string} name
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
async function upload(manager, ledger, name, bytes) {
  const { uploadUrl } = await ask(manager, ledger, '/files/generate-upload-url', { mimeType: TYPE, fileName: name });
  const response = present(await persist(manager, ledger, uploadUrl, { method: 'PUT', headers: { 'content-type': TYPE }, body: bytes }));
  const answer = await response.json();
  if (response.status === 409) return answer.details.applicationError.data.fileId;
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer.file.id;
}

/**
 * A TUS upload, which asks for its offset after each chunk that was lost.
 *
 * @param {MediaManager} manager
 * @param {Ledger} ledger
 * @param {string} name
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
async function transfer(manager, ledger, name, bytes) {
  const { uploadUrl, uploadToken } = await ask(manager, ledger, '/files/generate-resumable-upload-url', { mimeType: TYPE, fileName: name });
  const tus = { 'tus-resumable': '1.0.0' };
  const metadata = { 'upload-length': String(bytes.length), 'upload-metadata': `token ${btoa(uploadToken)}` };
  const created = present(await persist(manager, ledger, uploadUrl, { method: 'POST', headers: { ...tus, ...metadata } }));
  const location = new URL(present(created.headers.get('location')), uploadUrl);
  const step = Math.ceil(bytes.length / 3);
  let acknowledged = 0;
  /** @param {number} offset */
  const chunk = (offset) => ({
    method: 'PATCH',
    headers: { ...tus, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
    body: bytes.subarray(offset, offset + step),
  });
  const offsetOf = async () => {
    const head = present(await persist(manager, ledger, location, { method: 'HEAD', headers: tus }));
    assert.equal(head.status, 200);
    const offset = Number(head.headers.get('upload-offset'));
    assert.ok(offset >= acknowledged && offset <= bytes.length, `${offset} of ${bytes.length}, and ${acknowledged} were acknowledged`);
    return offset;
  };
  for (let offset = 0; offset < bytes.length; ) {
    const response = await persist(manager, ledger, location, chunk(offset), async () => undefined);
    if (response) {
      assert.equal(response.status, 204);
      acknowledged = Number(response.headers.get('upload-offset'));
    }
    offset = response ? acknowledged : await offsetOf();
  }
  const end = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' };
  const response = present(await persist(manager, ledger, `${uploadUrl}/${uploadToken}`, end));
  const answer = await response.json();
  if (response.status === 409) return answer.details.applicationError.data.fileId;
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer.file.id;
}

/**
 * Uploads one file after the other until it is told to stop.
 *
 * @param {MediaManager} manager
 * @param {Ledger} ledger
 * @param {number} seed
 * @param {AbortSignal} signal
 */
async function work(manager, ledger, seed, signal) {
  const { next } = random(seed);
  for (let number = 0; !signal.aborted; number += 1) {
    const name = `${seed}-${number}.bin`;
    const bytes = contentOf({ size: Math.ceil(next() * 600_000), seed: seed * 1000 + number });
    const hash = md5(bytes);
    ledger.begun.set(name, hash);
    const id = await (next() < 0.5 ? upload : transfer)(manager, ledger, name, bytes);
    ledger.acknowledged.set(id, { name, hash });
  }
}

/**
 * Checks that the manager holds what was acknowledged, and besides only what was begun, whole.
 *
 * @param {MediaManager} manager
 * @param {Ledger} ledger
 */
async function check(manager, { acknowledged, begun }) {
  const left = new Map(acknowledged);
  for await (const { _id: id, displayName, hash, url } of manager.client.files.listFiles()) {
    const expected = begun.get(present(displayName));
    const bytes = new Uint8Array(await (await manager.fetch(present(url))).arrayBuffer());
    assert.deepEqual([displayName, hash, md5(bytes)], [displayName, expected, expected]);
    const known = left.get(present(id));
    if (known) assert.deepEqual(known, { name: displayName, hash });
    left.delete(present(id));
  }
  assert.deepEqual([...left.values()], [], 'was acknowledged, and is lost');
  const found = await manager.fetch(`${manager.baseUrl}/_wix-media/check`);
  assert.equal((await found.json()).isWhole, true);
}

/**
 * Kills the thread of a manager again and again while workers upload, and looks after each few deaths whether everything is
 * there. For so many kills, or for some minutes.
 *
 * @param {Closing} closing
 * @param {{ seed: number, kills?: number, minutes?: number }} options
 */
export async function failover(closing, { seed, kills = Infinity, minutes = Infinity }) {
  const end = performance.now() + minutes * 60_000;
  const { next } = random(seed);
  const directory = await emptyDirectory(closing);
  const ledger = new Ledger();
  let [killed, reported] = [0, 0];
  /** @type {ManagerOptions} */
  const options = { thread: true, storage: { directory }, onError: () => (reported += 1) };
  for (let life = 0; killed < kills && performance.now() < end; life += 1) {
    const manager = await createManager(options);
    const over = new AbortController();
    const working = Array.from({ length: WORKERS }, (_, worker) => work(manager, ledger, seed * 100 + life * WORKERS + worker, over.signal));
    try {
      for (let death = 0; death < KILLS_PER_LIFE; death += 1) {
        const enough = ledger.acknowledged.size + 3;
        const uploading = async () => {
          while (ledger.acknowledged.size < enough && !over.signal.aborted) await Promise.race([new Promise((resolve) => setTimeout(resolve, 1)), ...working]);
        };
        // Something has to be acknowledged between two deaths.
        await withinTime('the next uploads', uploading());
        await new Promise((resolve) => setTimeout(resolve, next() * 30));
        await kill(manager);
        killed += 1;
      }
      over.abort();
      await withinTime('the last uploads', Promise.all(working));
      await withinTime('the check', check(manager, ledger));
    } finally {
      over.abort();
      // Ends uploads that hang, too.
      await withinTime('the end of the manager', manager.close());
      await Promise.allSettled(working);
    }
  }
  return { kills: killed, reported, acknowledged: ledger.acknowledged.size, lost: ledger.lost };
}
