// wix-media-server with its catalog in PostgreSQL: several processes on the same stores, and what they do while it is away.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { noise } from '../harness/bytes.js';
import { leftovers } from '../harness/leftovers.js';
import { withinTime } from '../harness/limit.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { scenariosOn } from '../scenarios/on-server.js';
import { SITE } from '../scenarios/world.js';
import { balance } from './balancer.js';
import { gate } from './gate.js';
import { ask, native, run } from './native.js';
import { postgres } from './postgres.js';
import { readiness } from './readiness.js';

/** @import { Closing } from '../harness/types.d.ts' */

const LARGE = noise(3_000_000, 7);

suite('wix-media-server: PostgreSQL', () => {
  const closing = leftovers();
  /** @type {Awaited<ReturnType<typeof postgres>>} */
  let database;
  before(async () => {
    database = await postgres(closing);
    await database.start();
  });

  /** A database with the schema. */
  async function migrated() {
    const name = await database.create();
    const { code, stdout } = await run(['migrate', '--database', database.url(name)]);
    assert.equal(code, 0);
    assert.match(stdout, /^the schema has version \d+\n$/);
    return name;
  }

  /**
   * Starts processes on the same stores.
   *
   * @param {Closing} t
   * @param {number} count
   * @param {string[]} [args]
   */
  async function team(t, count, args = []) {
    const [name, data] = [await migrated(), join(await temporaryFolder(t), 'data')];
    const line = ['--database', database.url(name), ...args];
    const servers = await Promise.all(Array.from({ length: count }, () => native(t, data, line)));
    for (const { origin, text } of servers) assert.ok(origin, text.stderr);
    return { name, data, line, servers, origins: servers.map(({ origin }) => origin) };
  }

  test('a change of one process is seen in the others', async (t) => {
    const { data, line, origins, servers } = await team(t, 2);
    const [one, two] = origins.map((baseUrl) => createClient({ baseUrl }));
    const stream = await fetch(`${origins[1]}/_wix-media/events`, { headers: { accept: 'text/event-stream' } });
    const { folder } = await one.folders.createFolder('Rivers');
    await one.uploads.upload(LARGE, { displayName: 'large.bin', path: '/Rivers' });
    // The other process tells those who follow the events there.
    let told = '';
    for await (const chunk of present(stream.body)) {
      told += Buffer.from(chunk).toString();
      if (/file_(created|ready)|site_media\.v1\.file/.test(told)) break;
    }
    assert.match(told, /folder_created/);
    const { files: found = [] } = await two.files.listFiles({ parentFolderId: present(folder?._id) });
    assert.deepEqual(found.map(({ displayName }) => displayName), ['large.bin']);
    const path = new URL(present(found[0].url)).pathname;
    const bytes = Buffer.from(await (await fetch(origins[1] + path)).arrayBuffer());
    assert.equal(Buffer.compare(bytes, LARGE), 0);
    // Commands work beside the servers.
    const checked = await run(['fsck', '--data', data, ...line]);
    assert.deepEqual([checked.code, checked.stdout], [0, '1 files, 3000000 bytes, 0 damaged\n']);
    const looked = await run(['check', '--data', data, ...line]);
    assert.equal(looked.code, 0, looked.stderr);
    assert.match(looked.stdout, /^PostgreSQL \d+\.\d+.*: encoding, character type, extensions and schema are as needed\nthe catalog is whole\nblobs can be/);
    const { storage } = await (await fetch(`${origins[0]}/_wix-media/health`)).json();
    assert.equal(storage.kind, 'database');
    // Nothing of the catalog is in the directory.
    assert.deepEqual(readdirSync(data), ['sites']);
    await servers[0].end('SIGKILL');
    await two.folders.createFolder('Lakes');
    const again = await native(t, data, line);
    const { folders = [] } = await createClient({ baseUrl: again.origin }).folders.listFolders();
    assert.equal(folders.length, 2);
  });

  test('an upload goes on in another process', async (t) => {
    const { origins } = await team(t, 2);
    const body = JSON.stringify({ mimeType: 'application/octet-stream', fileName: 'large.bin' });
    const headers = { 'content-type': 'application/json' };
    const answer = await ask(origins[0], 'POST', '/site-media/v1/files/generate-resumable-upload-url', { headers, body });
    const { uploadToken, uploadUrl } = JSON.parse(answer.text);
    const tus = { 'tus-resumable': '1.0.0' };
    const created = await ask(origins[1], 'POST', new URL(uploadUrl).pathname, {
      headers: { ...tus, 'upload-length': String(LARGE.length), 'upload-metadata': `token ${Buffer.from(uploadToken).toString('base64')}` },
    });
    assert.equal(created.status, 201, created.text);
    const path = new URL(String(created.headers.location)).pathname;
    for (let [offset, turn] = [0, 0]; offset < LARGE.length; offset += 1_000_000, turn += 1) {
      const origin = origins[turn % 2];
      const at = await ask(origin, 'HEAD', path, { headers: tus });
      assert.equal(at.headers['upload-offset'], String(offset));
      const response = await fetch(origin + path, {
        method: 'PATCH',
        headers: { ...tus, 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
        body: LARGE.subarray(offset, offset + 1_000_000),
      });
      assert.equal(response.status, 204, await response.text());
    }
    const done = await ask(origins[0], 'PUT', `${new URL(uploadUrl).pathname}/${uploadToken}`, { headers, body: '{}' });
    assert.equal(done.status, 200, done.text);
    const check = await (await fetch(`${origins[1]}/_wix-media/check`)).json();
    assert.deepEqual([check.isWhole, check.bytes], [true, LARGE.length]);
  });

  test('without the schema it is not ready, names the command, and becomes ready by itself', async (t) => {
    const name = await database.create();
    const { origin, end } = await native(t, await temporaryFolder(t), ['--database', database.url(name)]);
    await readiness(origin, 503, 'older schema: run wix-media-server migrate');
    assert.equal((await ask(origin, 'GET', '/healthz')).status, 200);
    const refused = await ask(origin, 'GET', '/site-media/v1/folders');
    assert.equal(refused.status, 503);
    assert.ok(Number(refused.headers['retry-after']) >= 1);
    assert.equal(JSON.parse(refused.text).details.applicationError.code, 'UNAVAILABLE');
    assert.equal((await run(['migrate', '--database', database.url(name)])).code, 0);
    await readiness(origin, 200);
    assert.equal((await ask(origin, 'GET', '/site-media/v1/folders')).status, 200);
    await end();
    // One that a later release has changed beyond this one is refused.
    await database.query(name, 'UPDATE schema_version SET version = 99, oldest = 99');
    const newer = await native(t, await temporaryFolder(t), ['--database', database.url(name)]);
    assert.equal(newer.origin, '');
    assert.match(newer.text.stderr, /^wix-media-server: cannot use the database: catalog has version 99.*\n$/);
  });

  test('check: a database without a site is fine, and so is where its bytes will be', async (t) => {
    const [name, data] = [await migrated(), await temporaryFolder(t)];
    const line = ['--database', database.url(name), '--data', data];
    mkdirSync(join(data, 'sites'));
    const checked = await run(['check', ...line]);
    assert.deepEqual([checked.code, checked.stderr], [0, '']);
    assert.match(checked.stdout, /^PostgreSQL .* are as needed\nthere is no site yet: .*serve.*site create.*\nblobs can be written, read and deleted\n$/);
    assert.deepEqual(readdirSync(join(data, 'sites')), []);
    // No other command has anything to do there.
    const looked = await run(['fsck', ...line, '--site-id', 'alpha']);
    assert.deepEqual([looked.code, looked.stderr], [1, 'wix-media-server: site not found in the database: alpha\n']);
    // A site that is missing among others is a mistake.
    assert.equal((await run(['site', 'create', 'beta', ...line.slice(0, 2)])).code, 0);
    const missing = await run(['check', ...line, '--site-id', 'alpha']);
    assert.deepEqual([missing.code, missing.stderr], [1, 'wix-media-server: site not found in the database: alpha\n']);
  });

  test('a schema that excludes a server while it runs is answered by 503, and nothing is written', async (t) => {
    const { name, origins } = await team(t, 1);
    const [origin] = origins;
    const folders = '/site-media/v1/folders';
    const create = () => ask(origin, 'POST', folders, { headers: { 'content-type': 'application/json' }, body: '{"displayName":"A"}' });
    assert.equal((await create()).status, 200);
    const change = (/** @type {string} */ set) => database.query(name, `BEGIN; LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE; UPDATE schema_version SET ${set}; COMMIT`);
    await change('version = version + 1, oldest = version + 1');
    for (const answer of [await create(), await ask(origin, 'GET', folders), await ask(origin, 'GET', '/_wix-media/check')]) {
      assert.equal(answer.status, 503, answer.text);
      assert.ok(Number(answer.headers['retry-after']) >= 1);
      assert.equal(JSON.parse(answer.text).details.applicationError.code, 'UNAVAILABLE');
    }
    await readiness(origin, 503, 'newer schema: start a newer release');
    assert.equal(await database.query(name, 'SELECT count(*) FROM folder'), '1');
    await change('oldest = 1');
    assert.equal((await create()).status, 200);
    await readiness(origin, 200);
  });

  test('migrate: says that it waits for a table, and lets calls go on', async (t) => {
    const name = await database.create();
    // As a migration leaves it that has begun and made nothing.
    await database.query(name, 'CREATE TABLE schema_version (version bigint NOT NULL, oldest bigint NOT NULL); INSERT INTO schema_version VALUES (0, 0)');
    const { origin } = await native(t, await temporaryFolder(t), ['--database', database.url(name)]);
    const release = await database.hold(name, 'BEGIN; SELECT version FROM schema_version');
    const migrating = run(['migrate', '--database', database.url(name)]);
    const isWaiting = `SELECT count(*) FROM pg_stat_activity WHERE datname = '${name}' AND wait_event_type = 'Lock'`;
    const waits = async (/** @type {boolean} */ doesWait) => {
      while (((await database.query(name, isWaiting)) !== '0') !== doesWait) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await withinTime('the wait of the migration', waits(true));
    // It is answered, although it needs the schema that the migration is to make.
    await readiness(origin, 503, 'older schema: run wix-media-server migrate');
    // The migration is in a pause.
    await withinTime('its pause', waits(false));
    await release();
    const { code, stderr } = await migrating;
    assert.deepEqual([code, stderr], [0, 'wix-media-server: tables are in use, such as by an export: trying again until they are free\n']);
    await readiness(origin, 200);
  });

  test('migrate: ends an autovacuum of a table that it needs', async (t) => {
    const own = await postgres(t);
    await own.start();
    await own.query('postgres', 'ALTER SYSTEM SET autovacuum_naptime = 1');
    // It pauses at each of 900 pages, which takes minutes.
    const slow = 'autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1';
    await own.query('postgres', `CREATE TABLE schema_version (version bigint NOT NULL, oldest bigint NOT NULL) WITH (${slow})`);
    await own.query('postgres', 'INSERT INTO schema_version SELECT 0, n FROM generate_series(0, 200000) AS n; DELETE FROM schema_version WHERE oldest > 0; SELECT pg_reload_conf()');
    const isVacuumed = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'autovacuum: VACUUM%.schema_version%'";
    const begun = async () => {
      while ((await own.query('postgres', isVacuumed)) === '0') await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await withinTime('the autovacuum', begun());
    const { code, stderr } = await withinTime('the migration', run(['migrate', '--database', own.url('postgres')]));
    assert.equal(code, 0, stderr);
    assert.equal(await own.query('postgres', "SELECT autovacuum_count FROM pg_stat_user_tables WHERE relname = 'schema_version'"), '0', 'it waits for none to end by itself');
  });

  test('a server that has waited for its database ends when no attempt can succeed', async (t) => {
    const own = await postgres(t);
    await own.start();
    assert.equal((await run(['migrate', '--database', own.url('postgres')])).code, 0);
    await own.query('postgres', 'UPDATE schema_version SET version = 99, oldest = 99');
    await own.stop();
    const { origin, ended, text } = await native(t, await temporaryFolder(t), ['--database', own.url('postgres')]);
    assert.equal((await ask(origin, 'GET', '/readyz')).status, 503);
    await own.start();
    assert.equal((await ended).code, 1);
    assert.match(text.stderr, /^wix-media-server: cannot use the database: catalog has version 99.*\n$/);
  });

  test('a start waits for locked tables for a while only, and the server becomes ready by itself', async (t) => {
    const name = await migrated();
    const release = await database.hold(name, 'BEGIN; LOCK TABLE site IN ACCESS EXCLUSIVE MODE');
    const { origin } = await native(t, await temporaryFolder(t), ['--database', database.url(name)]);
    await readiness(origin, 503, 'database unavailable');
    assert.equal((await ask(origin, 'GET', '/site-media/v1/folders')).status, 503);
    await release();
    await readiness(origin, 200);
  });

  test('a database that goes away is answered by 503, and the server is ready again by itself', async (t) => {
    const own = await postgres(t);
    await own.start();
    assert.equal((await run(['migrate', '--database', own.url('postgres')])).code, 0);
    const data = await temporaryFolder(t);
    const line = ['--database', own.url('postgres').replace('postgres@', 'postgres:secret@')];
    const { origin, text } = await native(t, data, line);
    const folders = '/site-media/v1/folders';
    const create = () => ask(origin, 'POST', folders, { headers: { 'content-type': 'application/json' }, body: '{"displayName":"A"}' });
    assert.equal((await create()).status, 200);
    await own.stop();
    const answers = [await ask(origin, 'GET', folders), await create()];
    for (const answer of answers) assert.ok(Number(answer.headers['retry-after']) >= 1);
    // One that starts now is not ready either, and does not end.
    const late = await native(t, data, line);
    answers.push(await ask(origin, 'GET', '/readyz'), await ask(late.origin, 'GET', folders), await ask(late.origin, 'GET', '/readyz'));
    for (const answer of answers) {
      assert.equal(answer.status, 503, answer.text);
      assert.doesNotMatch(answer.text, new RegExp(`${own.port}|cannot connect`));
    }
    // Operators learn which host cannot be reached.
    const named = `cannot connect to 127.0.0.1:${own.port}: `;
    const checked = await run(['check', '--data', data, ...line]);
    assert.equal(checked.code, 1);
    assert.ok(checked.stderr.includes(named), checked.stderr);
    const logged = async () => {
      while (![text, late.text].every(({ stdout }) => stdout.includes(named))) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await withinTime('the host in the log', logged());
    for (const said of [checked.stderr, text.stdout, late.text.stdout]) assert.ok(!said.includes('secret'));
    await own.start();
    for (const each of [origin, late.origin]) {
      await readiness(each, 200);
      assert.equal(JSON.parse((await ask(each, 'GET', folders)).text).folders.length, 1);
    }
  });

  test('probes share one question to the database, also one that is not answered', async (t) => {
    let [questions, isMute] = [0, false];
    const url = await gate(t, database.url(await migrated()), ({ near, far }) => ({
      asked: (data) => {
        // Each snapshot of a site asks for its stale folders. Without work, only probes begin any.
        questions += data.toString('latin1').split('EXISTS (SELECT 1 FROM stale').length - 1;
        if (!isMute) far.write(data);
      },
      answered: (data) => near.write(data),
    }));
    const { origin } = await native(t, await temporaryFolder(t), ['--database', url, '--role', 'api']);
    await readiness(origin, 200);
    const [start, before] = [performance.now(), questions];
    for (let count = 0; count < 100; count += 1) await ask(origin, 'GET', '/readyz');
    // One at the beginning, and one for each second.
    const most = 1 + Math.ceil((performance.now() - start) / 1000);
    assert.ok(questions - before <= most, `${questions - before} questions, expected ${most} at most`);
    isMute = true;
    const muted = performance.now();
    await readiness(origin, 503);
    const open = questions;
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(origin, 'GET', '/readyz')));
    for (const { status, text } of answers) assert.deepEqual([status, JSON.parse(text).status], [503, 'database unavailable']);
    // The question ends after the limit of statements.
    assert.ok(questions - open <= Math.floor((performance.now() - muted) / 30_000), `${questions - open} more questions`);
    assert.equal((await ask(origin, 'GET', '/healthz')).status, 200);
  });

  test('export, import: a site moves between a directory and a database', async (t) => {
    const folder = await temporaryFolder(t);
    const archive = join(folder, 'site.zip');
    const { data, line, origins, servers } = await team(t, 1, ['--site-id', 'moved']);
    await createClient({ baseUrl: origins[0] }).uploads.upload(LARGE, { displayName: 'large.bin' });
    assert.equal((await run(['export', archive, '--data', data, ...line])).code, 0);
    await servers[0].end();
    assert.equal((await run(['import', archive, '--data', join(folder, 'copy')])).code, 0);
    assert.equal((await run(['fsck', '--data', join(folder, 'copy')])).stdout, '1 files, 3000000 bytes, 0 damaged\n');
    const full = await run(['import', archive, '--data', data, ...line]);
    assert.equal(full.code, 1);
    assert.match(full.stderr, /the site is not empty.*--yes/);
    const unknown = await run(['fsck', '--data', data, ...line.slice(0, 2), '--site-id', 'other']);
    assert.deepEqual([unknown.code, unknown.stderr], [1, 'wix-media-server: site not found in the database: other\n']);
    assert.equal((await run(['import', archive, '--data', data, ...line.slice(0, 2), '--site-id', 'other'])).code, 0);
    assert.equal((await run(['fsck', '--data', data, ...line.slice(0, 2), '--site-id', 'other'])).stdout, '1 files, 3000000 bytes, 0 damaged\n');
  });

  test('check, fsck, export: refuse a directory that has not the files of the database, and leave it alone', async (t) => {
    const folder = await temporaryFolder(t);
    const { data, line, servers } = await team(t, 1, ['--site-id', 'kept']);
    await servers[0].end();
    const missing = join(folder, 'missing');
    const commands = [['check'], ['fsck'], ['export', join(folder, 'site.zip')]];
    for (const command of commands) {
      const { code, stderr } = await run([...command, '--data', missing, ...line]);
      assert.deepEqual([code, stderr], [2, `wix-media-server: there are no files of a database in ${missing}: expected sites in it\n`]);
    }
    assert.deepEqual(readdirSync(folder), []);
    mkdirSync(join(folder, 'sites'));
    for (const command of commands) {
      const { code, stderr } = await run([...command, '--data', folder, ...line]);
      assert.equal(code, 1);
      assert.match(stderr, /^wix-media-server: there are no bytes of the site kept: expected the folder .*sites\/[\da-f]{32}\n$/);
    }
    assert.deepEqual([readdirSync(folder), readdirSync(join(folder, 'sites'))], [['sites'], []]);
    assert.equal((await run(['fsck', '--data', data, ...line])).code, 0);
  });

  test('fsck: damaged rows of a database are named with what is wrong, beside servers that run', async (t) => {
    const { name, data, line, origins } = await team(t, 1);
    const { uploads } = createClient({ baseUrl: origins[0] });
    for (const displayName of ['cut', 'longer', 'changed', 'missing', 'unnamed', 'whole']) await uploads.upload(noise(1000, displayName.length), { displayName });
    const set = (/** @type {string} */ displayName, /** @type {string} */ values) =>
      database.query(name, `UPDATE file SET ${values} WHERE name = '${displayName}' RETURNING blob`);
    await set('cut', 'size = size + 1');
    await set('longer', 'size = size - 1');
    await set('changed', "hash = md5('other')");
    const blob = await set('missing', 'size = size');
    const sites = join(data, 'sites');
    const file = readdirSync(sites, { recursive: true, withFileTypes: true }).find((entry) => entry.isFile() && entry.name === blob);
    rmSync(join(present(file).parentPath, blob));
    await set('unnamed', 'blob = NULL');
    const { code, stdout } = await run(['fsck', '--data', data, ...line]);
    assert.equal(code, 1);
    const lines = stdout.trim().split('\n').map((each) => each.split('\t'));
    assert.equal(lines.pop()?.[0], '6 files, 6000 bytes, 5 damaged');
    const unnamed = lines.findIndex((each) => each.at(-1) === 'unnamed');
    const [[problem, , place]] = lines.splice(unnamed, 1);
    assert.deepEqual([problem, place], ['missing', '-']);
    // What is wrong has the name of its file, and each line names the bytes.
    for (const [problem, , bytes, displayName] of lines) assert.deepEqual([displayName, /^\S+$/.test(bytes)], [problem, true]);
    assert.deepEqual(lines.map(([problem]) => problem).sort(), ['changed', 'cut', 'longer', 'missing']);
  });

  test('a database remembers where the bytes of a site are, until somebody says that they have moved', async (t) => {
    const { data, line, servers } = await team(t, 1, ['--site-id', 'moved']);
    await servers[0].end();
    const store = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    const bucket = [...line, '--bucket', 's3://media/moved/'];
    const elsewhere = await native(t, undefined, bucket, store);
    assert.equal(
      elsewhere.text.stderr,
      'wix-media-server: the bytes of the site moved are in a directory: use --data without --bucket, or, if you have copied all of them, run wix-media-server site bytes s3://media/moved --only moved\n',
    );
    assert.equal((await elsewhere.ended).code, 1);
    assert.equal((await run(['fsck', ...bucket], store)).code, 1);
    const move = (/** @type {string[]} */ ...args) => run(['site', 'bytes', ...args, ...line.slice(0, 2)]);
    const wrong = await move('media');
    assert.deepEqual(
      [wrong.code, wrong.stderr],
      [2, 'wix-media-server: invalid place of bytes: expected s3://NAME or s3://NAME/PREFIX, or directory, found media\n'],
    );
    assert.equal((await move('s3://media/moved', '--only', 'other')).code, 1);
    assert.equal((await move('s3://media/moved')).stdout, 'sites changed: 1\n');
    const { origin, end } = await native(t, undefined, bucket, store);
    await readiness(origin, 200);
    await end();
    const back = await native(t, data, line);
    assert.match(back.text.stderr, /^wix-media-server: the bytes of the site moved are in s3:\/\/media\/moved: use --bucket s3:\/\/media\/moved, or, .* site bytes directory --only moved\n$/);
  });

  test('a wrong database is one line: of a setting with exit code 2, of the database with 1', async (t) => {
    for (const [args, expected] of /** @type {const} */ ([
      [['migrate'], /^wix-media-server: no database: use --database URL, or set WIX_MEDIA_DATABASE\n$/],
      [['migrate', '--database', 'mysql://u:secret@h/d'], /^wix-media-server: invalid --database: expected postgres:.*\n$/],
    ])) {
      const { code, stderr } = await run([...args]);
      assert.equal(code, 2);
      assert.match(stderr, expected);
      assert.doesNotMatch(stderr, /secret/);
    }
    const folder = await temporaryFolder(t);
    writeFileSync(join(folder, 'settings.toml'), `database = ${JSON.stringify(database.url('missing'))}\n`);
    const { code, stderr } = await run(['migrate', '--config', join(folder, 'settings.toml')]);
    assert.equal(code, 1);
    assert.match(stderr, /^wix-media-server: cannot migrate the database: .*"missing" does not exist.*\n$/);
  });
});

scenariosOn('wix-media-server on PostgreSQL, each request in another process', {
  // Injected faults are those of one process, and so are limits that are changed while it runs: another one may fetch the import.
  except: ['test aids: configured faults', 'imports: failing imports', 'uploads: size limits and the quota are enforced'],
  start: async (closing) => {
    const database = await postgres(closing);
    await database.start();
    const line = ['--database', database.url('postgres')];
    assert.equal((await run(['migrate', ...line])).code, 0);
    const data = await temporaryFolder(closing);
    const servers = await Promise.all([0, 1].map(() => native(closing, data, [...line, '--site-id', SITE, '--allow-private-imports'])));
    for (const { origin, text } of servers) if (!origin) throw new Error(`wix-media-server ended: ${text.stderr}`);
    return (await balance(closing, servers.map(({ origin }) => origin))).origin;
  },
});
