// The comparison with the official packages, on small packages of our own that are written like them: it has to find everything that
// differs, and nothing else. `cargo xtask check` compares the official packages themselves.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, suite, test } from 'node:test';
import { compareAll } from './all.js';
import { compare, report } from './compare.js';
import { isSamePage, pageOf } from './page.js';

/** @import { Accepted, Table } from './types.d.ts' */

const folder = mkdtempSync(join(tmpdir(), 'wix-media-parity-'));
after(() => rmSync(folder, { recursive: true }));
let packages = 0;

/**
 * Writes a package with one function, `listFiles`, and lets `edit` change each file.
 *
 * @param {(text: string) => string} [edit]
 */
function written(edit = (text) => text) {
  const root = join(folder, String((packages += 1)));
  /** @type {Record<string, string>} */
  const files = {
    'package.json': '{ "version": "9.0.1" }',
    'build/es/index.mjs': `
      export const RootFolder = { MEDIA_ROOT: 'MEDIA_ROOT', TRASH_ROOT: 'TRASH_ROOT' };
      export const listFiles = (client) => (options) =>
        client.request(() => ({ method: 'GET', url: '/site-media/v1/files', params: new URLSearchParams(options) }));
    `,
    'build/cjs/index.typings.d.ts': `
      declare enum RootFolder { MEDIA_ROOT = 'MEDIA_ROOT', TRASH_ROOT = 'TRASH_ROOT' }
      type RootFolderWithLiterals = RootFolder | 'MEDIA_ROOT' | 'TRASH_ROOT';
      interface FileDescriptor { _id?: string; labels?: string[] | null; rootFolder?: RootFolderWithLiterals; }
      type ListFilesValidationErrors = { ruleName?: 'UNSUPPORTED_SORT_VALUE' } | { ruleName?: 'UNSUPPORTED_MEDIA_TYPE' };
      interface ListFilesOptions { search?: string; }
      interface FileDescriptorQuerySpec { wql: [{ fields: ['state', '_updatedDate']; operators: ['$eq']; sort: 'BOTH' }]; }
      declare function listFiles(options?: ListFilesOptions): Promise<void>;
      /** @eventType wix.media.site_media.v1.file_descriptor_file_ready */
      declare function onFileDescriptorFileReady(handler: () => void): void;
      export { RootFolder, type RootFolderWithLiterals, type FileDescriptor, type ListFilesOptions, type FileDescriptorQuerySpec, type ListFilesValidationErrors, listFiles, onFileDescriptorFileReady };
    `,
    'build/cjs/meta.d.ts': `
      declare enum RootFolder { MEDIA_ROOT = 'MEDIA_ROOT' }
      type RootFolderWithLiterals = RootFolder | 'MEDIA_ROOT';
      type Meta<K, M, T, S> = { httpMethod: K; pathParams: M; typed: T; original: S };
      interface ListFilesRequest {
        /** @maxLength 200 */
        search?: string;
        /** @maxSize 30 */
        rootFolders?: RootFolderWithLiterals[];
        /** @format WEB_URL */
        url: string;
        paging?: Paging;
        /** @internal */
        secret?: string;
      }
      interface Paging {
        /** @max 100 */
        limit?: number | null;
      }
      declare function listFiles(): Meta<'GET', {}, ListFilesRequest, ListFilesRequest>;
      export { listFiles };
    `,
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), edit(text));
  }
  return root;
}

/** A package without any function. */
const empty = written((text) => (text.startsWith('{') ? text : 'export {};'));

/** @type {Table} */
const TABLE = {
  operations: [
    {
      group: 'files',
      name: 'listFiles',
      verb: 'GET',
      path: '/files',
      arguments: [{ name: 'options', optional: true }],
      fields: [
        { name: 'search', required: false, kind: { kind: 'text', min: 0, max: 200 } },
        { name: 'rootFolders', required: false, kind: { kind: 'someOf', of: 'RootFolder', max: 30 } },
        { name: 'url', required: true, kind: { kind: 'text', min: 2, max: 65_535 } },
        { name: 'paging', required: false, kind: { kind: 'object', fields: [{ name: 'limit', required: false, kind: { kind: 'integer', min: 0, max: 100 } }] } },
        { name: 'query', required: false, kind: { kind: 'query', query: { filters: [['state', false], ['updatedDate', false]], sorts: ['state', 'updatedDate'] } } },
      ],
      codes: ['UNSUPPORTED_MEDIA_TYPE', 'UNSUPPORTED_SORT_VALUE'],
    },
  ],
  enums: [{ name: 'RootFolder', values: ['MEDIA_ROOT', 'TRASH_ROOT'], groups: ['files'] }],
};

const TYPES = `
  export declare namespace files {
    enum RootFolder { MEDIA_ROOT = 'MEDIA_ROOT', TRASH_ROOT = 'TRASH_ROOT' }
    type RootFolderWithLiterals = RootFolder | 'MEDIA_ROOT' | 'TRASH_ROOT';
    interface FileDescriptor { _id?: string; labels?: string[] | null; rootFolder?: RootFolderWithLiterals; }
    type ListFilesOptions = { search?: string };
    interface OfOurOwn { more?: string; }
    function onFileDescriptorFileReady(handler: () => void): void;
  }
`;

// The table of the test has a query beside the other fields, which no request has.
/** @type {Accepted[]} */
const ACCEPTED = [
  { fact: 'field files.listFiles query', official: null, why: 'the test' },
  { fact: 'sent files.listFiles', official: 'query: paging, rootFolders, search, url', why: 'the test' },
];

/**
 * The report of a comparison with a package.
 *
 * @param {string} files
 * @param {Accepted[]} [accepted]
 */
async function reported(files, accepted = ACCEPTED) {
  const types = join(folder, 'index.d.ts');
  writeFileSync(types, TYPES);
  const { result, versions } = await compareAll({ files, folders: empty }, TABLE, types, accepted);
  return { lines: report(result), result, versions };
}

suite('parity', () => {
  test('parity: finds no difference where there is none', async () => {
    const { lines, versions } = await reported(written());
    assert.deepEqual(lines, []);
    assert.deepEqual(versions, { files: '9.0.1', folders: '9.0.1' });
  });

  /** @type {Record<string, [edit: (text: string) => string, expected: string[]]>} */
  const releases = {
    'a new operation': [
      (text) =>
        text
          .replace('export const listFiles', "export const copyFile = (client) => (fileId) => client.request(() => ({ method: 'POST', url: '/site-media/v1/files/copy', data: { fileId } }));\nexport const listFiles")
          .replace('declare function listFiles(options', 'declare function copyFile(fileId: string): Promise<void>;\ndeclare function listFiles(options')
          .replace('declare function listFiles(): Meta', "interface CopyFileRequest { fileId: string; }\ndeclare function copyFile(): Meta<'POST', {}, CopyFileRequest, CopyFileRequest>;\ndeclare function listFiles(): Meta")
          .replace(/export \{(?=.*listFiles)/, 'export { copyFile,'),
      [
        'new      arguments files.copyFile: fileId',
        'new      field files.copyFile fileId: text, required',
        'new      operation files.copyFile: POST /site-media/v1/files/copy',
        'new      sent files.copyFile: body: fileId',
      ],
    ],
    'another address': [
      (text) => text.replace('/site-media/v1/files', '/site-media/v2/files'),
      ['changed  operation files.listFiles: official GET /site-media/v2/files, ours GET /site-media/v1/files'],
    ],
    'a new field': [
      (text) => text.replace('paging?: Paging;', 'paging?: Paging; tag?: string;'),
      [
        'new      field files.listFiles tag: text',
        'changed  sent files.listFiles: official query: paging, rootFolders, search, tag, url, ours query: paging, query, rootFolders, search, url',
        'unused   the accepted difference sent files.listFiles matches nothing',
      ],
    ],
    'a field that is required now': [(text) => text.replace('search?: string;\n        /**', 'search: string;\n        /**'), ['changed  field files.listFiles search: official text, required, ours text']],
    'another limit': [(text) => text.replace('@max 100', '@max 500'), ['changed  limit files.listFiles paging.limit max: official 500, ours 100']],
    'a limit that is gone': [(text) => text.replace('@maxSize 30', ''), ['gone     limit files.listFiles rootFolders maxSize: 30']],
    'a new value of an enum': [
      (text) => text.replace("TRASH_ROOT: 'TRASH_ROOT' }", "TRASH_ROOT: 'TRASH_ROOT', NEW_ROOT: 'NEW_ROOT' }"),
      ['new      enum files.RootFolder NEW_ROOT: yes'],
    ],
    'a value of an enum that is gone': [(text) => text.replace(", TRASH_ROOT: 'TRASH_ROOT' }", ' }'), ['gone     enum files.RootFolder TRASH_ROOT: yes']],
    'another error code': [
      (text) => text.replace("'UNSUPPORTED_MEDIA_TYPE'", "'FOLDER_NOT_FOUND'"),
      ['new      code files.listFiles FOLDER_NOT_FOUND: yes', 'gone     code files.listFiles UNSUPPORTED_MEDIA_TYPE: yes'],
    ],
    'an event that is gone': [
      (text) => text.replace(', onFileDescriptorFileReady };', ' };'),
      ['gone     event files.onFileDescriptorFileReady: wix.media.site_media.v1.file_descriptor_file_ready'],
    ],
    'a new operator of a query': [
      (text) => text.replace("operators: ['$eq']", "operators: ['$eq', '$in']"),
      ['changed  query files filter state: official $eq, $in, ours $eq', 'changed  query files filter updatedDate: official $eq, $in, ours $eq'],
    ],
    'another type of a member': [
      (text) => text.replace('labels?: string[] | null', 'labels?: number[]'),
      ['changed  type files.FileDescriptor.labels: official optional list of number, ours optional list of text or null'],
    ],
    'a new member': [(text) => text.replace('{ _id?: string;', '{ _id?: string; checksum: string;'), ['new      type files.FileDescriptor.checksum: text']],
  };
  for (const [what, [edit, expected]] of Object.entries(releases)) {
    test(`parity: reports ${what}`, async () => assert.deepEqual((await reported(written(edit))).lines, expected));
  }

  test('parity: two releases that differ have different reports', async () => {
    const [first, second] = await Promise.all([reported(written(releases['another limit'][0])), reported(written(releases['a new member'][0]))]);
    assert.notDeepEqual(first.lines, second.lines);
  });
});

suite('accepted differences', () => {
  test('accepted: hold for the value that they name only', () => {
    /** @type {Accepted[]} */
    const accepted = [{ fact: 'limit * max', official: '5', why: 'w' }];
    const ours = new Map([['limit a max', '9']]);
    assert.deepEqual(report(compare(new Map([['limit a max', '5']]), ours, accepted)), []);
    assert.deepEqual(report(compare(new Map([['limit a max', '6']]), ours, accepted)), [
      'changed  limit a max: official 6, ours 9',
      'unused   the accepted difference limit * max matches nothing',
    ]);
  });

  test('accepted: null stands for a fact that the official package lacks', () => {
    /** @type {Accepted[]} */
    const accepted = [{ fact: 'code a B', official: null, why: 'w' }];
    const ours = new Map([['code a B', 'yes']]);
    assert.deepEqual(report(compare(new Map(), ours, accepted)), []);
    assert.deepEqual(report(compare(ours, ours, accepted)), ['unused   the accepted difference code a B matches nothing']);
  });
});

suite('page', () => {
  test('page: names what differs and what is accepted', async () => {
    const { result, versions } = await reported(written(releaseOf()));
    const page = pageOf(TABLE, versions, result);
    assert.match(page, /`files\.listFiles`\]\(reference\.md#fileslistfiles\) \| differs \|/);
    assert.match(page, /\| `sent files\.listFiles` \||<br>`sent files\.listFiles` \| the test \|/);
    assert.match(page, /`@wix\/auto_sdk_media_files` 9\.0\.1/);
  });

  test('page: stays up to date over a release that changes nothing', async () => {
    const { result, versions } = await reported(written());
    const page = pageOf(TABLE, versions, result);
    assert.ok(isSamePage(page, pageOf(TABLE, { ...versions, files: '9.0.2' }, result)));
    assert.ok(!isSamePage(page, page.replace('| equal |', '| differs |')));
  });

  const releaseOf = () => (/** @type {string} */ text) => text.replace('@max 100', '@max 500');
});
