// Records of changes: who changed what, when, and by which request.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { withinTime } from '../harness/limit.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { ask, native, run } from './native.js';
import { team } from './team.js';

/** @import { TestContext } from 'node:test' */

/**
 * A server with the site `alpha` and a key for it, and a function that runs `site` and returns its lines as columns.
 *
 * @param {TestContext} t
 * @param {string[]} [args]
 */
async function audited(t, args = []) {
  const { directory, url, query } = await team(t, { servers: 0 });
  /** @param {string[]} line */
  const site = async (...line) => {
    const { code, stdout, stderr } = await run(['site', ...line, '--database', url]);
    assert.deepEqual([code, stderr], [0, ''], line.join(' '));
    return stdout.split('\n').slice(0, -1).map((each) => each.split('\t'));
  };
  await site('create', 'alpha');
  const [[number, key]] = await site('keys', 'create', 'alpha', '--scope', 'admin');
  const start = (/** @type {string[]} */ ...more) => native(t, directory, ['--database', url, ...args, ...more]);
  return { url, query, site, number, key, start };
}

/**
 * Waits for what happens in another process.
 *
 * @param {string} what
 * @param {() => Promise<boolean>} isSo
 */
function until(what, isSo) {
  const waiting = async () => {
    while (!(await isSo())) await setTimeout(50);
  };
  return withinTime(what, waiting());
}

suite('wix-media-server: records of changes', () => {
  test('a change has a record with its caller, its request and its ids, and a refused one has none', async (t) => {
    const { site, number, key, start } = await audited(t);
    const { origin } = await start();
    const began = new Date(Date.now() - 60_000).toISOString();
    const headers = { authorization: key, 'content-type': 'application/json' };
    const post = (/** @type {string} */ id, /** @type {unknown} */ body) =>
      ask(origin, 'POST', '/site-media/v1/folders', { headers: { ...headers, 'x-request-id': id }, body: JSON.stringify(body) });
    const made = await post('made-1', { displayName: 'Rivers' });
    const { folder } = JSON.parse(made.text);
    assert.equal((await post('refused-1', { displayName: 'Lakes', parentFolderId: 'missing' })).status >= 400, true);
    await createClient({ baseUrl: origin }).folders.createFolder('of the own site');
    const client = createClient({ baseUrl: origin, auth: { apiKey: key, siteId: 'alpha' } });
    const file = await client.uploads.upload(new TextEncoder().encode('water'), { displayName: 'small.txt' });
    await client.files.bulkDeleteFiles([present(file._id)]);
    // Reads have no records.
    await client.files.listFiles();

    const records = await site('audit', 'alpha');
    const [first] = records;
    assert.match(first[0], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(first.slice(1), [`key ${number}`, 'createFolder', 'made-1', '1', folder.id]);
    const rest = records.slice(1).map(([, who, call, , items, ids]) => [who, call, items, ids]);
    assert.deepEqual(rest, [
      [`key ${number}`, 'generateFileUploadUrl', '1', present(file._id).replace('.txt', '')],
      ['upload token', 'upload', '1', file._id],
      [`key ${number}`, 'bulkDeleteFiles', '1', file._id],
    ]);
    for (const [, , , request] of records) assert.match(request, /^(made-1|[0-9a-f]{32})$/);
    assert.ok(!JSON.stringify(records).includes(key));

    assert.equal((await site('audit', 'alpha', '--since', began)).length, records.length);
    assert.deepEqual(await site('audit', 'alpha', '--since', '2999-01-31'), []);
    assert.deepEqual((await site('audit', 'alpha', '--since', records[2][0])).map(([, , call]) => call), ['upload', 'bulkDeleteFiles']);
    const reset = await ask(origin, 'POST', '/_wix-media/reset', { headers });
    assert.equal(reset.status, 200, reset.text);
    const last = present((await site('audit', 'alpha')).at(-1));
    assert.deepEqual([last[1], last[2], ...last.slice(4)], [`key ${number}`, '_wix-media/reset', 'all', '-']);
  });

  test('the own site has records too, and the server itself is one of those who change', async (t) => {
    const { url, site, query, start } = await audited(t);
    const { origin } = await start('--site-id', 'own', '--allow-private-imports');
    const { files } = createClient({ baseUrl: origin });
    // Nothing listens there.
    const { file } = await files.importFile('http://127.0.0.1:9/a.txt', { mimeType: 'text/plain', displayName: 'a.txt' });
    await until('the record of the import', async () => (await query("SELECT count(*) FROM audit WHERE call = 'import'")) === '1');
    const records = (await site('audit', 'own')).map(([, who, call, , items, ids]) => [who, call, items, ids]);
    assert.deepEqual(records, [
      ['anybody', 'importFile', '1', file?._id],
      ['server', 'import', '1', file?._id],
    ]);
    assert.deepEqual(await site('audit', 'alpha'), []);
    const unknown = await run(['site', 'audit', 'nowhere', '--database', url]);
    assert.deepEqual([unknown.code, unknown.stderr], [1, 'wix-media-server: site not found: nowhere: make it by wix-media-server site create nowhere\n']);
    for (const since of ['yesterday', '2026-01-31T12', '31-01-2026']) {
      const { code, stderr } = await run(['site', 'audit', 'own', '--since', since, '--database', url]);
      assert.equal(code, 2);
      assert.match(stderr, /^wix-media-server: invalid --since: expected a day as 2026-01-31, or a time in UTC as .+, found .+\n$/);
    }
  });

  test('records are kept for as long as the setting says, and 0 days are none', async (t) => {
    const { key, query, site, start } = await audited(t);
    const silent = await start('--audit-days', '0');
    const create = (/** @type {string} */ origin, /** @type {string} */ name) =>
      createClient({ baseUrl: origin, auth: { apiKey: key, siteId: 'alpha' } }).folders.createFolder(name);
    await create(silent.origin, 'silent');
    assert.deepEqual(await site('audit', 'alpha'), []);
    const api = await start('--role', 'api');
    for (const name of ['old', 'new']) await create(api.origin, name);
    await query("UPDATE audit SET at = at - interval '11 days' WHERE number = (SELECT min(number) FROM audit)");
    const [, kept] = await site('audit', 'alpha');
    const worker = await start('--audit-days', '10');
    // Opens the site there, whose first sweep comes at once.
    assert.equal((await ask(worker.origin, 'GET', '/site-media/v1/folders', { headers: { authorization: key } })).status, 200);
    await until('the sweep', async () => (await query('SELECT count(*) FROM audit')) === '1');
    assert.deepEqual(await site('audit', 'alpha'), [kept]);
  });

  test('old records of a site that nobody calls are removed by a worker', async (t) => {
    const { key, query, site, start } = await audited(t);
    const api = await start('--role', 'api');
    await createClient({ baseUrl: api.origin, auth: { apiKey: key, siteId: 'alpha' } }).folders.createFolder('old');
    assert.equal((await site('audit', 'alpha')).length, 1);
    await query("UPDATE audit SET at = at - interval '31 days'; UPDATE site SET swept = now() - interval '25 hours'");
    await start();
    await until('the sweep', async () => (await query('SELECT count(*) FROM audit')) === '0');
    assert.equal(await query("SELECT swept > now() - interval '12 hours' FROM site WHERE id = 'alpha'"), 't');
  });
});
