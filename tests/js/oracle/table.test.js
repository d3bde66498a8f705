// Hand-picked cases for every call, on the official SDK and on ours: what the calls are made for, and the corners that
// chance would take long to find.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isQuery, operations } from '../harness/operations.js';
import { expectation, judgement, runOurs } from './expectation.js';

/** @import { Answer, Case, Link } from '../harness/types.d.ts' */

/** @param {unknown} body */
const ok = (body) => ({ status: 200, headers: { 'x-wix-request-id': 'r1' }, body });
const image = { id: 'a1b2c3_0f1e~mv2.jpg', url: 'https://static.example.com/a', width: 3024, height: 4032, filename: 'red fox.jpg' };
const descriptor = {
  id: 'a1b2c3_0f1e~mv2.jpg',
  displayName: 'red fox.jpg',
  createdDate: '2024-02-29T12:34:56.789Z',
  updatedDate: '2023-12-31T23:59:59Z',
  labels: ['fox'],
  media: { image: { image, faces: [{ confidence: 'NaN' }] } },
};
const folder = { id: 'd1', displayName: 'Foxes', createdDate: '2024-03-01T08:00:00Z', updatedDate: null };
const pages = { nextCursor: { cursors: { next: 'n' }, hasNext: true }, pagingMetadata: { cursors: { next: 'n', prev: null }, count: 1 } };

/** @type {Record<string, Answer>} */
const ANSWERS = {
  plain: ok({ downloadUrl: 'https://x/y', uploadUrl: 'u', uploadToken: 't', id: 'x', list: [{ id: 1, createdDate: 'x' }] }),
  nothing: ok({}),
  file: ok({ file: descriptor }),
  files: ok({ files: [descriptor, { id: 'b' }], ...pages }),
  results: ok({
    results: [
      { itemMetadata: { id: 'a', originalIndex: 0, success: true }, item: descriptor },
      { itemMetadata: { originalIndex: 1, success: false, error: { code: 'X', description: 'd', data: { id: 1 } } } },
    ],
    bulkActionMetadata: { totalSuccesses: 1, totalFailures: 1, undetailedFailures: 0 },
  }),
  folder: ok({ folder }),
  folders: ok({ folders: [folder, {}], ...pages }),
};

// The answers that every call has to take: good ones in odd shapes, and bad ones.
/** @type {Answer[]} */
const FAILURES = [
  ok({}),
  ok({ file: null, files: null, folder: null, folders: null, results: null }),
  ok({ file: [descriptor], files: descriptor, folder: [folder], folders: folder, results: { item: descriptor } }),
  ok([descriptor]),
  { status: 200, rawBody: '' },
  { status: 200, rawBody: '\ufeff{}' },
  { status: 200, rawBody: 'null' },
  { status: 201, statusText: 'Created', body: { file: descriptor, folder } },
  { status: 204, statusText: 'No Content' },
  { status: 404, statusText: 'Not Found', rawBody: '<html>' },
  { status: 500, body: { message: '', details: {} } },
  { status: 400, body: { message: 'm', details: { applicationError: { code: 'C', description: 'd', data: { id: 'kept' } } } } },
  { status: 400, body: { message: 'm', details: { applicationError: { code: 'C', description: 'm' } } } },
  { status: 400, body: { message: 'm', details: { applicationError: null } } },
  {
    status: 400,
    headers: { 'X-Wix-Request-Id': 'r2' },
    body: {
      message: 'm',
      details: {
        validationError: {
          fieldViolations: ['fileId', 'fileIds[0]', 'file.displayName', 'folder.id', 'folder.displayName', 'folderId', 'displayName', 'paging.limit', 'sort', 'query.filter', 'url', 'permanent', 'other', 'parentFolderId'].map(
            (field) => ({ field, description: `about ${field}`, data: { id: 'kept' } }),
          ),
        },
      },
    },
  },
  { networkError: { name: 'TypeError', message: 'fetch failed' } },
];

const id = 'a1b2c3_0f1e~mv2.jpg';
const uri = `wix:image://v1/${id}/red%20fox.jpg#originWidth=3024&originHeight=4032`;
const many = Array.from({ length: 300 }, (_, number) => `${id}${number}`);
const options = { parentFolderId: 'media-root', mediaTypes: ['IMAGE', 'VIDEO'], private: false, sort: { fieldName: '_updatedDate', order: 'DESC' }, paging: { limit: 5, cursor: 'c+/=' } };
const upload = { fileName: 'a b.jpg', sizeInBytes: '5', parentFolderId: 'd', private: true, labels: ['x', ''], externalInfo: { origin: 'o', externalIds: ['1'] }, filePath: '/a/b' };
const imported = { mediaType: 'IMAGE', displayName: 'é', parentFolderId: 'd', private: false, labels: [], mimeType: 'image/png', externalInfo: { origin: 'o', externalIds: [] }, urlParams: { _id: 'renamed', 'a._id': 1 }, urlHeaders: { 'x-a': 'b' }, filePath: '/x' };
const ids = [[[id]], [[]], [[id, uri, id]], [many], [[...many, '\ud83d', '"', '["*"]', '\u2028']], [['\u0000', ...many]], [[null, undefined, id]]];
/** @type {any[][]} */
const lists = [[], [undefined], [null], ['text'], [{}], [options], [{ sort: { origin: { latitude: Number.NaN, longitude: -Infinity } } }], [{ mediaTypes: [] }], [{ mediaTypes: ['IMAGE', null, {}, 5] }], [{ parentFolderId: null, private: null, unknown: 1 }], [{ paging: { limit: 0, cursor: '' } }], [{ paging: 10n }]];
const searches = lists.slice(0, -1).map((args) => (args[0]?.paging ? [{ ...args[0], search: 'fox & ☃', rootFolder: 'TRASH_ROOT' }] : args));
const media = {
  image: { image: uri, previewImage: null, faces: [{ confidence: Number.NaN }], caption: 'c' },
  video: 'wix:video://v1/v/x%20y.mp4#posterUri=p.jpg&posterWidth=1&posterHeight=2',
  audio: { _id: 'a', assets: ['wix:audio://v1/a/b.mp3#duration=5', 'https://x/y.mp3'] },
  document: 'document://v1/d/x.pdf',
  archive: { _id: 'z', urlExpirationDate: new Date(5) },
};

/** @type {Record<string, unknown[][]>} */
const ARGUMENTS = {
  generateFilesDownloadUrl: ids,
  generateFileDownloadUrl: [[id], [uri, undefined], [id, null], [id, { downloadFileName: 'a', expirationInMinutes: 5, expirationRedirectUrl: 'u', assetKeys: ['src'], contentDisposition: 'INLINE', unknown: 1 }], [id, { expirationInMinutes: Number.NaN }]],
  getFileDescriptor: [[id], [uri], [''], ['a b&c=d+e%20#?/é🎈~*'], ['\ud83d'], ['x'.repeat(5000)], [id, {}, 'surplus']],
  getFileDescriptors: ids,
  updateFileDescriptor: [[{ _id: id, displayName: 'new' }], [{ id, labels: [] }], [{ _id: id, media, _createdDate: new Date(5), lastUsedDate: null }], [{ _id: id, id: 'both' }], [{ _id: id, extra: { _id: 1, list: [{ _updatedDate: 2 }], sort: { fieldName: '_id' } } }], [{ _id: id, displayName: null, url: undefined }]],
  generateFileUploadUrl: [['image/jpeg'], ['image/jpeg', upload], ['', null], ['image/jpeg', { labels: null }]],
  generateFileResumableUploadUrl: [['video/mp4'], ['video/mp4', { ...upload, uploadProtocol: 'TUS' }], ['x', 'text']],
  importFile: [['https://a/b'], ['https://a/b', imported], ['', {}], ['https://a/b', { urlParams: { deep: { _createdDate: [{ _id: new Date(5) }] } } }]],
  bulkImportFiles: [[[{ url: 'https://a/b' }]], [[{ url: 'u', ...imported }, { url: 'v' }]], [[]]],
  bulkImportFile: [[[{ url: 'https://a/b' }]], [[{ url: 'u', ...imported }], { returnEntity: false }], [[], null]],
  listFiles: lists,
  searchFiles: searches,
  generateVideoStreamingUrl: [[id], [uri, { format: 'HLS', expirationInMinutes: 60 }], [id, null]],
  bulkDeleteFiles: [...ids, [[id], { permanent: true }], [many, { permanent: false, unknown: ['*'] }], [[id], null]],
  bulkRestoreFilesFromTrashBin: ids,
  listDeletedFiles: lists,
  queryFileDescriptors: [[undefined], [null], [{}], [{ filter: { _id: 'x', $and: [{ 'a._id': { $in: ['b', null] } }] }, sort: [{ fieldName: '_updatedDate' }], cursorPaging: { limit: 5 } }], [{ filter: { date: new Date(5), odd: Number.NaN } }, 'ignored']],
  createFolder: [['Animals'], ['', {}], ['é🎈"\\', { parentFolderId: 'd', unknown: 1 }], ['a', null], ['\u0000tag']],
  getFolder: [['d1'], ['media-root'], ['with space'], ['a/b?c#d%e'], ['été-写真🎈'], ["it's(ok)*!~"]],
  listFolders: lists,
  searchFolders: searches,
  updateFolder: [['d1', { displayName: 'new' }], ['a/b', {}], ['d1', { id: 'other', _createdDate: new Date(5), _updatedDate: null, more: { _id: 1 } }], ['d1', { parentFolderId: null }]],
  generateFolderDownloadUrl: [['d1'], ['a b/c']],
  bulkDeleteFolders: [...ids, [['d1'], { permanent: true }]],
  bulkRestoreFoldersFromTrashBin: ids,
  listDeletedFolders: lists,
  queryFolders: [[undefined], [null], [{ filter: { state: 'OK' } }]],
};

/** @type {Link[][]} */
const CHAINS = [
  [['find']],
  [['eq', 'private', true], ['find']],
  [['eq', '_id', undefined], ['in', 'mediaType', ['IMAGE']], ['find']],
  [['ascending', '_updatedDate', 'a._id'], ['descending', 'displayName'], ['limit', 7], ['find']],
  [['eq', 'state', 'OK'], ['skipTo', 'c'], ['limit', 3], ['find']],
  [['skipTo', ''], ['find']],
  [['find'], ['next']],
  [['find'], ['prev']],
  [['ne', 'a', undefined], ['gt', 'b', 1], ['exists', 'c'], ['isEmpty', 'd'], ['between', 'e', 1, 2], ['find']],
];

/** @param {Case} kase */
async function agree(kase) {
  assert.equal(judgement(await runOurs(kase), await expectation(kase)), undefined);
}

/** @param {unknown[]} args */
const shown = (args) => {
  const text = args.map((/** @type {any} */ value) => JSON.stringify(value, (_, member) => (typeof member === 'bigint' ? `${member}n` : member)) ?? 'undefined').join(', ');
  return text.length > 90 ? `${text.slice(0, 90)}…` : text;
};

for (const operation of operations) {
  const { api, method, returns } = operation;
  suite(`${api}.${method}`, () => {
    for (const args of ARGUMENTS[method]) {
      test(`(${shown(args)})`, () => agree({ api, method, args, answers: [ANSWERS[returns]] }));
    }
    for (const [index, answer] of FAILURES.entries()) {
      test(`answer ${index + 1}: ${answer.status ?? 'none'}`, () => agree({ api, method, args: ARGUMENTS[method].at(3) ?? ARGUMENTS[method][0], answers: [answer] }));
    }
    if (!isQuery(operation)) return;
    const chains = api === 'files' ? CHAINS : CHAINS.filter((chain) => !chain.some(([name]) => name === 'in'));
    for (const chain of chains) {
      test(`().${chain.map(([name]) => name).join('.')}`, () =>
        agree({ api, method, args: [], chain, answers: [ANSWERS[returns], ANSWERS[returns]] }));
    }
    for (const [index, answer] of FAILURES.entries()) {
      test(`().find, answer ${index + 1}`, () => agree({ api, method, args: [], chain: [['find']], answers: [answer] }));
    }
  });
}
