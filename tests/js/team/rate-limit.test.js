// The rate limit of callers that several processes share.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { withinTime } from '../harness/limit.js';
import { temporaryFolder } from '../harness/manager.js';
import { ask, native, run } from './native.js';
import { team } from './team.js';

/** @import { TestContext } from 'node:test' */
/** @import { Answer } from './native.js' */

/** Puts a clock in front of that of the database, which stands still until it is set. */
const CLOCK = `CREATE SCHEMA clock; CREATE TABLE clock.present AS SELECT statement_timestamp() AS now;
  CREATE FUNCTION clock.statement_timestamp() RETURNS timestamptz STABLE LANGUAGE sql AS 'SELECT now FROM clock.present'`;

/**
 * Two processes that share a limit, whose windows end only when the test says so.
 *
 * @param {TestContext} t
 * @param {number} limit
 */
async function limited(t, limit) {
  const folder = await temporaryFolder(t);
  const keys = join(folder, 'keys');
  writeFileSync(keys, 'first-key\nsecond-key\n');
  const { directory, url, query } = await team(t, { servers: 0 });
  await query(CLOCK);
  await query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET search_path = clock, public, pg_catalog`);
  const args = ['--database', url, '--api-key-file', keys, '--site-id', 'site', '--requests-per-minute', String(limit)];
  const start = () => native(t, directory, args);
  /**
   * @param {string} origin
   * @param {string} authorization
   * @param {string} [path]
   */
  const list = (origin, authorization, path = '/site-media/v1/folders') =>
    ask(origin, 'GET', path, { headers: { authorization, 'wix-site-id': 'site' } });
  const [first, second] = [await start(), await start()];
  return { folder, keys, url, query, start, list, first, second };
}

/** @param {Answer[]} answers */
const admitted = (answers) => answers.filter(({ status }) => status === 200).length;

suite('wix-media-server: rate limit of several processes', () => {
  test('all processes together admit at most the limit, and each key has its own', async (t) => {
    const { query, list, first, second } = await limited(t, 24);
    // Twice as many at one of the two, all at once.
    const both = [first, second, second].flatMap(({ origin }) => Array.from({ length: 24 }, () => list(origin, 'first-key')));
    const answers = await Promise.all(both);
    // The clock of a process goes on. If it ends the window in the middle, what it had reserved is lost.
    assert.ok(admitted(answers) <= 24 && admitted(answers) >= 12, `${admitted(answers)} of 24`);
    const refused = answers.filter(({ status }) => status !== 200);
    for (const { status, headers, text } of refused) {
      assert.equal(status, 429, text);
      assert.ok(Number(headers['retry-after']) >= 1 && Number(headers['retry-after']) <= 60, `${headers['retry-after']}`);
      assert.equal(JSON.parse(text).details.applicationError.code, 'RESOURCE_EXHAUSTED');
    }
    assert.equal((await list(second.origin, 'second-key')).status, 200);
    // What the manager refuses is not a call, nor is a probe.
    assert.equal((await list(first.origin, 'third-key')).status, 401);
    assert.equal((await ask(first.origin, 'GET', '/healthz')).status, 200);
    const callers = await query('SELECT caller FROM call_window ORDER BY caller');
    assert.equal(callers, 'own key 1\nown key 2');
  });

  test('a refused caller learns when the window of the database ends, and may call again after that', async (t) => {
    const { query, list, first, second, start } = await limited(t, 2);
    for (const { origin } of [first, second]) assert.equal((await list(origin, 'first-key')).status, 200);
    await query("UPDATE clock.present SET now = now + interval '45 seconds'");
    // Asks for the first time, so it cannot have forgotten the window.
    const third = await start();
    const refused = await list(third.origin, 'first-key');
    assert.equal(refused.status, 429);
    const seconds = Number(refused.headers['retry-after']);
    assert.ok(seconds >= 1 && seconds <= 15, `${seconds}`);
    await query("UPDATE clock.present SET now = now + interval '15 seconds'");
    const fourth = await start();
    const answers = [];
    for (let number = 0; number < 3; number += 1) answers.push(await list(fourth.origin, 'first-key'));
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 429]);
  });

  test('a key of a listed site is a caller of that site, and calls that are refused at once do not count', async (t) => {
    const { url, query, first, second } = await limited(t, 2);
    const site = async (/** @type {string[]} */ ...line) => {
      const { code, stdout, stderr } = await run(['site', ...line, '--database', url]);
      assert.deepEqual([code, stderr], [0, ''], line.join(' '));
      return stdout.split('\n').slice(0, -1).map((each) => each.split('\t'));
    };
    await site('create', 'alpha');
    const [[number, key]] = await site('keys', 'create', 'alpha', '--scope', 'read');
    const headers = { authorization: key };
    const call = (/** @type {string} */ origin, /** @type {string} */ method = 'GET', path = '/site-media/v1/folders') => ask(origin, method, path, { headers });
    assert.equal((await call(first.origin, 'POST')).status, 403);
    assert.equal((await call(first.origin, 'GET', '/site-media/v1/nowhere')).status, 404);
    assert.equal((await call(first.origin)).status, 200);
    assert.equal((await call(first.origin)).status, 200);
    assert.equal((await call(second.origin)).status, 429);
    assert.equal(await query("SELECT caller FROM call_window JOIN site ON number = site WHERE id = 'alpha'"), `key ${number}`);
  });

  test('without the table each process counts alone, and a changed setting counts for one process', async (t) => {
    const { query, list, first, second } = await limited(t, 2);
    await query('ALTER TABLE call_window RENAME TO hidden');
    for (const { origin, logged } of [first, second]) {
      const statuses = [];
      for (let number = 0; number < 3; number += 1) statuses.push((await list(origin, 'first-key')).status);
      assert.deepEqual(statuses, [200, 200, 429]);
      await logged('the database does not count calls, so this process does');
    }
    const headers = { authorization: 'first-key', 'wix-site-id': 'site', 'content-type': 'application/json' };
    const body = JSON.stringify({ limits: { requestsPerMinute: null } });
    assert.equal((await ask(first.origin, 'PATCH', '/_wix-media/settings', { headers, body })).status, 200);
    assert.equal((await list(first.origin, 'first-key')).status, 200);
    assert.equal((await list(second.origin, 'first-key')).status, 429);
  });

  test('a sweep removes windows that have ended', async (t) => {
    const { query, list, first, start } = await limited(t, 2);
    assert.equal((await list(first.origin, 'first-key')).status, 200);
    await query("UPDATE clock.present SET now = now + interval '61 seconds'");
    // Its first sweep comes at once, and no process has begun one for a while.
    await query("UPDATE site SET swept = swept - interval '1 hour'");
    await start();
    const isSwept = async () => {
      while ((await query('SELECT count(*) FROM call_window')) !== '0') await setTimeout(50);
    };
    await withinTime('the sweep', isSwept());
  });
});
