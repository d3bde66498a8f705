// The catalog on PostgreSQL with very many files: pages, searches, and a tree that goes to the trash. All figures are the CPU time of
// PostgreSQL. Never a test.
//
// WIX_MEDIA_FILES sets the number of files (1,000,000), and WIX_MEDIA_ROUNDS how often each request is sent (1,000). A tenth of the files is in
// the tree.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { temporaryFolder } from '../../harness/manager.js';
import { createClient } from '../../harness/package.js';
import { present } from '../../harness/present.js';
import { ask, native, run } from '../../team/native.js';
import { postgres } from '../../team/postgres.js';
import { LOGGED, replays } from './replay.mjs';
import { COMMON_OLD_WORD, fill, OLD_WORD } from './rows.mjs';
import { closers, cpuOfThread, table, verdict } from './usage.mjs';

const FILES = Number(process.env.WIX_MEDIA_FILES ?? 1_000_000);
const ROUNDS = Number(process.env.WIX_MEDIA_ROUNDS ?? 1000);
const FILES_PER_FOLDER = 100;
const PAGE = 100;
const [PAGE_MS, DEEPEST_RATIO, SEARCH_MS, ROW_US] = [1, 1.5, 100, 60];
const SORTS = ['displayName', 'updatedDate', 'sizeInBytes'];

/** @typedef {{ id: string, displayName: string, updatedDate: string, sizeInBytes: string }} File */
/** @typedef {{ files: File[], nextCursor: { hasNext: boolean, cursors: { next: string } } }} Found */
/** @typedef {(paging: object, sort: { fieldName: string, order: string }) => Promise<Found>} List */

const milliseconds = (/** @type {number} */ time) => `${time.toFixed(2)} ms`;

const { closing, close } = closers();
try {
  const server = await postgres(closing);
  await server.start();
  const name = await server.create();
  const query = (/** @type {string} */ sql) => server.query(name, sql);
  // As docs/server.md recommends. Autovacuum would work beside the measurements.
  for (const setting of ["shared_buffers = '1GB'", "work_mem = '32MB'", "max_wal_size = '8GB'", 'autovacuum = off', ...LOGGED]) await query(`ALTER SYSTEM SET ${setting}`);
  await server.stop();
  await server.start();
  const url = server.url(name);
  const migrated = await run(['migrate', '--database', url]);
  if (migrated.code !== 0) throw new Error(`wix-media-server migrate: ${migrated.stderr}`);
  const { origin } = await native(closing, join(await temporaryFolder(closing), 'bytes'), ['--database', url]);

  /**
   * @param {string} path
   * @param {object} [body]
   */
  const call = async (path, body) => {
    const headers = { 'content-type': 'application/json' };
    const { status, text } = await ask(origin, body ? 'POST' : 'GET', `/site-media/v1${path}`, body && { headers, body: JSON.stringify(body) });
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return JSON.parse(text);
  };
  const folderIn = async (/** @type {string} */ parent, /** @type {string} */ displayName) =>
    String((await call('/folders', { displayName, parentFolderId: parent })).folder.id);

  const photo = await readFile(new URL('../../../data/photos/astronaut.jpg', import.meta.url));
  await createClient({ baseUrl: origin }).uploads.upload(new Uint8Array(photo), { displayName: 'astronaut.jpg', mimeType: 'image/jpeg' });
  const flat = await folderIn('media-root', 'All of them');
  const tree = await folderIn('media-root', 'Tree');
  const inTree = Math.floor(FILES / 10);
  /** @type {string[]} */
  const branches = [];
  for (let number = 0; number * FILES_PER_FOLDER < inTree; number += 1) branches.push(await folderIn(tree, `Folder ${number}`));
  const begin = performance.now();
  await fill({ query, url }, FILES, (place) => (place < inTree ? branches[Math.floor(place / FILES_PER_FOLDER)] : flat));
  console.log(`${FILES} files on PostgreSQL ${await query('SHOW server_version')}, loaded in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  const sizes = await query(`SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class WHERE relname IN ('file', 'file_text', 'file_grams') ORDER BY relname`);
  for (const line of sizes.split('\n')) {
    const [of, rows, indexes] = line.split('|');
    console.log(`  ${of.padEnd(10)} ${(Number(rows) / FILES).toFixed(0).padStart(5)} bytes a file, and ${(Number(indexes) / FILES).toFixed(0)} of indexes`);
  }

  const replay = await replays({ query, url });
  /** A statement for a page of files. */
  const FILES_OF_PAGE = / AS item /;

  /** @type {Record<string, List>} */
  const lists = {
    folder: (paging, { fieldName, order }) => call(`/files?${new URLSearchParams({ parentFolderId: flat, 'sort.fieldName': fieldName, 'sort.order': order, ...Object.fromEntries(Object.entries(paging).map(([key, value]) => [`paging.${key}`, value])) })}`),
    site: (paging, sort) => call('/files/search', { paging, sort }),
  };
  /**
   * The cursor of the last full page. Its members 7 and 8 are the key and the id that it begins behind (docs/manager.md).
   *
   * @param {List} list
   * @param {string} fieldName
   * @param {string} order
   */
  const deepest = async (list, fieldName, order) => {
    const first = await list({ limit: PAGE }, { fieldName, order });
    const last = await list({ limit: PAGE }, { fieldName, order: order === 'ASC' ? 'DESC' : 'ASC' });
    const cursor = JSON.parse(Buffer.from(first.nextCursor.cursors.next, 'base64url').toString());
    const item = present(last.files.at(-1));
    /** @type {Record<string, () => string | number>} */
    const keys = { displayName: () => item.displayName, updatedDate: () => Date.parse(item.updatedDate), sizeInBytes: () => Number(item.sizeInBytes) };
    cursor.splice(7, 2, keys[fieldName](), item.id);
    return Buffer.from(JSON.stringify(cursor)).toString('base64url');
  };

  console.log(`\npages of ${PAGE}, the whole transaction, CPU of PostgreSQL; targets: each ≤ ${PAGE_MS} ms, deepest ≤ ${DEEPEST_RATIO} × first`);
  const pages = [['', 'first', 'deepest', 'ratio', '']];
  for (const [place, list] of Object.entries(lists)) {
    for (const fieldName of SORTS) {
      for (const order of ['ASC', 'DESC']) {
        const sort = { fieldName, order };
        const cursor = await deepest(list, fieldName, order);
        const end = await list({ limit: PAGE, cursor }, sort);
        // Files with equal keys may be behind it, or in front of it.
        if (end.files.length < PAGE * 0.9) throw new Error(`the deepest page has ${end.files.length} files`);
        const first = await replay(() => list({ limit: PAGE }, sort), FILES_OF_PAGE, ROUNDS);
        const last = await replay(() => list({ limit: PAGE, cursor }, sort), FILES_OF_PAGE, ROUNDS);
        const isMet = Math.max(first, last) <= PAGE_MS && last <= DEEPEST_RATIO * first;
        pages.push([`${place} by ${fieldName}, ${order}`, milliseconds(first), milliseconds(last), `${(last / first).toFixed(2)} ×`, verdict(isMet)]);
      }
    }
  }
  table(pages);

  console.log(`\nsearch, first page of ${PAGE}, by date unless said otherwise, CPU of PostgreSQL; target ≤ ${SEARCH_MS} ms`);
  const searches = [['', 'term', 'CPU', 'found', '']];
  const middle = (await lists.site({ limit: 1 }, { fieldName: 'displayName', order: 'ASC' })).files[0].displayName;
  for (const [what, term, fieldName = 'updatedDate'] of [
    ['one file in six', 'river'],
    ['all files', 'image/jpeg'],
    ['two words in a row', 'river mountain'],
    ['one file in 1,000', 'rare label'],
    ['one file', middle],
    ['none', 'nowhere'],
    ['one character, all', 'j'],
    ['one character, none', '%'],
    ['two characters, many', 'er'],
    ['two characters, none', 'zz'],
    [`one in ${OLD_WORD.share}, all old`, OLD_WORD.word],
    [`one in ${COMMON_OLD_WORD.share}, none new`, COMMON_OLD_WORD.word],
    ['one in six, by name', 'river', 'displayName'],
    ['one in six, by size', 'river', 'sizeInBytes'],
  ]) {
    const body = { search: term, sort: { fieldName, order: 'DESC' }, paging: { limit: PAGE } };
    const { files } = await call('/files/search', body);
    const time = await replay(() => call('/files/search', body), FILES_OF_PAGE, Math.ceil(ROUNDS / 50));
    searches.push([what, term, milliseconds(time), files.length === PAGE ? 'a full page' : String(files.length), verdict(time <= SEARCH_MS)]);
  }
  table(searches);

  await query("ALTER SYSTEM SET log_statement = 'none'");
  await query('SELECT pg_reload_conf()');
  const backends = `SELECT pid FROM pg_stat_activity WHERE datname = '${name}' AND backend_type = 'client backend' AND pid <> pg_backend_pid()`;
  const pids = (await query(backends)).split('\n').map(Number);
  const spent = () => pids.reduce((sum, pid) => sum + cpuOfThread(pid), 0);
  const before = spent();
  await call('/bulk/folders/delete', { folderIds: [tree] });
  // The files follow in steps.
  while ((await query('SELECT EXISTS (SELECT 1 FROM stale)')) === 't') await pause(500);
  const inTrash = Number(await query('SELECT (SELECT count(*) FROM file WHERE area = 2) + (SELECT count(*) FROM folder WHERE area = 2)'));
  if (inTrash !== inTree + branches.length + 1) throw new Error(`${inTrash} items are in the trash`);
  const row = ((spent() - before) / inTrash) * 1e6;
  console.log(`\na tree of ${branches.length + 1} folders and ${inTree} files to the trash: ${row.toFixed(1)} µs a row, CPU of PostgreSQL   target ≤ ${ROW_US} µs${verdict(row <= ROW_US)}`);
} finally {
  await close();
}
