// PostgreSQL on three nodes under Patroni, which makes a standby the primary when the primary is gone. All of it ends with the process, in
// whichever way that ends.
//
// Replication is synchronous and strict: a commit is acknowledged when a standby has it too, and only that standby may become the primary.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { withinTime } from '../harness/limit.js';
import { freePort } from '../harness/port.js';
import { nodes } from './nodes.js';
import { programs, psql } from './postgres.js';

/** @import { Closing } from '../harness/types.d.ts' */

/**
 * @typedef {{ name: string, port: number, api: number }} Node
 * @typedef {{ name: string, role: 'leader' | 'sync_standby' | 'replica', state: string, timeline?: number }} Member As Patroni tells it.
 */

const NAMES = ['one', 'two', 'three'];

/**
 * Seconds without a sign of life of the primary after which another node takes over. Patroni advises against less than 20. One that is late
 * on a busy machine steps down, which a test bears.
 */
const TTL = 20;

/**
 * The settings of Patroni on a node, as JSON, which is YAML.
 *
 * @param {string} folder
 * @param {Node} node
 * @param {string} etcd
 */
function settings(folder, { name, port, api }, etcd) {
  const account = { username: 'postgres', password: 'postgres' };
  const parameters = { fsync: 'off', unix_socket_directories: folder, max_connections: 100 };
  return {
    scope: 'media',
    name,
    etcd3: { host: new URL(etcd).host },
    restapi: { listen: `127.0.0.1:${api}`, connect_address: `127.0.0.1:${api}` },
    bootstrap: {
      dcs: {
        ttl: TTL,
        loop_wait: 2,
        retry_timeout: 8,
        synchronous_mode: true,
        synchronous_mode_strict: true,
        postgresql: { use_pg_rewind: true, parameters: { wal_log_hints: 'on' } },
      },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, { auth: 'trust' }, 'no-sync'],
    },
    postgresql: {
      listen: `127.0.0.1:${port}`,
      connect_address: `127.0.0.1:${port}`,
      bin_dir: programs(),
      data_dir: join(folder, 'data'),
      pgpass: join(folder, 'pgpass'),
      pg_hba: ['local all all trust', 'host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust'],
      authentication: { superuser: account, replication: account },
      parameters,
    },
  };
}

/**
 * Prepares three nodes, which `start` starts.
 *
 * @param {Closing} closing
 */
export async function patroni(closing) {
  const [etcd, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  /** @type {Record<string, (folder: string) => string[]>} */
  const commands = {
    etcd: (folder) => [
      ...['etcd', '--data-dir', join(folder, 'data'), '--listen-client-urls', etcd, '--advertise-client-urls', etcd],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`],
    ],
  };
  /** @type {Node[]} */
  const servers = [];
  for (const name of NAMES) {
    const node = { name, port: await freePort(), api: await freePort() };
    servers.push(node);
    commands[name] = (folder) => {
      const file = join(folder, 'patroni.json');
      writeFileSync(file, JSON.stringify(settings(folder, node, etcd)));
      return ['patroni', file];
    };
  }
  const { start, kill } = await nodes(closing, 'patroni', commands, 'postgres');

  /** What the nodes are, as the first one that answers says. */
  async function members() {
    for (const { api } of servers) {
      const response = await fetch(`http://127.0.0.1:${api}/cluster`).catch(() => undefined);
      if (response?.ok) return /** @type {Member[]} */ ((await response.json()).members);
    }
    return [];
  }
  /**
   * Waits until the nodes are as wanted, and returns them.
   *
   * @param {string} what
   * @param {(members: Member[]) => boolean} are
   */
  const until = (what, are) => {
    const waiting = async () => {
      for (;;) {
        const found = await members();
        if (are(found)) return found;
        await setTimeout(100);
      }
    };
    return withinTime(what, waiting());
  };
  /** Waits until there are a primary, a standby that has every commit, and a third node. */
  const complete = async () => {
    const roles = ['leader', 'replica', 'sync_standby'];
    const found = await until('all nodes of Patroni', (all) => {
      const timeline = all.find(({ role }) => role === 'leader')?.timeline;
      const isReady = all.every((each) => /^(running|streaming)$/.test(each.state) && each.timeline === timeline);
      return isReady && String(all.map(({ role }) => role).sort()) === String(roles);
    });
    return found;
  };
  const hosts = servers.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const url = (/** @type {string} */ database) => `postgres://postgres@${hosts}/${database}`;
  const query = (/** @type {string} */ database, /** @type {string} */ sql) => psql(`${url(database)}?target_session_attrs=read-write`, sql);
  return {
    url,
    query,
    members,
    until,
    complete,
    start: async () => {
      for (const name of Object.keys(commands)) await start(name);
      await complete();
    },
    /** Kills PostgreSQL and Patroni on a node, so that it does not come back by itself. */
    kill,
    /** Starts a node again. */
    revive: start,
    /** Makes an empty database, and returns its name. */
    create: async () => {
      await query('postgres', 'CREATE DATABASE media');
      return 'media';
    },
  };
}
