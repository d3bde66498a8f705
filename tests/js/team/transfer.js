// An upload by TUS whose requests go to whichever process the caller names.
import assert from 'node:assert/strict';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';

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
  const headers = (/** @type {number} */ from) => ({ ...TUS, 'upload-offset': String(from), 'content-type': 'application/offset+octet-stream' });
  return {
    path,
    headers,
    /**
     * Sends a piece.
     *
     * @param {string} origin
     * @param {number} from
     * @param {number} to
     */
    send: async (origin, from, to) => {
      const response = await fetch(origin + path, { method: 'PATCH', headers: headers(from), body: bytes.slice(from, to) });
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
      const response = await fetch(`${origin}${upload}/${uploadToken}`, { method: 'PUT' });
      const answer = await response.json();
      assert.equal(response.status, 200, JSON.stringify(answer));
      return answer.file;
    },
  };
}
