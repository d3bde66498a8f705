// Every function that the package exports, called with hostile arguments, responses, streams and fetches. It may resolve or reject,
// but rejects and throws only with a WixMediaError or the caller's own abort reason.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, suite, test } from 'node:test';
import { inspect } from 'node:util';
import { ok, scriptedClient, validArguments } from '../harness/client.js';
import { fault, none, OWN_REASON, thrower, UNUSABLE, VALUES } from '../harness/hostile.js';
import * as library from '../harness/package.js';

/** @import { Client } from '../harness/package.js' */

const { createClient } = library;

/** Some arguments are paths of directories that a function creates. */
const folders = { before: process.cwd(), own: '' };
before(async () => {
  folders.own = await mkdtemp(join(tmpdir(), 'wix-media-'));
  process.chdir(folders.own);
});
after(async () => {
  process.chdir(folders.before);
  await rm(folders.own, { recursive: true, force: true });
});

/** @type {Record<string, unknown[]>} */
const MORE_ARGUMENTS = {
  upload: [new Uint8Array(3), { displayName: 'a.txt' }],
  uploadAll: [[new Uint8Array(3)], {}],
  waitUntilReady: ['f1', { timeoutMs: 100 }],
  list: [{}],
  pause: ['u1'],
  resume: ['u1', new Uint8Array(3), {}],
  cancel: ['u1', {}],
  file: ['f1', {}],
  zip: [{ fileIds: ['f1'] }, {}],
  toDirectory: ['d1', '/dev/null/none', {}],
  resolve: ['/a', {}],
  ensure: ['/a', {}],
  walk: ['/', {}],
  tree: ['/', {}],
  plan: [['f1'], {}],
  empty: [{}],
  restoreAll: [{}],
  process: ['jwt', { publicKey: 'key' }],
  processRequest: [{ text: async () => 'jwt' }, { publicKey: 'key' }],
  parseJWT: ['jwt', { publicKey: 'key' }],
  parseRequest: [{ text: async () => 'jwt' }, { publicKey: 'key' }],
  executeHandlers: [{ instanceId: 'i', eventType: 'wix.media.site_media.v1.file_descriptor_file_ready', payload: {} }],
};

/**
 * Usual arguments of a function, with room for its options.
 *
 * @param {string} name
 * @returns {unknown[]}
 */
const argumentsOf = (name) => MORE_ARGUMENTS[name] ?? (validArguments[name] ? [...validArguments[name], undefined, undefined] : [undefined, undefined]);

/**
 * Every combination of a function's usual arguments with one strange value at one place.
 *
 * @param {string} name
 * @returns {Generator<[what: string, args: unknown[]]>}
 */
function* spoiled(name) {
  const usual = argumentsOf(name);
  for (const at of usual.keys()) {
    for (const [what, make] of Object.entries(name in validArguments ? { ...VALUES, ...UNUSABLE } : VALUES)) {
      yield [`${name}, ${what} at ${at}`, usual.with(at, make())];
    }
  }
}

/**
 * The functions of a client by group.
 *
 * @param {Client} client
 * @returns {[group: string, name: string, call: (...args: any[]) => unknown][]}
 */
const functionsOf = (client) =>
  Object.entries(client).flatMap(([group, functions]) =>
    Object.entries(functions).flatMap(([name, call]) => (typeof call === 'function' ? [/** @type {[string, string, any]} */ ([group, name, call])] : [])),
  );

/** A client of an empty service, so that every call ends at once. */
const emptyClient = () => scriptedClient([ok({ files: [], folders: [], file: { id: 'f1', operationStatus: 'READY' }, folder: { id: 'd1' } })], { retry: false, timeoutMs: 5000 }).client;

suite('arguments', () => {
  for (const [group, name] of functionsOf(emptyClient())) {
    test(`${group}.${name}: rejects with a WixMediaError whatever it is given`, async () => {
      const faults = [];
      for (const [what, args] of spoiled(name)) {
        const call = /** @type {any} */ (emptyClient())[group][name];
        faults.push(await fault(what, () => call(...args)));
      }
      none(faults);
    });
  }

  for (const name of /** @type {const} */ (['queryFileDescriptors', 'queryFolders'])) {
    test(`${name} builder: throws a WixMediaError whatever it is given`, async () => {
      const faults = [];
      const builderOf = () => /** @type {Record<string, any>} */ ({ ...emptyClient().files, ...emptyClient().folders })[name]();
      for (const [method, own] of Object.entries(builderOf())) {
        if (typeof own !== 'function') continue;
        for (const [what, make] of Object.entries(VALUES)) {
          faults.push(await fault(`${method}, ${what}`, () => (method === 'find' ? builderOf().find(make()) : builderOf()[method](make(), make()).find())));
        }
      }
      none(faults);
    });
  }

  for (const [name, helper] of Object.entries(library.media)) {
    test(`media.${name}: throws a WixMediaError whatever it is given`, async () => {
      const faults = [];
      for (const [what, make] of Object.entries(VALUES)) {
        for (const usual of ['wix:image://v1/a~mv2.jpg/b.jpg#originWidth=5&originHeight=5', make()]) {
          faults.push(await fault(what, () => /** @type {any} */ (helper)(usual, make(), make(), make())));
        }
      }
      none(faults);
    });
  }

  test('createClient: throws a WixMediaError whatever it is given', async () => {
    const faults = [];
    const names = ['auth', 'baseUrl', 'fetch', 'headers', 'manager', 'retry', 'timeoutMs', 'on'];
    for (const [what, make] of Object.entries(VALUES)) {
      faults.push(await fault(what, () => createClient(/** @type {any} */ (make())) && undefined));
      for (const name of names) {
        const options = { auth: { apiKey: 'k', siteId: 's' }, fetch: async () => Response.json({ files: [] }), retry: { baseDelayMs: 1 }, [name]: make() };
        faults.push(await fault(`${name}, ${what}`, () => createClient(/** @type {any} */ (options)).files.listFiles()));
      }
      for (const name of ['apiKey', 'siteId', 'accessToken', 'clientId', 'appId', 'tokens', 'onTokens', 'getAuthHeaders']) {
        const auth = { apiKey: '', appSecret: 's', instanceId: 'i', [name]: make() };
        const fetch = async () => Response.json({ access_token: 't' });
        faults.push(await fault(`auth.${name}, ${what}`, () => createClient(/** @type {any} */ ({ auth, fetch, retry: false })).files.listFiles()));
      }
    }
    none(faults);
  });

  test('createClient, query builders and image URLs: say that arguments cannot be read, as nothing is sent', async () => {
    const unreadable = { toString: thrower, valueOf: thrower };
    const { files } = emptyClient();
    for (const use of [
      () => createClient({ baseUrl: /** @type {any} */ (unreadable) }),
      () => files.queryFileDescriptors().eq(/** @type {any} */ (unreadable), 'x'),
      () => library.media.getScaledToFitImageUrl('wix:image://v1/a.jpg', /** @type {any} */ (unreadable), 5),
    ]) {
      assert.throws(use, (/** @type {any} */ error) => {
        const [{ field, description }] = error.fieldViolations;
        return field === 'arguments' && description.startsWith('cannot be read: ');
      });
    }
  });

  test('configure and init: throw a WixMediaError whatever they are given', async () => {
    // init reads the members of a plain object of files, which are the caller's own.
    const own = ['an object with a getter that throws', 'a then that throws'];
    for (const [number, [what, make]] of Object.entries(VALUES).entries()) {
      // Each has its own instance of the package, since both work once.
      const fresh = await import(`../../../dist/node.js?hostile=${number}`);
      /** @param {unknown} error */
      const typed = (error) => assert.ok(error === OWN_REASON || error instanceof fresh.WixMediaError, `${what}: ${inspect(error)}`);
      for (const use of [...(own.includes(what) ? [] : [() => fresh.init(make())]), () => fresh.configure(make())]) {
        try {
          await use();
        } catch (error) {
          typed(error);
        }
      }
    }
  });
});

suite('answers', () => {
  const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);
  /** @type {Record<string, () => unknown>} */
  const ANSWERS = {
    ...VALUES,
    ...UNUSABLE,
    'HTML instead of JSON': () => new Response('<html>'),
    'a status without a body': () => new Response(null, { status: 204 }),
    'a body that fails': () => new Response(new ReadableStream({ pull: (controller) => controller.error(new RangeError('cut')) })),
    'a body that fails with nothing': () => new Response(new ReadableStream({ pull: (controller) => controller.error(undefined) })),
    'an opaque answer': () => Response.error(),
    'deep nesting': () => new Response('['.repeat(50_000)),
    'other types than expected': () => Response.json({ files: 5, folders: 'x', file: 5, folder: 5, results: 5, nextCursor: 5, pagingMetadata: 5, uploadUrl: 5, downloadUrl: {}, downloadUrls: 5 }),
    'nothing but nulls': () => Response.json({ files: null, folders: null, file: null, folder: null, results: null, nextCursor: null, pagingMetadata: null, uploadUrl: null, downloadUrl: null, downloadUrls: null }),
    'nulls in lists': () => Response.json({ files: [null, 5, 'x'], folders: [null, 5, 'x'], downloadUrls: [null], nextCursor: { cursors: { next: {} }, hasNext: true }, pagingMetadata: { cursors: { next: 5 } } }),
    'invalid URLs': () => Response.json({ file: { id: 'f', url: 'nowhere', sizeInBytes: 'many' }, files: [{ id: 'f', url: ':' }], uploadUrl: 'nowhere', downloadUrl: 'nowhere', downloadUrls: [{ url: 'nowhere', assetKey: 'src' }] }),
    'a failure with odd details': () => Response.json({ message: 5, details: { validationError: { fieldViolations: 'many' }, applicationError: [] } }, { status: 400 }),
    'a failure with invalid violations': () => Response.json({ details: { validationError: { fieldViolations: [null, 5, { field: {} }] } } }, { status: 428 }),
    'a status that is a text': () => ({ status: 'fine', headers: {}, json: async () => ({}) }),
    'a huge status': () => ({ status: 1e9, headers: {}, text: async () => '' }),
    'headers that throw': () => ({ status: 200, headers: { get: thrower }, text: async () => '{}' }),
    'headers with invalid names and values': () => ({ status: 200, headers: { 'ünknown name': '\n' }, text: async () => '{}' }),
    'headers as a list': () => ({ status: 200, headers: [['x-wix-request-id', 'r1']], text: async () => '{}' }),
    'headers as numbers': () => ({ status: 429, headers: { get: () => 5 }, text: async () => '{}' }),
    'a text that is a symbol': () => ({ status: 200, headers: {}, text: async () => Symbol('s') }),
    'a buffer that is a text': () => ({ status: 200, headers: {}, arrayBuffer: async () => 'text' }),
    'JSON that is a bigint': () => ({ status: 200, headers: {}, json: async () => 1n }),
    'a body that throws': () => ({ status: 200, headers: {}, arrayBuffer: thrower }),
    'a getter that throws': () => Object.defineProperty({ headers: {} }, 'status', { get: thrower }),
    'an answer for uploads': () => ({ status: 201, headers: new Headers({ location: 'nowhere', 'upload-offset': 'many' }), arrayBuffer: async () => bytes('{"file":{"id":"f1"}}').buffer }),
  };

  for (const [group, name] of functionsOf(emptyClient())) {
    test(`${group}.${name}: rejects with a WixMediaError whatever fetch gives`, async () => {
      const faults = [];
      for (const [what, make] of Object.entries(ANSWERS)) {
        for (const fetch of [async () => make(), () => make()]) {
          const client = createClient(/** @type {any} */ ({ auth: { apiKey: 'k', siteId: 's' }, fetch, retry: false, timeoutMs: 2000 }));
          const call = /** @type {any} */ (client)[group][name];
          faults.push(await fault(what, () => call(...argumentsOf(name))));
        }
      }
      none(faults);
    });

    test(`${group}.${name}: rejects with a WixMediaError however fetch fails`, async () => {
      const faults = [];
      for (const [what, make] of Object.entries(VALUES)) {
        const fetches = [
          () => Promise.reject(make()),
          () => {
            throw make();
          },
        ];
        for (const fetch of fetches) {
          const client = createClient(/** @type {any} */ ({ auth: { apiKey: 'k', siteId: 's' }, fetch, retry: false, timeoutMs: 2000 }));
          const call = /** @type {any} */ (client)[group][name];
          faults.push(await fault(what, () => call(...argumentsOf(name))));
        }
      }
      none(faults);
    });
  }

  test('credentials: are rejected with a WixMediaError whatever the token answer is', async () => {
    const faults = [];
    for (const [what, make] of Object.entries(ANSWERS)) {
      for (const auth of [{ clientId: 'c' }, { appId: 'a', appSecret: 's', instanceId: 'i' }]) {
        const client = createClient(/** @type {any} */ ({ auth, fetch: async () => make(), retry: false, timeoutMs: 2000 }));
        faults.push(await fault(what, () => client.files.listFiles()));
      }
    }
    none(faults);
  });
});

test('exports: are all covered', () => {
  const walked = new Set(['configure', 'createClient', 'createManager', 'init', 'media', 'WixMediaError', 'default', ...Object.keys(emptyClient())]);
  const enums = Object.keys(library).filter((name) => /^[A-Z]/.test(name) && name !== 'WixMediaError');
  assert.deepEqual(Object.keys(library).filter((name) => !walked.has(name) && !enums.includes(name)), []);
  assert.ok(functionsOf(emptyClient()).length > 50);
});
