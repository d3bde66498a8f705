// Several processes of the native server on one database and one directory of bytes, or one bucket, behind a balancer.
import { join } from 'node:path';
import { temporaryFolder } from '../harness/manager.js';
import { balance } from './balancer.js';
import { native, run } from './native.js';
import { postgres } from './postgres.js';

/** @import { Closing } from '../harness/types.d.ts' */
/** @import { Native } from './native.js' */

/** @typedef {Pick<Awaited<ReturnType<typeof postgres>>, 'url' | 'query' | 'start' | 'create'>} Database */

/**
 * Starts a team. `through` stands between the servers and PostgreSQL: it gets the database, and returns the URL that the servers use.
 * With a `store` the bytes are in its bucket. `database` is another PostgreSQL than one of its own.
 *
 * @param {Closing} closing
 * @param {{ servers?: number, port?: number, args?: string[], through?: (database: { url: string, query: (sql: string) => Promise<string> }) => Promise<string>, store?: { bucket: string, env: NodeJS.ProcessEnv }, database?: Database }} [options]
 */
export async function team(closing, { servers: count = 3, port, args = [], through = async ({ url }) => url, store, database: given } = {}) {
  const database = given ?? (await postgres(closing));
  await database.start();
  const name = await database.create();
  const url = database.url(name);
  const migrated = await run(['migrate', '--database', url]);
  if (migrated.code !== 0) throw new Error(`wix-media-server migrate: ${migrated.stderr}`);
  const query = (/** @type {string} */ sql) => database.query(name, sql);
  const reached = await through({ url, query });
  const directory = store ? undefined : join(await temporaryFolder(closing), 'bytes');
  const line = ['--database', reached, ...(store ? ['--bucket', store.bucket] : []), ...args];
  const start = async () => {
    const server = await native(closing, directory, line, store?.env);
    if (!server.origin) throw new Error(`wix-media-server ended: ${server.text.stdout}${server.text.stderr}`);
    return server;
  };
  /** @type {Native[]} */
  const servers = [];
  for (let number = 0; number < count; number += 1) servers.push(await start());
  const origins = servers.map(({ origin }) => origin);
  const { origin, counts, open } = await balance(closing, origins, port);
  return { origin, counts, open, servers, origins, url, directory, start, database, query };
}
