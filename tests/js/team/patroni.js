// PostgreSQL on three nodes under Patroni, which makes a standby the primary when the primary is gone. All of it ends with the process, in
// whichever way that ends.
//
// Replication is synchronous and strict: a commit is acknowledged when a standby has it too, and only that standby may become the primary. Each
// node has a folder of its own, whose name is in the command line of each of its processes: so they are found when a node is killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { withinTime } from '../harness/limit.js';
import { freePort } from '../harness/port.js';
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

/** Runs until the standard input ends, and starts and kills nodes as its lines say. Each line is answered by one. */
const SCRIPT = `
trap '' INT TERM HUP
if [ "$(id -u)" = 0 ]; then AS='setpriv --reuid=postgres --regid=postgres --init-groups'; chown -R postgres "$RUN"; else AS=env; fi
# Kills the processes that name a folder, and their children. The name reaches grep by its input, or grep would find itself.
end() {
  while files=$(printf '%s' "$1/" | grep -laF -f - /proc/[0-9]*/cmdline 2>/dev/null); do
    for file in $files; do
      id=\${file#/proc/} id=\${id%/cmdline}
      kill -9 "$id" $(cat "/proc/$id/task/$id/children" 2>/dev/null) 2>/dev/null
    done
  done
}
$AS etcd --data-dir "$RUN/etcd/data" --listen-client-urls "$ETCD" --advertise-client-urls "$ETCD" \
  --listen-peer-urls "$PEER" --initial-advertise-peer-urls "$PEER" --initial-cluster "default=$PEER" >"$RUN/etcd/log" 2>&1 </dev/null &
while read -r what name; do
  case "$what" in
    start) $AS patroni "$RUN/$name/patroni.json" >>"$RUN/$name/log" 2>&1 </dev/null & ;;
    kill) end "$RUN/$name" ;;
  esac
  echo "$what $name"
done
end "$RUN"
wait
rm -rf "$RUN"
`;

/**
 * The settings of Patroni on a node, as JSON, which is YAML.
 *
 * @param {string} run
 * @param {Node} node
 * @param {string} etcd
 */
function settings(run, { name, port, api }, etcd) {
  const account = { username: 'postgres', password: 'postgres' };
  const parameters = { fsync: 'off', unix_socket_directories: join(run, name), max_connections: 100 };
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
      data_dir: join(run, name, 'data'),
      pgpass: join(run, name, 'pgpass'),
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
  const run = mkdtempSync(join(tmpdir(), 'wix-media-patroni-'));
  const [etcd, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
  mkdirSync(join(run, 'etcd'));
  /** @type {Node[]} */
  const nodes = [];
  for (const name of NAMES) {
    const node = { name, port: await freePort(), api: await freePort() };
    nodes.push(node);
    mkdirSync(join(run, name));
    writeFileSync(join(run, name, 'patroni.json'), JSON.stringify(settings(run, node, etcd)));
  }
  chmodSync(run, 0o755);
  const env = { PATH: process.env.PATH, LANG: 'C.UTF-8', RUN: run, ETCD: etcd, PEER: peer };
  const child = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'pipe', 'inherit'], env });
  const ended = once(child, 'close');
  const answers = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]();
  closing.after(() => {
    child.stdin.end();
    return ended;
  });
  const tell = async (/** @type {string} */ line) => {
    child.stdin.write(`${line}\n`);
    const { value } = await withinTime(`Patroni to ${line}`, answers.next());
    if (value !== `${line}\n`) throw new Error(`Patroni did not ${line}: ${value}`);
  };

  /** What the nodes are, as the first one that answers says. */
  async function members() {
    for (const { api } of nodes) {
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
  const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const url = (/** @type {string} */ database) => `postgres://postgres@${hosts}/${database}`;
  const query = (/** @type {string} */ database, /** @type {string} */ sql) => psql(`${url(database)}?target_session_attrs=read-write`, sql);
  return {
    url,
    query,
    members,
    until,
    complete,
    start: async () => {
      for (const { name } of nodes) await tell(`start ${name}`);
      await complete();
    },
    /** Kills PostgreSQL and Patroni on a node, so that it does not come back by itself. */
    kill: (/** @type {string} */ name) => tell(`kill ${name}`),
    /** Starts a node again. */
    revive: (/** @type {string} */ name) => tell(`start ${name}`),
    /** Makes an empty database, and returns its name. */
    create: async () => {
      await query('postgres', 'CREATE DATABASE media');
      return 'media';
    },
  };
}
