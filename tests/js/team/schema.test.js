// Servers beside a schema that is one version ahead of theirs, as in an upgrade: what `migrate` of the next release may do, by hand.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { withinTime } from '../harness/limit.js';
import { createClient } from '../harness/package.js';
import { follow, followed, record } from './consistency.js';
import { ask } from './native.js';
import { readiness } from './readiness.js';
import { replay } from './replay.js';
import { team } from './team.js';

const SEED = Number(process.env.WIX_MEDIA_SEED ?? Math.floor(Date.now() / 86_400_000));

/** Adds a column to every table, one with a default to those of files and folders, and a table. Nothing that is there changes or goes. */
const COMPATIBLE = `
  DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_version' LOOP
      EXECUTE format('ALTER TABLE %I ADD COLUMN later text', name);
    END LOOP;
  END $$;
  ALTER TABLE file ADD COLUMN later_count bigint NOT NULL DEFAULT 0;
  ALTER TABLE folder ADD COLUMN later_count bigint NOT NULL DEFAULT 0;
  CREATE TABLE later (site bigint NOT NULL, file text COLLATE "C" NOT NULL, PRIMARY KEY (site, file));
  UPDATE schema_version SET version = version + 1`;

/**
 * Migrates as the program does: in one transaction, which gives up after a wait for a table and is tried again. psql sends all of it at once.
 *
 * @param {(sql: string) => Promise<string>} query
 * @param {string} script
 */
async function migrate(query, script) {
  for (;;) {
    try {
      await query(`BEGIN; SET LOCAL lock_timeout = 1000; ${script}; COMMIT`);
      return;
    } catch (error) {
      // Anything else would fail for ever.
      if (!/lock timeout|deadlock/.test(String(error))) throw error;
    }
    await setTimeout(200);
  }
}

suite('wix-media-server: a schema of the next release', () => {
  test('servers go on beside one that allows them, and are not ready beside one that does not', async (t) => {
    t.diagnostic(`WIX_MEDIA_SEED=${SEED}`);
    const { origin, origins, query, start } = await team(t, { servers: 2 });
    const followers = origins.map((each) => follow(t, () => each));
    const version = () => query('SELECT version FROM schema_version');
    const before = Number(await version());
    let isOver = false;
    const migrating = withinTime('the migration', migrate(query, COMPATIBLE)).finally(() => (isOver = true));
    // Under load, and for as long as the migration takes.
    const history = await record(origin, { clients: 4, commands: 10, seed: SEED, files: 4, goesOn: () => !isOver });
    await migrating;
    assert.equal(Number(await version()), before + 1);
    const joined = await start();
    const all = [...origins, joined.origin];
    followers.push(follow(t, () => joined.origin));
    const after = await record(origin, { clients: 4, commands: 10, seed: SEED + 1, folders: 4, files: 4, origins: all });
    const whole = { entries: [...history.entries, ...after.entries], events: after.events, last: after.last };
    await replay(whole);
    await followed(followers, whole);
    const clients = all.map((baseUrl) => createClient({ baseUrl }));
    for (const [number, { folders }] of clients.entries()) await folders.createFolder(`made by server ${number}`);
    for (const { folders } of clients) {
      const names = (await folders.listFolders().toArray({ limit: 1000 })).map(({ displayName }) => displayName);
      for (const number of clients.keys()) assert.ok(names.includes(`made by server ${number}`), `${names}`);
    }

    await withinTime('the migration that excludes', migrate(query, 'LOCK TABLE schema_version IN ACCESS EXCLUSIVE MODE; UPDATE schema_version SET version = version + 1, oldest = version + 1'));
    const count = await query('SELECT count(*) FROM folder');
    for (const each of all) {
      for (const method of ['GET', 'POST']) {
        const answer = await ask(each, method, '/site-media/v1/folders', { headers: { 'content-type': 'application/json' }, body: method === 'POST' ? '{"displayName":"late"}' : '' });
        assert.equal(answer.status, 503, answer.text);
      }
      await readiness(each, 503, 'newer schema: start a newer release');
    }
    assert.equal(await query('SELECT count(*) FROM folder'), count);
  });
});
