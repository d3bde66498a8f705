// The faults of the official SDK that ours does not have, one by one, as docs/compare.md lists them. Each test shows
// the official SDK at fault first: where that fails, the fault is gone and the difference with it.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { call, outcome } from '../harness/calls.js';
import { officialClient } from '../harness/clients.js';
import { scriptedClient } from '../harness/client.js';
import { cannedFetch } from '../harness/fetch.js';
import { copy } from '../harness/tagged.js';
import { WixMediaError } from '../harness/package.js';

/** @import { Answer, Link } from '../harness/types.d.ts' */

const KEY = { apiKey: 'k', siteId: 's' };
/** @param {unknown} body */
const ok = (body) => ({ status: 200, body });

/**
 * The same call on both: `{ theirs, ours }`, each with `requests` and `result` or `error`.
 *
 * @param {Answer} answer
 * @param {string} api
 * @param {string} method
 * @param {...unknown} args
 * @returns {Promise<{ theirs: Side, ours: Side }>}
 */
async function both(answer, api, method, ...args) {
  /** @type {Link[] | undefined} */
  const chain = method.includes('.') ? [['find']] : undefined;
  const asked = { api, method: method.split('.')[0], args, chain };
  const canned = cannedFetch(answer);
  const theirs = await outcome(call(officialClient(KEY, canned.fetch), { ...asked, args: copy(args) }));
  const scripted = scriptedClient([answer], { auth: KEY, retry: false });
  const ours = await outcome(call(scripted.client, { ...asked, args: copy(args) }));
  return { theirs: { ...theirs, requests: canned.requests }, ours: { ...ours, requests: scripted.requests } };
}

/** @typedef {{ result?: any, error?: any, requests: any[] }} Side */

/** @param {Side} side */
const bodyOf = (side) => JSON.parse(side.requests[0].body);
/** @param {Side} side */
const isSystemError = ({ error }) => /^System error occurred/.test(error?.message);
/**
 * @param {Side} side
 * @param {string} field
 */
const refuses = ({ error, requests }, field) => {
  assert.ok(error instanceof WixMediaError, String(error));
  assert.equal(error.status, 400);
  assert.equal(error.fieldViolations?.[0].field, field);
  assert.equal(requests.length, 0);
};

suite('requests', () => {
  test('path-injection: a folder ID stays inside its segment of the path', async () => {
    for (const id of ['a/b', 'a?b=c', 'a#b', '50%', 'a%20b', 'back\\slash', 'tab\there', '../../evil']) {
      const { theirs, ours } = await both(ok({ folder: {} }), 'folders', 'getFolder', id);
      /** @param {Side} side */
      const path = ({ requests: [{ url }] }) => new URL(url).pathname;
      assert.equal(path(ours), `/site-media/v1/folders/${encodeURIComponent(id)}`, id);
      assert.notEqual(path(theirs), path(ours), id);
    }
  });

  test('missing-id: no request goes to /folders/undefined', async () => {
    for (const [method, field, ...args] of /** @type {[method: string, field: string, ...args: unknown[]][]} */ ([
      ['getFolder', 'folderId'],
      ['getFolder', 'folderId', ''],
      ['getFolder', 'folderId', null],
      ['generateFolderDownloadUrl', 'folderId', undefined],
      ['updateFolder', '_id', undefined, {}],
    ])) {
      const { theirs, ours } = await both(ok({ folder: {} }), 'folders', method, ...args);
      assert.match(new URL(theirs.requests[0].url).pathname, /\/folders\/(undefined|null|\{folder\.id\}|$|undefined\/.*)/);
      refuses(ours, field);
    }
  });

  test('update-folder-underscore-id: the id is sent once, from the first argument', async () => {
    const { theirs, ours } = await both(ok({ folder: {} }), 'folders', 'updateFolder', 'first', { _id: 'second', displayName: 'a' });
    assert.deepEqual(bodyOf(theirs), { folder: { _id: 'second', displayName: 'a', id: 'first' } });
    assert.deepEqual(bodyOf(ours), { folder: { displayName: 'a', id: 'first' } });
  });

  test('image-undefined-filename: an image without a name has none', async () => {
    const file = { _id: 'f', media: { image: { image: 'wix:image://v1/a.png#originWidth=5&originHeight=6' } } };
    const { theirs, ours } = await both(ok({ file: {} }), 'files', 'updateFileDescriptor', file);
    assert.equal(bodyOf(theirs).file.media.image.image.filename, 'undefined');
    assert.deepEqual(bodyOf(ours).file.media.image.image, { id: 'a.png', height: 6, width: 5, url: file.media.image.image });
  });

  test('raw-url-error: a broken media URL is refused by its path', async () => {
    for (const [media, path] of /** @type {[media: object, path: string][]} */ ([
      [{ image: { image: 'not a URL' } }, 'file.media.image.image'],
      [{ vector: { previewImage: 'wix:image://v1/a/100%.jpg' } }, 'file.media.vector.previewImage'],
      [{ video: 'nonsense' }, 'file.media.video'],
      [{ document: null }, 'file.media.document'],
      [{ audio: { assets: ['wix:audio://v1/a', 'nonsense'] } }, 'file.media.audio.assets[1]'],
      [{ model3d: { thumbnail: '%' } }, 'file.media.model3d.thumbnail'],
    ])) {
      const { theirs, ours } = await both(ok({ file: {} }), 'files', 'updateFileDescriptor', { _id: 'f', media });
      assert.match(theirs.error.name, /TypeError|URIError/, path);
      assert.equal(theirs.error.status, undefined);
      refuses(ours, path);
    }
  });

  test('string-date-argument: an ISO string is accepted', async () => {
    for (const text of ['2023-12-31T23:59:59Z', '2024-05-05T10:00:00+05:30', '2024-01-01']) {
      const { theirs, ours } = await both(ok({ file: {} }), 'files', 'updateFileDescriptor', { _id: 'f', _createdDate: text });
      assert.ok(isSystemError(theirs));
      assert.equal(bodyOf(ours).file.createdDate, text);
    }
  });

  test('invalid-date-argument: an invalid date is refused by its path', async () => {
    for (const date of [new Date(Number.NaN), 'yesterday', '', 5, true, {}]) {
      const { theirs, ours } = await both(ok({ folder: {} }), 'folders', 'updateFolder', 'd', { _updatedDate: date });
      assert.ok(isSystemError(theirs), String(date));
      refuses(ours, 'folder._updatedDate');
    }
  });

  test('undefined-float: an undefined number counts as absent', async () => {
    const sort = { fieldName: 'displayName', origin: { latitude: undefined, longitude: 0 } };
    const list = await both(ok({ files: [] }), 'files', 'listFiles', { sort });
    assert.ok(isSystemError(list.theirs));
    assert.equal(new URL(list.ours.requests[0].url).search, '?sort.fieldName=displayName&sort.origin.longitude=0');
    const media = { image: { faces: [{ confidence: undefined }] } };
    const update = await both(ok({ file: {} }), 'files', 'updateFileDescriptor', { _id: 'f', media });
    assert.ok(isSystemError(update.theirs));
    assert.deepEqual(bodyOf(update.ours).file.media, { image: { faces: [{}] } });
  });
});

/** @param {object} media */
const inFile = (media) => ok({ file: { media } });

suite('answers', () => {
  test('audio-undefined-string: an asset without id and url is undefined', async () => {
    const { theirs, ours } = await both(inFile({ audio: { assets: [{ filename: 'x' }, {}, { url: 'u' }] } }), 'files', 'getFileDescriptor', 'f');
    assert.deepEqual(theirs.result.media.audio.assets, ['undefined', 'undefined', 'u']);
    assert.deepEqual(ours.result.media.audio.assets, [undefined, undefined, 'u']);
  });

  test('audio-assets-null: a null does not reject the page', async () => {
    for (const assets of [null, 'text', 5]) {
      const { theirs, ours } = await both(ok({ files: [{ id: 'a' }, { media: { audio: { assets } } }] }), 'files', 'listFiles');
      assert.ok(isSystemError(theirs));
      assert.deepEqual(ours.result, { files: [{ _id: 'a' }, { media: { audio: { assets } } }] });
    }
  });

  test('null-item: the page resolves with the null in it', async () => {
    for (const [body, expected] of [
      [{ files: [{ id: 'a' }, null] }, { files: [{ _id: 'a' }, null] }],
      [{ files: [null, 5, 'text', { id: 'a' }] }, { files: [null, 5, 'text', { _id: 'a' }] }],
      [{ files: [{ media: { image: { faces: [null] } } }] }, { files: [{ media: { image: { faces: [null] } } }] }],
      [{ files: [{ media: { audio: { assets: [null, { url: 'u' }] } } }] }, { files: [{ media: { audio: { assets: [null, 'u'] } } }] }],
      [{ files: [{ media: { video: { id: 'v', posters: [null] } } }] }, { files: [{ media: { video: 'wix:video://v1/v' } }] }],
    ]) {
      const { theirs, ours } = await both(ok(body), 'files', 'listFiles');
      assert.ok(isSystemError(theirs), JSON.stringify(body));
      assert.deepEqual(ours.result, expected);
    }
    const { theirs, ours } = await both(ok({ folders: [null] }), 'folders', 'listFolders');
    assert.ok(isSystemError(theirs));
    assert.deepEqual(ours.result, { folders: [null] });
  });

  test('scalar-body: a 200 that is neither an object nor a list rejects with INVALID_RESPONSE', async () => {
    for (const body of [null, 'text', 5, true]) {
      for (const [api, method, ...args] of [
        ['files', 'getFileDescriptor', 'f'],
        ['folders', 'createFolder', 'a'],
        ['files', 'listFiles'],
        ['files', 'queryFileDescriptors.find'],
      ]) {
        const { ours } = await both({ status: 200, rawBody: JSON.stringify(body) }, api, method, ...args);
        assert.ok(ours.error instanceof WixMediaError, `${method}: ${body}`);
        assert.equal(ours.error.code, 'INVALID_RESPONSE');
      }
      const { theirs, ours } = await both({ status: 200, rawBody: JSON.stringify(body) }, 'files', 'generateFilesDownloadUrl', ['f']);
      assert.equal(ours.result, theirs.result);
    }
    const { theirs } = await both({ status: 200, rawBody: 'null' }, 'files', 'getFileDescriptor', 'f');
    assert.ok(isSystemError(theirs));
  });

  test('lone-surrogate: is replaced in the URL and kept in the name', async () => {
    const name = '\ud83dfox.jpg';
    const { theirs, ours } = await both(ok({ file: { displayName: name, media: { document: { id: 'd', filename: name } } } }), 'files', 'getFileDescriptor', 'f');
    assert.ok(isSystemError(theirs));
    assert.deepEqual(ours.result, { displayName: name, media: { document: 'wix:document://v1/d/%EF%BF%BDfox.jpg' } });
  });

  test('prototype-key: keys such as constructor stay as they are', async () => {
    const { theirs, ours } = await both(ok({ file: { constructor: 'a', extra: { toString: 'b', 'x.valueOf': 'c' } } }), 'files', 'getFileDescriptor', 'f');
    assert.match(Object.keys(theirs.result).join(), /native code/);
    assert.deepEqual(Object.entries(ours.result), [['constructor', 'a'], ['extra', { toString: 'b', 'x.valueOf': 'c' }]]);
  });

  test('prototype-key: keys of arguments stay as they are', async () => {
    const { theirs, ours } = await both(ok({}), 'files', 'importFile', 'https://a/b', { urlParams: { constructor: 'a' } });
    assert.match(theirs.requests[0].body, /native code/);
    assert.deepEqual(bodyOf(ours).urlParams, { constructor: 'a' });
  });

  test('long-query-fallback: a long ID is converted like any other', async () => {
    const { theirs, ours } = await both(ok({ file: { createdDate: '2024-01-01T00:00:00Z' } }), 'files', 'getFileDescriptor', 'x'.repeat(4001));
    assert.equal(theirs.result._createdDate, '2024-01-01T00:00:00Z');
    assert.deepEqual(ours.result._createdDate, new Date('2024-01-01T00:00:00Z'));
  });
});

/** @param {...object} fieldViolations */
const violations = (...fieldViolations) => ({
  status: 400,
  headers: { 'x-wix-request-id': 'r1' },
  body: { message: 'bad', details: { validationError: { fieldViolations } } },
});

suite('errors', () => {
  test('builder-undefined-argument: the violation names the query', async () => {
    const answer = violations({ field: 'query.filter', description: 'd' });
    const { theirs, ours } = await both(answer, 'files', 'queryFileDescriptors.find');
    assert.equal(theirs.error.details.validationError.fieldViolations[0].field, 'undefined.filter');
    assert.equal(ours.error.details.validationError.fieldViolations[0].field, 'query.filter');
  });

  test('violation-without-field: status and details are kept', async () => {
    for (const violation of [{ description: 'd' }, { field: null, description: 'd' }, { field: 5 }]) {
      const { theirs, ours } = await both(violations(violation), 'folders', 'getFolder', 'd');
      assert.ok(isSystemError(theirs) || theirs.error.status === undefined);
      assert.equal(ours.error.status, 400);
      assert.equal(ours.error.requestId, 'r1');
      assert.deepEqual(ours.error.details, { validationError: { fieldViolations: [violation] }, requestId: 'r1' });
    }
  });

  test('null-validation-error: status and details are kept', async () => {
    const answer = { status: 400, headers: { 'x-wix-request-id': 'r1' }, body: { message: 'm', details: { validationError: null } } };
    const { theirs, ours } = await both(answer, 'folders', 'searchFolders');
    assert.equal(theirs.error.status, undefined);
    assert.equal(ours.error.status, 400);
    assert.equal(ours.error.requestId, 'r1');
    assert.deepEqual(ours.error.details, { validationError: null, requestId: 'r1' });
    assert.match(ours.error.message, /m/);
  });

  test("abort-error: an aborted call rejects with the caller's reason", async () => {
    const { theirs } = await both({ networkError: { name: 'AbortError', message: 'aborted' } }, 'files', 'listFiles');
    assert.equal(theirs.error.name, 'TypeError');
    assert.match(theirs.error.message, /only a getter/);
    const controller = new AbortController();
    const { files } = scriptedClient((request) => new Promise((_, reject) => {
      request.signal.addEventListener('abort', () => reject(request.signal.reason));
      setImmediate(() => controller.abort('my reason'));
    }));
    const { error } = await outcome(files.listFiles({}, { signal: controller.signal }));
    assert.equal(error, 'my reason');
  });

  test('fetch: keeps the error as the cause, without a cycle', async () => {
    const { theirs, ours } = await both({ networkError: { name: 'TypeError', message: 'fetch failed' } }, 'files', 'listFiles');
    assert.equal(theirs.error.runtimeError, theirs.error);
    assert.throws(() => JSON.stringify({ ...theirs.error }), /circular/i);
    assert.equal(ours.error.cause.message, 'fetch failed');
    assert.match(ours.error.message, /fetch failed/);
    JSON.stringify(ours.error);
  });
});

suite('arguments and helpers', () => {
  test('arguments: are unchanged, so that an object can be sent twice', async () => {
    const file = () => ({ _id: 'f', media: { image: { image: 'wix:image://v1/a/b.jpg#originWidth=1&originHeight=2' } } });
    const canned = cannedFetch(ok({ file: {} }), ok({ file: {} }));
    const official = officialClient(KEY, canned.fetch);
    const [spoilt, kept] = [file(), file()];
    await official.files.updateFileDescriptor(spoilt);
    assert.notDeepEqual(spoilt, file());
    const { files, requests } = scriptedClient([ok({ file: {} })]);
    await files.updateFileDescriptor(kept);
    await files.updateFileDescriptor(kept);
    assert.deepEqual(kept, file());
    assert.equal(requests[0].body, requests[1].body);
  });

  test('arguments: may be frozen', async () => {
    const options = Object.freeze({ sort: Object.freeze({ fieldName: '_updatedDate' }) });
    const canned = cannedFetch(ok({ files: [] }));
    await assert.rejects(officialClient(KEY, canned.fetch).files.searchFiles(options));
    const { files, requests } = scriptedClient([ok({ files: [] })]);
    await files.searchFiles(options);
    assert.deepEqual(JSON.parse(requests[0].body), { sort: { fieldName: 'updatedDate' } });
  });

  test('utils.query: works on a client', () => {
    const canned = cannedFetch();
    assert.throws(() => officialClient(KEY, canned.fetch).files.utils.query.QueryBuilder().build());
    const { files } = scriptedClient([]);
    assert.deepEqual(files.utils.query.QueryBuilder().build(), {});
  });
});
