// What differs between the program of a build with libraries of the system and the static one: names by DNS, the certificates of the system, allocations.
// A database over TLS and a bucket over HTTPS, both reached by name, with every step from the migration to the check of an imported archive.
// `cargo xtask server-tarball --test` runs this file against the program that it packs.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createServer } from 'node:tls';
import { md5, noise } from '../harness/bytes.js';
import { leftovers } from '../harness/leftovers.js';
import { withinTime } from '../harness/limit.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { samples } from '../scenarios/samples.js';
import { certifyBelowRoot } from './certificate.js';
import { native, run } from './native.js';
import { objectStore } from './object-store.js';
import { postgres } from './postgres.js';

/** @import { Closing } from '../harness/types.d.ts' */

/** Three parts in the bucket. */
const LARGE = noise(20_000_000, 3);

/** A name that nobody has, by RFC 6761. The DNS of a machine may say so, not answer, or lead to a host of its own. */
const UNKNOWN = 'media.invalid';
/** A database that nobody has, wherever the name leads. */
const NOWHERE = `postgres://postgres@${UNKNOWN}:1/media`;
/** A name that no DNS is asked for, because a label has 63 letters at most. */
const TOO_LONG = `${'m'.repeat(64)}.invalid`;

/**
 * Makes PostgreSQL offer TLS. Its files belong to its user, so it writes them itself.
 *
 * @param {Awaited<ReturnType<typeof postgres>>} engine
 * @param {{ cert: string, key: string }} files
 */
async function encrypt(engine, { cert, key }) {
  for (const [from, to] of [[cert, 'server.crt'], [key, 'server.key']]) {
    const lines = readFileSync(from, 'utf8').trimEnd().split('\n');
    await engine.query('postgres', `COPY (SELECT unnest(ARRAY['${lines.join("','")}'])) TO PROGRAM 'umask 077; cat >${to}'`);
  }
  await engine.query('postgres', 'ALTER SYSTEM SET ssl = on');
  await engine.query('postgres', 'SELECT pg_reload_conf()');
  const offered = async () => {
    while ((await engine.query('postgres', 'SHOW ssl')) !== 'on') await setTimeout(50);
  };
  await withinTime('TLS of PostgreSQL', offered());
}

/**
 * Ends TLS in front of a port of this machine. Returns the port that speaks it.
 *
 * @param {Closing} closing
 * @param {{ cert: string, key: string }} files
 * @param {number} to
 */
async function encrypted(closing, { cert, key }, to) {
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (near) => {
    const far = connect(to, '127.0.0.1');
    for (const [one, other] of [[near, far], [far, near]]) one.on('error', () => {}).on('close', () => other.destroy());
    near.pipe(far).pipe(near);
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.after(() => server.close());
  return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
}

suite('wix-media-server as it is installed', () => {
  /** @type {Awaited<ReturnType<typeof postgres>>} */
  let engine;
  /** @type {ReturnType<typeof certifyBelowRoot>} */
  let files;
  /** @type {NodeJS.ProcessEnv} */
  let env;
  /** @type {string} */
  let bucket;

  const closing = leftovers();
  before(async () => {
    files = certifyBelowRoot(await temporaryFolder(closing));
    engine = await postgres(closing);
    await engine.start();
    await encrypt(engine, files);
    const store = await objectStore(closing);
    bucket = store.bucket;
    const port = await encrypted(closing, files, store.port);
    // The certificates of the system, as the programs of Linux look for them.
    env = { ...store.env, AWS_ENDPOINT_URL: `https://localhost:${port}`, SSL_CERT_FILE: files.root };
  });

  /** A new database, with its address by name. */
  async function database() {
    const url = new URL(engine.url(await engine.create()));
    url.hostname = 'localhost';
    url.searchParams.set('sslmode', 'verify-full');
    return url;
  }

  /**
   * Runs a command that succeeds.
   *
   * @param {string[]} args
   */
  async function done(args) {
    const { code, stdout, stderr } = await run(args, env);
    assert.deepEqual([code, stderr], [0, ''], args[0]);
    return stdout;
  }

  test('a database over TLS and a bucket over HTTPS hold everything, and an archive of it becomes another site', async (t) => {
    const url = await database();
    const stores = ['--database', url.href, '--bucket', bucket];
    await done(['migrate', '--database', url.href]);
    const server = await native(t, undefined, stores, env);
    assert.match(await done(['check', ...stores]), /^PostgreSQL \d.*\n(.*\n)*blobs can be written, read and deleted\n/);
    const { uploads } = createClient({ baseUrl: server.origin });
    const large = await uploads.upload(LARGE, { displayName: 'large.bin' });
    const image = await uploads.upload(new Uint8Array(samples.png), { displayName: 'a.png' });
    const sessions = await engine.query('postgres', `SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND datname = '${url.pathname.slice(1)}'`);
    assert.notEqual(sessions, '0');
    const bytes = await (await fetch(present(large.url))).arrayBuffer();
    assert.equal(md5(new Uint8Array(bytes)), md5(LARGE));
    const picture = await fetch(`${server.origin}/media/${image._id}/v1/fill/w_3,h_2/a.jpg`);
    assert.deepEqual([picture.status, picture.headers.get('content-type')], [200, 'image/jpeg']);
    assert.ok((await picture.arrayBuffer()).byteLength > 0);
    const archive = join(await temporaryFolder(t), 'archive.zip');
    await done(['export', archive, ...stores]);
    assert.deepEqual(await server.end(), { code: 0, signal: null });

    const other = await database();
    await done(['migrate', '--database', other.href]);
    const copy = ['--database', other.href, '--bucket', `${bucket}-copy`];
    await done(['import', archive, ...copy]);
    for (const each of [stores, copy]) assert.match(await done(['fsck', ...each]), /0 damaged/);
    const data = join(await temporaryFolder(t), 'data');
    await done(['import', archive, '--data', data]);
    await done(['fsck', '--data', data]);
  });

  test('a root that the URL names counts, and a certificate of another root or for another name is refused in one line', async (t) => {
    const named = await database();
    named.searchParams.set('sslrootcert', files.root);
    const migrated = await run(['migrate', '--database', named.href], { ...env, SSL_CERT_FILE: undefined });
    assert.deepEqual([migrated.code, migrated.stderr], [0, '']);
    const other = await database();
    const address = await database();
    address.hostname = '127.0.0.1';
    for (const [url, root] of /** @type {const} */ ([[other, certifyBelowRoot(await temporaryFolder(t)).root], [address, files.root]])) {
      const { code, stdout, stderr } = await run(['migrate', '--database', url.href], { ...env, SSL_CERT_FILE: root });
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, /^wix-media-server: [^\n]*certificate[^\n]*\n$/);
    }
    // The same for the bucket.
    await done(['site', 'create', 'site-a', '--database', named.href]);
    const stores = ['--database', named.href, '--bucket', bucket, '--site-id', 'site-a'];
    const { code, stderr } = await run(['check', ...stores], { ...env, SSL_CERT_FILE: certifyBelowRoot(await temporaryFolder(t)).root });
    assert.equal(code, 1);
    assert.match(stderr, /^wix-media-server: [^\n]*certificate[^\n]*\n$/);
  });

  test('a name that nobody has is one line that contains it', async (t) => {
    const [data, url] = [join(await temporaryFolder(t), 'data'), (await database()).href];
    await done(['migrate', '--database', url]);
    await done(['site', 'create', 'site-a', '--database', url]);
    const named = /^wix-media-server: [^\n]*media\.invalid[^\n]*\n$/;
    for (const [args, variables, expected] of /** @type {[string[], NodeJS.ProcessEnv, RegExp][]} */ ([
      [['migrate', '--database', NOWHERE], {}, named],
      [['check', '--database', NOWHERE, '--bucket', bucket], {}, named],
      [['check', '--database', url, '--site-id', 'site-a', '--bucket', bucket], { AWS_ENDPOINT_URL: `https://${UNKNOWN}` }, named],
      [['serve', '--data', data, '--host', TOO_LONG], { WIX_API_KEY: 'key' }, /^wix-media-server: cannot listen on m+\.invalid: failed to lookup address information: [^\n]+\n$/],
    ])) {
      const { code, stderr } = await run(args, { ...env, ...variables });
      assert.equal(code, 1, `${args.join(' ')}: ${stderr}`);
      assert.match(stderr, expected);
    }
  });
});
