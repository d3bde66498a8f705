// A PostgreSQL of the run's own. It ends with the process, in whichever way that ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { withinTime } from '../harness/limit.js';
import { freePort } from '../harness/port.js';

/** @import { Closing } from '../harness/types.d.ts' */

/** Runs until the standard input ends, and starts and stops the server as its lines say. Each line is answered by one. */
const SCRIPT = `
trap '' INT TERM HUP
if [ "$(id -u)" = 0 ]; then AS='setpriv --reuid=postgres --regid=postgres --init-groups'; chown postgres "$RUN"; else AS=env; fi
create() {
  if [ "$FROM" ]; then mv "$FROM" "$RUN/data"; if [ "$(id -u)" = 0 ]; then chown -R postgres "$RUN/data"; fi
  elif [ "$PRIMARY" ]; then $AS "$BIN/pg_basebackup" -D "$RUN/data" -h 127.0.0.1 -p "$PRIMARY" -U postgres --write-recovery-conf --checkpoint=fast --no-sync
  else $AS "$BIN/initdb" -D "$RUN/data" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync; fi
}
create >"$RUN/log" 2>&1 || { cat "$RUN/log" >&2; exit 1; }
# Continues what a test has stopped by SIGSTOP: such a process would not take the signal that ends it.
stop() {
  id=$(head -n 1 "$RUN/data/postmaster.pid" 2>/dev/null) && kill -CONT "$id" $(cat "/proc/$id/task/$id/children" 2>/dev/null) 2>/dev/null
  $AS "$BIN/pg_ctl" -D "$RUN/data" -m immediate stop >/dev/null 2>&1
}
while read -r line; do
  case "$line" in
    start) $AS "$BIN/pg_ctl" -D "$RUN/data" -l "$RUN/server.log" -w -t 600 start -o "-p $PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=$RUN -c fsync=off" >/dev/null 2>&1 || cat "$RUN/server.log" >&2 ;;
    stop) stop ;;
  esac
  echo "$line"
done
stop
rm -rf "$RUN"
`;

/** The folder of the programs of PostgreSQL: the one that `WIX_MEDIA_POSTGRES_BIN` names, else that of the latest version. */
export function programs() {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(root, version, 'bin')), ...(process.env.PATH ?? '').split(delimiter)];
  const found = process.env.WIX_MEDIA_POSTGRES_BIN ?? folders.find((folder) => existsSync(join(folder, 'initdb')));
  if (!found) throw new Error('PostgreSQL 15 or later is needed: install the package postgresql, or set WIX_MEDIA_POSTGRES_BIN');
  return found;
}

/**
 * Runs SQL and returns what it prints.
 *
 * @param {string} url Of a database.
 * @param {string} sql
 */
export async function psql(url, sql) {
  const child = spawn('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-c', sql, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  const text = child.stdout.setEncoding('utf8').toArray();
  const [code] = await once(child, 'close');
  if (code) throw new Error(`psql ended with ${code}: ${sql}`);
  return (await text).join('').trim();
}

/**
 * Sends a signal to processes. Those that have ended meanwhile are left out.
 *
 * @param {number[]} pids
 * @param {NodeJS.Signals} name
 */
export function signal(pids, name) {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
    }
  }
}

/**
 * Prepares a server, which `start` starts. With `primary`, the port of one that runs, it is a standby of that.
 *
 * @param {Closing} closing
 * @param {{ primary?: number, data?: string }} [options] `data` is a folder with the data of another server, which becomes those of this one.
 */
export async function postgres(closing, { primary, data = '' } = {}) {
  const [folder, port, run] = [programs(), await freePort(), mkdtempSync(join(tmpdir(), 'wix-media-team-'))];
  const env = { PATH: process.env.PATH, BIN: folder, RUN: run, PORT: String(port), PRIMARY: String(primary ?? ''), FROM: data };
  // In a session of its own: Ctrl-C would end initdb in the middle.
  const child = spawn('sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'pipe', 'inherit'], env });
  const ended = once(child, 'close');
  const answers = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]();
  const tell = async (/** @type {'start' | 'stop'} */ line) => {
    child.stdin.write(`${line}\n`);
    const { value } = await withinTime(`PostgreSQL to ${line}`, answers.next());
    if (value !== `${line}\n`) throw new Error(`PostgreSQL did not ${line}: ${value}`);
  };
  // A signal to the whole group can end the shell before it has its session.
  child.stdin.on('error', () => {});
  closing.after(async () => {
    child.stdin.end();
    await ended;
    rmSync(run, { recursive: true, force: true });
  });
  const url = (/** @type {string} */ database) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const query = (/** @type {string} */ database, /** @type {string} */ sql) => psql(url(database), sql);
  /**
   * Runs SQL in a session, and resolves when that is done. The session lasts until `release`.
   *
   * @param {string} database
   * @param {string} sql
   */
  const hold = async (database, sql) => {
    const session = spawn('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', url(database)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const closed = once(session, 'close');
    const release = () => {
      session.stdin.end();
      return closed;
    };
    closing.after(release);
    session.stdin.write(`${sql};\n\\echo held\n`);
    await withinTime('the session', once(session.stdout, 'data'));
    return release;
  };
  let count = 0;
  return {
    port,
    url,
    query,
    hold,
    /** The ids of its processes. */
    processes: async () => {
      const others = 'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()';
      const ids = await query('postgres', `${others} UNION SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int`);
      return ids.split('\n').map(Number);
    },
    start: () => tell('start'),
    stop: () => tell('stop'),
    /** Makes an empty database, and returns its name. */
    create: async () => {
      count += 1;
      const name = `media_${count}`;
      await query('postgres', `CREATE DATABASE ${name}`);
      return name;
    },
  };
}
