// wix-media-server with several sites in one database: the commands `site`, and what keeps the sites apart.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { outcome } from '../harness/calls.js';
import { leftovers } from '../harness/leftovers.js';
import { temporaryFolder } from '../harness/manager.js';
import { operations } from '../harness/operations.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { ask, native, run } from './native.js';
import { postgres } from './postgres.js';

/** @import { Closing } from '../harness/types.d.ts' */
/** @typedef {{ id: string, prefix: string, key: string }} Listed */
/** @typedef {{ file: string, trashed: string, folder: string, bin: string }} Ids */

const BYTES = new TextEncoder().encode('water and sun');

/**
 * Ids of the same form that nothing has.
 *
 * @param {Ids} ids
 */
const unknown = (ids) => /** @type {Ids} */ (Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, id.replace(/[0-9a-f]{12}/, '0123456789ab')])));

/**
 * The arguments of each operation that can name something.
 *
 * @type {Record<string, (ids: Ids) => unknown[][]>}
 */
const ARGUMENTS = {
  generateFilesDownloadUrl: ({ file }) => [[[file]]],
  generateFileDownloadUrl: ({ file, trashed }) => [[file], [trashed]],
  getFileDescriptor: ({ file, trashed }) => [[file], [trashed]],
  getFileDescriptors: ({ file, trashed }) => [[[file, trashed]]],
  updateFileDescriptor: ({ file, folder }) => [[{ _id: file, displayName: 'taken.txt' }], [{ _id: file, parentFolderId: folder }]],
  generateFileUploadUrl: ({ folder }) => [['text/plain', { fileName: 'a.txt', parentFolderId: folder }]],
  generateFileResumableUploadUrl: ({ folder }) => [['text/plain', { fileName: 'a.txt', parentFolderId: folder }]],
  importFile: ({ folder }) => [['https://import.invalid/a.txt', { mimeType: 'text/plain', parentFolderId: folder }]],
  bulkImportFiles: ({ folder }) => [[[{ url: 'https://import.invalid/a.txt', mimeType: 'text/plain', parentFolderId: folder }]]],
  bulkImportFile: ({ folder }) => [[[{ url: 'https://import.invalid/a.txt', mimeType: 'text/plain', parentFolderId: folder }]]],
  listFiles: ({ folder }) => [[{ parentFolderId: folder }]],
  searchFiles: () => [[{ search: 'water' }]],
  generateVideoStreamingUrl: ({ file }) => [[file]],
  bulkDeleteFiles: ({ file, trashed }) => [[[file]], [[file, trashed], { permanent: true }]],
  bulkRestoreFilesFromTrashBin: ({ trashed }) => [[[trashed]]],
  listDeletedFiles: ({ bin }) => [[], [{ parentFolderId: bin }]],
  queryFileDescriptors: () => [[{}]],
  createFolder: ({ folder }) => [['Below', { parentFolderId: folder }]],
  getFolder: ({ folder, bin }) => [[folder], [bin]],
  listFolders: ({ folder }) => [[{ parentFolderId: folder }]],
  searchFolders: () => [[{ search: 'riv' }]],
  updateFolder: ({ folder }) => [[folder, { displayName: 'Taken' }]],
  generateFolderDownloadUrl: ({ folder }) => [[folder]],
  bulkDeleteFolders: ({ folder, bin }) => [[[folder]], [[folder, bin], { permanent: true }]],
  bulkRestoreFoldersFromTrashBin: ({ bin }) => [[[bin]]],
  listDeletedFolders: ({ bin }) => [[], [{ parentFolderId: bin }]],
  queryFolders: () => [[{}]],
};

/**
 * An outcome as text, without the ids, tokens and times of the moment.
 *
 * @param {{ result?: unknown, error?: any }} found
 * @param {Ids} ids
 */
function shown({ result, error }, ids) {
  let text = error ? `${error.code} ${error.status} ${error.message} ${JSON.stringify(error.details)}` : JSON.stringify(result) ?? 'nothing';
  for (const [name, id] of Object.entries(ids)) text = text.replaceAll(id, `<${name}>`);
  return text
    .replaceAll(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
}

suite('wix-media-server: sites', () => {
  const closing = leftovers();
  /** @type {Awaited<ReturnType<typeof postgres>>} */
  let database;
  before(async () => {
    database = await postgres(closing);
    await database.start();
  });

  /** A database with the schema, and a function that runs `site` on it. */
  async function migrated() {
    const name = await database.create();
    const place = ['--database', database.url(name)];
    assert.equal((await run(['migrate', ...place])).code, 0);
    /** @param {string[]} args */
    const site = (...args) => run(['site', ...args, ...place]);
    /** @param {string[]} args */
    const said = async (...args) => {
      const { code, stdout, stderr } = await site(...args);
      assert.deepEqual([code, stderr], [0, ''], args.join(' '));
      return stdout.split('\n').slice(0, -1).map((line) => line.split('\t'));
    };
    return { name, place, site, said };
  }

  /**
   * A server with two listed sites, beside its own.
   *
   * @param {Closing} t
   * @param {string[]} [args]
   */
  async function served(t, args = []) {
    const made = await migrated();
    /** @type {Listed[]} */
    const sites = [];
    for (const [id, ...more] of [['alpha'], ['beta', '--host', 'beta.example']]) {
      const [[, prefix]] = await made.said('create', id, ...more);
      const [[, key]] = await made.said('keys', 'create', id, '--scope', 'admin');
      sites.push({ id, prefix, key });
    }
    const data = join(await temporaryFolder(t), 'data');
    const { origin, text } = await native(t, data, [...made.place, '--allow-host', '*.example', ...args]);
    assert.ok(origin, text.stderr);
    return { ...made, origin, sites };
  }

  /**
   * @param {string} baseUrl
   * @param {Listed} site
   */
  const clientOf = (baseUrl, { id, key }) => createClient({ baseUrl, auth: { apiKey: key, siteId: id }, retry: false });

  /**
   * Gives a site a folder with a file, and the same in the trash, under names that every site has.
   *
   * @param {ReturnType<typeof createClient>} client
   * @returns {Promise<Ids>}
   */
  async function furnish({ folders, uploads }) {
    const make = async (/** @type {string} */ name) => {
      const { folder } = await folders.createFolder(name);
      const file = await uploads.upload(BYTES, { displayName: `${name}.txt`, path: `/${name}` });
      return [present(folder?._id), present(file._id)];
    };
    const [folder, file] = await make('Rivers');
    const [bin, trashed] = await make('Lakes');
    await folders.bulkDeleteFolders([bin]);
    return { file, trashed, folder, bin };
  }

  test('site: makes sites and keys, lists them, and revokes keys', async () => {
    const { site, said } = await migrated();
    assert.deepEqual(await said('list'), []);
    const [[id, prefix]] = await said('create', 'alpha', '--quota', '1000', '--host', 'Media.Alpha.example');
    assert.match(`${id} ${prefix}`, /^alpha [0-9a-f]{6}$/);
    await said('create', 'beta');
    const [[, other]] = (await said('list')).slice(1);
    assert.notEqual(other, prefix);
    assert.deepEqual((await said('list'))[0], ['alpha', prefix, 'media.alpha.example', '0', '1000']);
    await said('quota', 'alpha', 'none');
    assert.equal((await said('list'))[0][4], '-');
    const [[number, key]] = await said('keys', 'create', 'alpha', '--scope', 'read', '--days', '30');
    assert.match(key, /^wms_[\w-]{43}$/);
    const [[listed, scope, created, expires, used]] = await said('keys', 'list', 'alpha');
    assert.deepEqual([listed, scope, used], [number, 'read', '-']);
    assert.equal(Date.parse(expires) - Date.parse(created), 30 * 86_400_000);
    assert.deepEqual(await said('keys', 'list', 'beta'), []);
    const foreign = await site('keys', 'revoke', 'beta', number);
    assert.deepEqual([foreign.code, foreign.stderr], [1, `wix-media-server: key not found: ${number} of the site beta\n`]);
    await said('keys', 'revoke', 'alpha', number);
    assert.deepEqual(await said('keys', 'list', 'alpha'), []);
  });

  test('site: says in one line what is wrong', async () => {
    const { site, said } = await migrated();
    await said('create', 'alpha', '--host', 'a.example');
    for (const [args, code, message] of /** @type {[string[], number, RegExp][]} */ ([
      [['create', 'alpha'], 1, /: site exists already: alpha$/],
      [['create', 'beta', '--host', 'a.example'], 1, /: another site has the host a\.example$/],
      [['create', 'a b'], 2, /: invalid site id: expected 1 to 100 letters, digits, '-', '_' and '\.', found a b$/],
      [['create', 'beta', '--host', 'a.example:80'], 2, /: invalid --host: expected one name without a port, found a\.example:80$/],
      [['create', 'beta', '--quota', 'x'], 2, /: invalid --quota: expected a number of bytes, found x$/],
      [['quota', 'beta', '5'], 1, /: site not found: beta: make it by wix-media-server site create beta$/],
      [['quota', 'alpha', 'much'], 2, /: invalid quota: expected a number of bytes, found much$/],
      [['keys', 'create', 'beta'], 1, /: site not found: beta/],
      [['keys', 'list', 'beta'], 1, /: site not found: beta/],
      [['keys', 'create', 'alpha', '--scope', 'all'], 2, /: invalid --scope: expected read, write or admin, found all$/],
      [['keys', 'create', 'alpha', '--days', '0'], 2, /: invalid --days: expected a whole number from 1 to 36500, found 0$/],
      [['keys', 'revoke', 'alpha', 'x'], 2, /: invalid number of a key: expected a whole number, found x$/],
    ])) {
      const found = await site(...args);
      assert.equal(found.code, code, `${args}: ${found.stderr}`);
      assert.match(found.stderr.trimEnd(), message);
      assert.equal(found.stdout, '');
    }
    const alone = await run(['site', 'list']);
    assert.deepEqual([alone.code, alone.stderr], [2, 'wix-media-server: no database: use --database URL, or set WIX_MEDIA_DATABASE\n']);
  });

  test('every operation answers ids of another site as unknown ones, and leaves that site alone', async (t) => {
    const { origin, sites } = await served(t);
    const [alpha, beta] = sites.map((site) => clientOf(origin, site));
    const own = await furnish(alpha);
    const foreign = await furnish(beta);
    assert.notEqual(own.folder, foreign.folder);
    const everything = async () => {
      const { files, folders } = beta;
      const lists = [files.listFiles({ parentFolderId: foreign.folder }), files.listDeletedFiles(), folders.listFolders(), folders.listDeletedFolders()];
      const headers = { authorization: sites[1].key };
      const events = await ask(origin, 'GET', '/_wix-media/events?limit=1000', { headers });
      return JSON.stringify([await Promise.all(lists), events.text]);
    };
    const before = await everything();
    assert.match(before, /Rivers\.txt/);
    let compared = 0;
    for (const { api, method } of operations) {
      const calls = async (/** @type {Ids} */ ids) => {
        const all = [];
        for (const args of ARGUMENTS[method](ids)) all.push(shown(await outcome(/** @type {any} */ (alpha)[api][method](...args)), ids));
        return all;
      };
      // What a call returns of its own site may follow from the call before, so each sees the site as the other did.
      const [asForeign, asUnknown] = [await calls(foreign), await calls(unknown(foreign))];
      if (!/^(search|query|listDeleted)/.test(method)) assert.deepEqual(asForeign, asUnknown, method);
      for (const id of Object.values(foreign)) assert.ok(!asForeign.join().includes(id), method);
      compared += asForeign.length;
    }
    assert.ok(compared > operations.length);
    assert.equal(await everything(), before);
    // Nor does it reach them by the path of a file.
    const { url } = await beta.files.getFileDescriptor(foreign.file);
    const mine = await ask(origin, 'GET', new URL(present(url)).pathname.replace(sites[1].prefix, sites[0].prefix));
    assert.equal(mine.status, 404);
  });

  test('the site of a request comes from its key, and the header must agree', async (t) => {
    const { origin, sites, said } = await served(t);
    const [alpha, beta] = sites;
    const [[, reader]] = await said('keys', 'create', 'alpha', '--scope', 'read');
    const [[, writer]] = await said('keys', 'create', 'alpha');
    const list = (/** @type {Record<string, string>} */ headers, path = '/site-media/v1/folders', method = 'GET', body = '') =>
      ask(origin, method, path, { headers, body }).then(({ status }) => status);
    const make = /** @type {const} */ (['/site-media/v1/folders', 'POST', '{"displayName":"a"}']);
    assert.equal(await list({ authorization: alpha.key }), 200);
    assert.equal(await list({ authorization: `Bearer ${alpha.key}`, 'wix-site-id': 'alpha' }), 200);
    assert.equal(await list({ authorization: alpha.key, 'wix-site-id': 'beta' }), 403);
    assert.equal(await list({ authorization: alpha.key, 'wix-site-id': 'gamma' }), 403);
    assert.equal(await list({ 'wix-site-id': 'beta' }), 401);
    assert.equal(await list({ authorization: 'other', 'wix-site-id': 'beta' }), 401);
    assert.equal(await list({ authorization: `${alpha.key.slice(0, -1)}_` }), 401);
    assert.equal(await list({ authorization: reader }), 200);
    assert.equal(await list({ authorization: reader }, ...make), 403);
    assert.equal(await list({ authorization: writer }, ...make), 200);
    assert.equal(await list({ authorization: writer }, '/_wix-media/export'), 403);
    assert.equal(await list({ authorization: alpha.key }, '/_wix-media/export'), 200);
    assert.equal(await list({ 'wix-site-id': 'beta' }, '/_wix-media/health'), 401);
    assert.equal(await list({ authorization: beta.key }, '/_wix-media/health'), 200);
    // The server's own site is as it was: without keys of its own, it belongs to whoever reaches it.
    assert.equal(await list({}), 200);
    const { folders = [] } = await clientOf(origin, alpha).folders.listFolders();
    assert.deepEqual(folders.map(({ displayName }) => displayName), ['a']);
    assert.deepEqual((await createClient({ baseUrl: origin }).folders.listFolders()).folders, []);
  });

  test('a key is refused once it is expired or revoked, and its last use is listed', async (t) => {
    const { origin, said, name } = await served(t);
    const status = (/** @type {string} */ key) => ask(origin, 'GET', '/site-media/v1/folders', { headers: { authorization: key } }).then((answer) => answer.status);
    const [[expiring, late]] = await said('keys', 'create', 'alpha', '--days', '1');
    await database.query(name, `UPDATE api_key SET expires = now() - interval '1 second' WHERE number = ${expiring}`);
    assert.equal(await status(late), 401);
    const [[number, key]] = await said('keys', 'create', 'alpha');
    assert.equal(await status(key), 200);
    const used = (await said('keys', 'list', 'alpha')).find(([each]) => each === number);
    assert.match(present(used)[4], /^\d{4}-.*Z$/);
    await said('keys', 'revoke', 'alpha', number);
    while ((await status(key)) !== 401) await new Promise((resolve) => setTimeout(resolve, 100));
  });

  test('bytes find their site: uploads by token, media by the host, else by the prefix', async (t) => {
    const { origin, sites } = await served(t);
    const [alpha, beta] = sites.map((site) => clientOf(origin, site));
    const bytes = new Uint8Array(300_000).fill(7);
    const uploaded = await Promise.all([alpha, beta].map(({ uploads }) => uploads.upload(bytes, { displayName: 'a.bin', protocol: 'tus' })));
    const [path, foreign] = uploaded.map(({ url }) => new URL(present(url)).pathname);
    assert.ok(path.includes(`/${sites[0].prefix}_`) && foreign.includes(`/${sites[1].prefix}_`), `${path} ${foreign}`);
    const status = (/** @type {string} */ of, headers = {}) => ask(origin, 'GET', of, { headers }).then((answer) => answer.status);
    assert.deepEqual([await status(path), await status(foreign)], [200, 200]);
    assert.equal(await status(foreign, { host: 'beta.example' }), 200);
    assert.equal(await status(foreign, { host: 'BETA.example:80' }), 200);
    assert.equal(await status(path, { host: 'beta.example' }), 404);
    assert.equal(await status(path, { host: 'other.example' }), 200);
    const zip = await alpha.files.generateFilesDownloadUrl([present(uploaded[0]._id)]);
    assert.equal(await status(new URL(present(zip.downloadUrl)).pathname), 200);
    const { downloadUrls = [] } = await alpha.files.generateFileDownloadUrl(present(uploaded[0]._id));
    const link = new URL(present(downloadUrls[0].url));
    assert.equal(await status(link.pathname + link.search), 200);
    // A token of one site opens nothing in another, whatever its claims say.
    const { uploadUrl } = await alpha.files.generateFileUploadUrl('text/plain', { fileName: 'a.txt' });
    const [head, claims, signature] = present(uploadUrl).split('/').slice(-1)[0].split('.');
    const forged = Buffer.from(Buffer.from(claims, 'base64url').toString().replace('"alpha"', '"beta"')).toString('base64url');
    assert.notEqual(forged, claims);
    const answer = await ask(origin, 'PUT', `/upload/${head}.${forged}.${signature}`, { body: 'x' });
    assert.equal(answer.status, 403);
  });

  test('a quota counts for its site alone, and a new one while the server runs', async (t) => {
    const { origin, sites, said } = await served(t);
    const [alpha, beta] = sites.map((site) => clientOf(origin, site));
    const ask1 = (/** @type {typeof alpha} */ { files }) => outcome(files.generateFileUploadUrl('text/plain', { fileName: 'a.txt', sizeInBytes: '1000' }));
    assert.equal((await ask1(alpha)).error, undefined);
    await said('quota', 'alpha', '999');
    for (;;) {
      const { error } = await ask1(alpha);
      if (error) {
        assert.equal(/** @type {any} */ (error).code, 'SITE_QUOTA_EXCEEDED');
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.equal((await ask1(beta)).error, undefined);
  });

  test('a process keeps a limited number of sites open, and opens a closed one again', async (t) => {
    const { name, place } = await migrated();
    // As `site create` does, at once.
    const most = 256;
    await database.query(name, `INSERT INTO site (id, prefix, is_listed) SELECT 'site-' || n, lpad(to_hex(n), 6, '0'), true FROM generate_series(1, ${most + 1}) AS n`);
    await database.query(name, 'INSERT INTO tail (site) SELECT number FROM site');
    const { origin, text, logged } = await native(t, join(await temporaryFolder(t), 'data'), [...place, '--role', 'api', '--log-level', 'debug']);
    const open = async (/** @type {number} */ n) => assert.equal((await ask(origin, 'GET', `/media/${n.toString(16).padStart(6, '0')}_0.txt`)).status, 404);
    await open(1);
    await open(2);
    for (let n = 3; n <= most; n += 16) {
      await Promise.all(Array.from({ length: Math.min(16, most + 1 - n) }, (_, at) => open(n + at)));
    }
    await open(most + 1);
    const closed = (/** @type {number} */ n) => logged('site closed to make room', { site: `site-${n}` });
    await closed(1);
    await open(1);
    await closed(2);
    assert.equal(text.stdout.split('site closed to make room').length, 3);
  });

  test('work for a site that nobody has asked for is done by a worker', async (t) => {
    const { origin, sites, place, name } = await served(t, ['--role', 'api']);
    const [alpha] = sites.map((site) => clientOf(origin, site));
    const { file } = /** @type {any} */ (await alpha.files.importFile('https://import.invalid/a.txt', { mimeType: 'text/plain' }));
    assert.equal(file.operationStatus, 'PENDING');
    await native(t, join(await temporaryFolder(t), 'data'), [...place, '--role', 'worker']);
    while ((await database.query(name, 'SELECT count(*) FROM import')) !== '0') await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal((await alpha.files.getFileDescriptor(file._id)).operationStatus, 'FAILED');
  });
});
