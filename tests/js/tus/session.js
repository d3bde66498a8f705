// An upload session by TUS 1.0.0 (https://tus.io/protocols/resumable-upload), one request at a time.
import assert from 'node:assert/strict';
import { open } from '../manager/place.js';
import { present } from '../harness/present.js';

/**
 * @import { ManagerOptions } from '../harness/package.js'
 * @import { Closing } from '../harness/types.d.ts'
 */

export const VERSION = '1.0.0';
/** Seven days, after which a session expires, and the slack that the manager grants to clocks. */
export const LIFE_MS = 7 * 86_400_000 + 11_000;

/** @typedef {Record<string, string | undefined>} TusHeaders */

/** @param {string} text */
export const base64 = (text) => Buffer.from(text).toString('base64');

/**
 * A manager and a URL for one upload. `send(method, url, headers, body)` sends the version unless a header says otherwise, and
 * asserts that every answer says it too, also a refusal. `undefined` leaves a header out.
 *
 * @param {Closing} t
 * @param {{ mimeType?: string, fileName?: string } & ManagerOptions} [options]
 */
export async function begin(t, { mimeType = 'application/octet-stream', fileName = 'some.bin', ...options } = {}) {
  const manager = await open(t, { clock: 'virtual', ids: { seed: 1 }, ...options });
  const { uploadUrl, uploadToken } = await manager.client.files.generateFileResumableUploadUrl(mimeType, { fileName });

  /**
   * @param {string} method
   * @param {string | URL} url
   * @param {TusHeaders} [headers]
   * @param {BodyInit} [body]
   */
  const send = async (method, url, headers = {}, body) => {
    const all = Object.entries({ 'tus-resumable': VERSION, ...headers }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
    const response = await manager.fetch(url, { method, headers: Object.fromEntries(all), body });
    assert.equal(response.headers.get('tus-resumable'), VERSION, `${method}: Tus-Resumable of an answer with ${response.status}`);
    return response;
  };
  const metadata = `filename ${base64(fileName)},contentType ${base64(mimeType)},token ${base64(present(uploadToken))}`;
  /**
   * @param {number} length
   * @param {TusHeaders} [headers]
   * @param {BodyInit} [body]
   */
  const create = (length, headers, body) =>
    send('POST', present(uploadUrl), { 'upload-length': String(length), 'upload-metadata': metadata, ...headers }, body);

  return {
    manager,
    uploadUrl,
    uploadToken,
    metadata,
    send,
    create,
    /**
     * Creates the session; gives its URL.
     *
     * @param {number} length
     */
    async location(length) {
      const response = await create(length);
      assert.equal(response.status, 201);
      return new URL(present(response.headers.get('location')), uploadUrl).href;
    },
    /**
     * @param {string} url
     * @param {TusHeaders} [headers]
     */
    head: (url, headers) => send('HEAD', url, headers),
    /**
     * @param {string} url
     * @param {number | string} offset
     * @param {BodyInit} [body]
     * @param {TusHeaders} [headers]
     */
    patch: (url, offset, body, headers) =>
      send('PATCH', url, { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream', ...headers }, body),
    /** The request that makes a file; it is JSON of the service and not a part of TUS. */
    async finalise({ query = '', token = uploadToken } = {}) {
      const init = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{}' };
      const response = await manager.fetch(`${uploadUrl}/${token}${query}`, init);
      return { status: response.status, body: await response.json() };
    },
    /**
     * The offset that the manager reports.
     *
     * @param {string} url
     */
    async offset(url) {
      return Number((await send('HEAD', url)).headers.get('upload-offset'));
    },
    expire: () => manager.clock.advance(LIFE_MS),
  };
}

/**
 * The code of a refusal.
 *
 * @param {Response} response
 */
export const codeOf = async (response) => (await response.json()).details.applicationError?.code;
