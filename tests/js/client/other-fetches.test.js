// Responses of other implementations of fetch, and of test doubles, which have only some members of a Response.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { rejection } from '../harness/client.js';
import { createClient, WixMediaError } from '../harness/package.js';

const FOUND = '{"files":[{"id":"f1","displayName":"é.jpg","createdDate":"2024-01-05T10:11:12Z"}],"nextCursor":{"hasNext":false}}';
const REFUSED = '{"message":"","details":{"applicationError":{"code":"NOT_HERE","description":"no such file"}}}';

/** @param {string} text */
const bytes = (text) => new TextEncoder().encode(text);

/** Headers like those of node-fetch: its own class, which finds names in any spelling. */
class OwnHeaders {
  /** @param {Record<string, string>} given */
  constructor(given) {
    this.map = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), [value]]));
  }

  /** @param {string} name */
  get(name) {
    return this.map[name.toLowerCase()]?.join(', ') ?? null;
  }

  raw() {
    return this.map;
  }
}

/** A response as jsdom and other test environments make it: all its objects belong to another realm. */
const ofAnotherRealm = runInContext(
  `(status, text, id) => {
    const headers = new Map([['x-wix-request-id', id]]);
    return {
      status, ok: status === 200, statusText: '', url: '', headers,
      arrayBuffer: async () => Uint8Array.from(text, (character) => character.charCodeAt(0)).buffer,
    };
  }`,
  createContext({}),
);

/** @type {Record<string, (status: number, text: string) => unknown>} */
const ANSWERS = {
  'a Response of the runtime': (status, text) => new Response(text, { status, headers: { 'x-wix-request-id': 'r1' } }),
  'an answer of node-fetch': (status, text) => ({
    status,
    ok: status === 200,
    statusText: 'Status',
    url: 'https://www.wixapis.com/site-media/v1/files',
    size: 0,
    timeout: 0,
    headers: new OwnHeaders({ 'X-Wix-Request-Id': 'r1' }),
    // A stream of Node instead of a web stream.
    body: Readable.from([bytes(text)]),
    arrayBuffer: async () => bytes(text).buffer,
    text: async () => text,
    json: async () => JSON.parse(text),
  }),
  'an answer of another realm': (status, text) => ofAnotherRealm(status, String.fromCharCode(...bytes(text)), 'r1'),
  'a plain object of headers': (status, text) => ({ status, headers: { 'X-Wix-Request-Id': 'r1' }, text: async () => text }),
  'a list of headers': (status, text) => ({ status, headers: [['x-wix-request-id', 'r1']], text: async () => text }),
  'a map of headers': (status, text) => ({ status, headers: new Map([['x-wix-request-id', 'r1']]), text: async () => text }),
  'headers without a prototype': (status, text) => ({
    status,
    headers: Object.assign(Object.create(null), { 'x-wix-request-id': 'r1', 'set-cookie': ['a', 'b'] }),
    json: async () => JSON.parse(text),
  }),
  'a body in a view of a larger buffer': (status, text) => ({
    status,
    headers: { 'x-wix-request-id': 'r1' },
    arrayBuffer: async () => Buffer.from(`  ${text}  `).subarray(2, 2 + Buffer.byteLength(text)),
  }),
};

/** @param {unknown} answer */
const clientOf = (answer) =>
  createClient({ auth: { apiKey: 'k', siteId: 's' }, fetch: /** @type {any} */ (async () => answer), retry: false });

suite('other implementations of fetch', () => {
  for (const [what, answer] of Object.entries(ANSWERS)) {
    test(`${what}: is read like a Response`, async () => {
      const { files } = await clientOf(answer(200, FOUND)).files.listFiles();
      assert.equal(files?.[0].displayName, 'é.jpg');
      assert.deepEqual(files?.[0]._createdDate, new Date('2024-01-05T10:11:12Z'));
    });

    test(`${what}: becomes the error that a Response becomes`, async () => {
      const error = await rejection(clientOf(answer(404, REFUSED)).files.getFileDescriptor('f1'));
      assert.ok(error instanceof WixMediaError);
      assert.deepEqual([error.code, error.status, error.requestId], ['NOT_HERE', 404, 'r1']);
    });
  }

  test('an answer without headers: is read, and its error has no request id', async () => {
    const json = async () => JSON.parse(FOUND);
    assert.equal((await clientOf({ status: 200, json }).files.listFiles()).files?.length, 1);
    const error = await rejection(clientOf({ status: 404, text: async () => REFUSED }).files.getFileDescriptor('f1'));
    assert.deepEqual([error.code, error.requestId ?? undefined], ['NOT_HERE', undefined]);
  });

  for (const [what, answer, code] of /** @type {[what: string, answer: unknown, code: string][]} */ ([
    ['an answer without a body', { status: 200, headers: {} }, 'INVALID_RESPONSE'],
    ['an answer of another client', { status: 200, data: { files: [] } }, 'INVALID_RESPONSE'],
    ['an answer with a blob only', { status: 200, blob: async () => new Blob([FOUND]) }, 'INVALID_RESPONSE'],
    ['no answer', undefined, 'NETWORK'],
    ['a text', 'files', 'NETWORK'],
  ])) {
    test(`${what}: rejects with ${code}`, async () => {
      const error = await rejection(clientOf(answer).files.listFiles());
      assert.ok(error instanceof WixMediaError, String(error));
      assert.equal(error.code, code);
    });
  }
});
