// What operators see of wix-media-server with a database: metrics of all its sites, and whether it is ready.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createClient } from '../harness/package.js';
import { metricsUntil } from './metrics.js';
import { ask, native, run } from './native.js';
import { postgres } from './postgres.js';
import { readiness } from './readiness.js';
import { team } from './team.js';

/** @import { TestContext } from 'node:test' */

/**
 * A server with an admin port and a database.
 *
 * @param {TestContext} t
 * @param {string[]} [args]
 */
async function operated(t, args = []) {
  const database = await postgres(t);
  const { directory, url, query } = await team(t, { servers: 0, database });
  const server = await native(t, directory, ['--database', url, '--admin-port', '0', ...args]);
  const { address } = await server.logged('listening for operators');
  return { ...server, admin: String(address), url, query, database };
}

/**
 * Whether the catalog has answered in time.
 *
 * @param {Record<string, number>} values
 */
const isUp = (values) => values.wix_media_catalog_up === 1;

suite('wix-media-server: metrics of a database', () => {
  test('they cover all open sites and the connections, and contain no key', async (t) => {
    const { origin, admin, url } = await operated(t);
    /** @param {string[]} args */
    const site = async (...args) => {
      const { code, stdout, stderr } = await run(['site', ...args, '--database', url]);
      assert.equal(code, 0, stderr);
      return stdout.trimEnd().split('\t');
    };
    for (const id of ['alpha', 'beta']) await site('create', id);
    const [, key] = await site('keys', 'create', 'alpha');
    const { uploads, files } = createClient({ baseUrl: origin, auth: { apiKey: key, siteId: 'alpha' } });
    await uploads.upload(new TextEncoder().encode('water and sun'), { displayName: 'small.txt' });
    await files.listFiles();
    await createClient({ baseUrl: origin }).folders.listFolders();
    const values = await metricsUntil(admin, isUp);
    const text = Object.keys(values).join('\n');
    assert.equal(values['wix_media_site_files_bytes{site="alpha"}'], 13);
    assert.ok(values['wix_media_site_requests_total{site="alpha"}'] >= 3, text);
    assert.deepEqual([values.wix_media_sites_open, values.wix_media_catalog_up, values.wix_media_files_bytes], [2, 1, 13]);
    // No request has opened the other site.
    assert.ok(!text.includes('beta'), text);
    assert.equal(values.wix_media_database_connections_max, 16);
    assert.ok(values['wix_media_database_connections{state="idle"}'] >= 1, text);
    assert.equal(values.wix_media_database_connections_waiting, 0);
    for (const secret of [key, 'small.txt', 'postgres://', '127.0.0.1']) assert.ok(!text.includes(secret), secret);
  });

  test('a queue is as old as its oldest work, also that of a site that is not open', async (t) => {
    const { admin, query, url } = await operated(t, ['--role', 'api']);
    assert.equal((await run(['site', 'create', 'alpha', '--database', url])).code, 0);
    const queues = (/** @type {Record<string, number>} */ values) =>
      Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (name.includes('queue_oldest') ? [[name.slice(name.indexOf('"') + 1, -2), value]] : [])));
    const idle = await metricsUntil(admin, isUp);
    assert.deepEqual(queues(idle), { imports: 0, webhooks: 0, jobs: 0, files: 0, videos: 0 });
    const number = "(SELECT number FROM site WHERE id = 'alpha')";
    const ago = (/** @type {number} */ seconds) => `(extract(epoch FROM now()) * 1000)::bigint - ${seconds * 1000}`;
    await query(`INSERT INTO job (site, due, operation, fields) VALUES (${number}, ${ago(3600)}, 'none', '{}'), (${number}, ${ago(60)}, 'none', '{}')`);
    // Nobody sends events to this URL any more, so they do not wait.
    await query(`INSERT INTO delivery (site, event, url, tries, due) VALUES (${number}, 1, 'https://gone.example/', 0, ${ago(7200)})`);
    const busy = queues(await metricsUntil(admin, isUp));
    assert.ok(busy.jobs >= 3600 && busy.jobs < 7200, JSON.stringify(busy));
    assert.deepEqual([busy.webhooks, busy.files], [0, 0]);
  });

  test('the sweep counts what it has done', async (t) => {
    const { admin, end } = await operated(t, ['--role', 'worker']);
    const values = await metricsUntil(admin, (found) => found['wix_media_sweeps_total{outcome="done"}'] > 0);
    assert.ok(values.wix_media_sweep_last_timestamp_seconds > 1_700_000_000);
    assert.deepEqual([values.wix_media_sweep_removed_blobs_total, values['wix_media_sweeps_total{outcome="failed"}']], [0, 0]);
    assert.equal((await end()).code, 0);
  });

  test('without the database, metrics are those of the process, and come back with it', async (t) => {
    const { admin, origin, database, logged } = await operated(t);
    assert.equal((await ask(origin, 'GET', '/site-media/v1/folders')).status, 200);
    await logged('request', { status: 200 });
    await database.stop();
    const values = await metricsUntil(admin, ({ wix_media_catalog_up: up }) => up === 0);
    assert.equal(values['wix_media_requests_total{class="api",status="200"}'], 1);
    assert.equal(values.wix_media_files_bytes, undefined);
    await readiness(admin, 503);
    await database.start();
    await metricsUntil(admin, isUp);
  });

  test('readers at the same time get all figures', async (t) => {
    const { admin } = await operated(t);
    const all = await Promise.all(Array.from({ length: 4 }, () => metricsUntil(admin, isUp)));
    for (const values of all) assert.equal(values.wix_media_files_bytes, 0);
  });

  test('a schema that changes under a server decides whether it is ready', async (t) => {
    const { admin, query, origin } = await operated(t);
    await readiness(admin, 200, 'ready');
    const [version, oldest] = (await query('SELECT version, oldest FROM schema_version')).split('|');
    // A later release that this one may run beside.
    await query('UPDATE schema_version SET version = version + 1');
    assert.equal((await ask(origin, 'GET', '/site-media/v1/folders')).status, 200);
    await readiness(admin, 200, 'ready');
    await query(`UPDATE schema_version SET oldest = version`);
    await readiness(admin, 503, 'newer schema: start a newer release');
    await query(`UPDATE schema_version SET version = ${version} - 1, oldest = ${oldest}`);
    await readiness(admin, 503, 'older schema: run wix-media-server migrate');
    await query(`UPDATE schema_version SET version = ${version}`);
    await readiness(admin, 200, 'ready');
    await readiness(origin, 200);
  });
});
