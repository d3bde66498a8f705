// Requests a second of reads with one, two and three processes on one PostgreSQL. How many there are depends on the cores: the clients, the
// servers and PostgreSQL share them. So the CPU of a request is printed too. Never a test.
//
// WIX_MEDIA_REQUESTS sets how many requests are measured (6,000).
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createClient } from '../../harness/package.js';
import { present } from '../../harness/present.js';
import { team } from '../../team/team.js';
import { closers, cpu, cpuOfThread, table } from './usage.mjs';

const REQUESTS = Number(process.env.WIX_MEDIA_REQUESTS ?? 6000);
const AT_ONCE = 24;
const FILES = 120;
const PAGE = 100;

/** Sends requests, each to the next server. */
async function runClient(/** @type {string[]} */ [path, count, ...origins]) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let left = Number(count);
  const work = async () => {
    while (left > 0) {
      left -= 1;
      const [response] = await once(get(origins[left % origins.length] + path, { agent }), 'response');
      const text = Buffer.concat(await response.toArray());
      if (response.statusCode !== 200) throw new Error(text.toString());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  process.exit(0);
}

/**
 * @param {string} path
 * @param {number} count
 * @param {string[]} origins
 */
async function requests(path, count, origins) {
  const client = fork(fileURLToPath(import.meta.url), ['--client', path, String(count), ...origins]);
  const [code] = await once(client, 'close');
  if (code !== 0) throw new Error(`the client ended with ${code}`);
}

async function main() {
  const { closing, close } = closers();
  try {
    const { origins, servers, query } = await team(closing, { servers: 3 });
    const { uploads } = createClient({ baseUrl: origins[0] });
    const photo = new Uint8Array(await readFile(new URL('../../../data/photos/astronaut.jpg', import.meta.url)));
    /** @type {string[]} */
    const ids = [];
    for (let number = 0; number < FILES; number += 1) ids.push((await uploads.upload(photo, { displayName: `astronaut ${number}.jpg`, mimeType: 'image/jpeg' }))._id);
    const backends = `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;
    const rows = [['', 'processes', 'requests a second', 'CPU of the servers', 'CPU of PostgreSQL']];
    for (const [what, path] of [
      ['getFileDescriptor', `/site-media/v1/files/${ids[0]}`],
      [`listFiles of ${PAGE}`, `/site-media/v1/files?paging.limit=${PAGE}`],
    ]) {
      for (let count = 1; count <= origins.length; count += 1) {
        const used = origins.slice(0, count);
        await requests(path, REQUESTS / 10, used);
        const pids = (await query(backends)).split('\n').map(Number);
        const spent = () => [servers.reduce((sum, { child }) => sum + cpu(present(child.pid)), 0), pids.reduce((sum, pid) => sum + cpuOfThread(pid), 0)];
        const [before, begin] = [spent(), performance.now()];
        await requests(path, REQUESTS, used);
        const seconds = (performance.now() - begin) / 1000;
        const [own, database] = spent().map((after, index) => ((after - before[index]) / REQUESTS) * 1000);
        rows.push([what, String(count), (REQUESTS / seconds).toFixed(0), `${own.toFixed(2)} ms`, `${database.toFixed(2)} ms`]);
      }
    }
    console.log(`reads with ${AT_ONCE} at once, ${REQUESTS} each, on ${availableParallelism()} cores`);
    table(rows);
    console.log('Clients, servers and PostgreSQL share the cores. A second process adds requests only if cores are left: divide the cores by the CPU of a request.');
  } finally {
    await close();
  }
}

const [role, ...words] = process.argv.slice(2);
if (role === '--client') await runClient(words);
else await main();
