// Streams bytes through a manager in a directory, up by a plain upload and by TUS, and down again, and says how much memory
// that took: `node stream.mjs DIRECTORY BYTES`.
import { createHash } from 'node:crypto';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';

const [directory, total] = [process.argv[2], Number(process.argv[3])];
const CHUNK = 256 * 1024;
const chunk = new Uint8Array(CHUNK).map((_, index) => (index * 31) ^ (index >> 8));

const memory = () => process.memoryUsage().rss;
const STEP = 16 * 1024 * 1024;
let peak = 0;
let since = 0;

/**
 * Looks at the memory every few megabytes, as a timer has no turn while bytes move; with `--expose-gc` garbage does not count.
 *
 * @param {number} bytes
 */
function moved(bytes) {
  since += bytes;
  if (since < STEP) return;
  since = 0;
  globalThis.gc?.();
  peak = Math.max(peak, memory());
}

/**
 * A body of `size` bytes, made while it is read.
 *
 * @param {number} size
 */
function body(size) {
  let left = size;
  return new ReadableStream(
    {
      pull(stream) {
        const length = Math.min(CHUNK, left);
        if (length > 0) stream.enqueue(chunk.subarray(0, length));
        left -= length;
        moved(length);
        if (left === 0) stream.close();
      },
    },
    { highWaterMark: 1 },
  );
}

/** @param {Response} response */
async function read(response) {
  const hash = createHash('md5');
  let length = 0;
  for await (const piece of present(response.body)) {
    hash.update(piece);
    length += piece.length;
    moved(piece.length);
  }
  return { hash: hash.digest('hex'), length };
}

// More than a site takes of files of no known type.
const manager = await createManager({ storage: { directory }, limits: { sizeInBytes: { OTHER: 2 * total } } });
const { files } = manager.client;
const octets = { 'content-type': 'application/octet-stream' };

/**
 * @param {string} fileName
 * @param {number} size
 */
async function plain(fileName, size) {
  const { uploadUrl } = await files.generateFileUploadUrl('application/octet-stream', { fileName });
  const response = await manager.fetch(present(uploadUrl), { method: 'PUT', headers: octets, body: body(size), duplex: 'half' });
  return (await response.json()).file;
}

/**
 * @param {string} fileName
 * @param {number} size
 */
async function resumable(fileName, size) {
  const { uploadUrl, uploadToken } = await files.generateFileResumableUploadUrl('application/octet-stream', { fileName });
  const tus = { 'tus-resumable': '1.0.0' };
  const created = await manager.fetch(present(uploadUrl), { method: 'POST', headers: { ...tus, 'upload-length': String(size), 'upload-metadata': `token ${btoa(present(uploadToken))}` } });
  const location = new URL(present(created.headers.get('location')), uploadUrl);
  const step = Math.ceil(size / 2);
  for (let offset = 0; offset < size; offset += step) {
    const headers = { ...tus, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' };
    const { status } = await manager.fetch(location, { method: 'PATCH', headers, body: body(Math.min(step, size - offset)), duplex: 'half' });
    if (status !== 204) throw new Error(`a chunk was answered with ${status}`);
  }
  const response = await manager.fetch(`${uploadUrl}/${uploadToken}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' });
  return (await response.json()).file;
}

/**
 * Everything once, so that code is compiled and pools are filled.
 *
 * @param {number} size
 * @param {string} name
 */
async function once(size, name) {
  /** @type {Record<string, number>} */
  const times = {};
  const results = [];
  for (const [way, upload] of Object.entries({ plain, resumable })) {
    const begun = performance.now();
    const file = await upload(`${name} ${way}.bin`, size);
    times[`${way} up`] = performance.now() - begun;
    const middle = performance.now();
    const found = await read(await manager.fetch(file.url));
    times[`${way} down`] = performance.now() - middle;
    results.push({ right: found.hash === file.hash && found.length === size && file.sizeInBytes === String(size) });
    await files.bulkDeleteFiles([file.id], { permanent: true });
  }
  return { times, right: results.every(({ right }) => right) };
}

await once(4 * CHUNK, 'small');
globalThis.gc?.();
const base = memory();
const { times, right } = await once(total, 'large');
await manager.close();
console.log(JSON.stringify({ total, right, growth: peak - base, base, times }));
