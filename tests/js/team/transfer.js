// An upload by TUS whose requests go to whichever process the caller names.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { ask } from './native.js';

/** @import { Answer } from './native.js' */

const TUS = { 'tus-resumable': '1.0.0' };

/**
 * Begins a transfer of these bytes.
 *
 * @param {string} baseUrl
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export async function transfer(baseUrl, bytes) {
  const { files } = createClient({ baseUrl });
  const { uploadUrl, uploadToken } = await files.generateFileResumableUploadUrl('application/octet-stream', { fileName: 'transfer.bin' });
  const upload = new URL(present(uploadUrl)).pathname;
  const created = await fetch(baseUrl + upload, {
    method: 'POST',
    headers: { ...TUS, 'upload-length': String(bytes.length), 'upload-metadata': `token ${btoa(present(uploadToken))}` },
  });
  assert.equal(created.status, 201);
  const path = new URL(present(created.headers.get('location'))).pathname;
  /** @param {string} origin */
  const finalising = (origin) => `${origin}${upload}/${uploadToken}`;
  return {
    path,
    headers: patch,
    /** The URL of the PUT that makes the file. */
    finalising,
    /**
     * Sends a piece.
     *
     * @param {string} origin
     * @param {number} from
     * @param {number} to
     */
    send: async (origin, from, to) => {
      const response = await fetch(origin + path, { method: 'PATCH', headers: patch(from), body: bytes.slice(from, to) });
      assert.equal(response.status, 204, await response.text());
    },
    /**
     * The number of bytes that are kept.
     *
     * @param {string} origin
     */
    offset: async (origin) => Number((await fetch(origin + path, { method: 'HEAD', headers: TUS })).headers.get('upload-offset')),
    /**
     * Makes the file, and returns it.
     *
     * @param {string} origin
     */
    finalise: async (origin) => {
      const response = await fetch(finalising(origin), { method: 'PUT' });
      const answer = await response.json();
      assert.equal(response.status, 200, JSON.stringify(answer));
      return answer.file;
    },
  };
}

/** How often a piece is sent, at most. */
const MAX_TRIES = 4000;

/**
 * Creates a transfer, and returns its path. None if nobody answers.
 *
 * @param {string} origin
 * @param {string} path Of its upload URL.
 * @param {string} token
 * @param {number} length
 */
export async function created(origin, path, token, length) {
  const headers = { ...TUS, 'upload-length': String(length), 'upload-metadata': `token ${btoa(token)}` };
  const answer = await ask(origin, 'POST', path, { headers }).catch(() => undefined);
  return answer?.status === 201 ? new URL(String(answer.headers.location)).pathname : undefined;
}

/**
 * The headers of a PATCH.
 *
 * @param {number} offset
 */
export const patch = (offset) => ({ ...TUS, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' });

/**
 * Sends bytes in pieces, each again from where a server has got to, for as long as that takes. Fails if bytes are gone that were
 * acknowledged. False if the transfer could not be created.
 *
 * @param {string} origin
 * @param {string} path Of its upload URL.
 * @param {string} token
 * @param {Uint8Array} bytes
 * @param {(limit: number) => number} below Chooses the length of a piece.
 */
export async function sendInPieces(origin, path, token, bytes, below) {
  const own = await created(origin, path, token, bytes.length);
  if (!own) return false;
  let offset = 0;
  for (let tries = 0; offset < bytes.length; tries += 1) {
    assert.ok(tries < MAX_TRIES, `the transfer ends after ${offset} of ${bytes.length} bytes`);
    // Half of them bring all that is left, as most clients do.
    const piece = bytes.subarray(offset, below(2) === 0 ? undefined : offset + 1 + below(bytes.length));
    const sent = await ask(origin, 'PATCH', own, { headers: patch(offset), body: piece }).catch(() => undefined);
    if (sent?.status === 204) {
      offset = Number(sent.headers['upload-offset']);
      continue;
    }
    /** @type {Answer | undefined} */
    const head = await ask(origin, 'HEAD', own, { headers: TUS }).catch(() => undefined);
    if (head?.status !== 200) {
      assert.ok(![404, 410].includes(Number(head?.status)), 'a transfer is gone');
      await setTimeout(50);
      continue;
    }
    /** @type {number} */
    const kept = Number(head.headers['upload-offset']);
    assert.ok(kept >= offset, `${offset} bytes were acknowledged, and ${kept} are there`);
    offset = kept;
  }
  return true;
}

/**
 * Begins a PATCH with all of the bytes, of which the first few are sent. It is admitted then.
 *
 * @param {string} origin
 * @param {string} path
 * @param {Uint8Array} bytes
 */
export async function begin(origin, path, bytes) {
  const headers = { ...patch(0), expect: '100-continue', 'content-length': bytes.length };
  const request = httpRequest(origin + path, { method: 'PATCH', headers, agent: false });
  /** @type {Promise<number>} */
  const status = new Promise((resolve, reject) => {
    request.on('response', (response) => resolve(response.resume().statusCode ?? 0)).on('error', reject);
  });
  status.catch(() => {});
  await Promise.race([once(request, 'continue'), status]);
  const half = bytes.length >> 1;
  request.write(bytes.subarray(0, half));
  return {
    /** Sends the rest, and returns the status of the answer. */
    end: () => {
      request.end(bytes.subarray(half));
      return status;
    },
  };
}

/**
 * Sends bytes to one process while another one still waits for them, and expects that the latter refuses them. False if the transfer could
 * not be created.
 *
 * @param {string[]} origins
 * @param {string} path Of its upload URL.
 * @param {string} token
 * @param {Uint8Array} bytes
 */
export async function overtaken([one, other], path, token, bytes) {
  const own = await created(one, path, token, bytes.length);
  if (!own) return false;
  const late = await begin(one, own, bytes);
  const sent = await ask(other, 'PATCH', own, { headers: patch(0), body: bytes });
  assert.equal(sent.status, 204, sent.text);
  assert.equal(await late.end(), 409, 'a PATCH that another one has overtaken is refused');
  return true;
}
