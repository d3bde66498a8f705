// `listFiles` of 100 over HTTP on a directory: CPU of the native server beside `wix-media serve` of an earlier build, on copies of one directory,
// which the earlier build has made. They take turns. Never a test.
//
// WIX_MEDIA_BEFORE names the folder of the earlier build (`cargo xtask bench team` makes it), WIX_MEDIA_REQUESTS sets how many requests each gets (4,000).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { temporaryFolder } from '../../harness/manager.js';
import { createClient } from '../../harness/package.js';
import { present } from '../../harness/present.js';
import { native } from '../../team/native.js';
import { closers, cpu, verdict } from './usage.mjs';

/** @import { Closing } from '../../harness/types.d.ts' */

const REQUESTS = Number(process.env.WIX_MEDIA_REQUESTS ?? 4000);
const TURNS = 4;
const PAGE = 100;
const FILES = 150;
const MAX_RATIO = 0.3;

/**
 * Starts `wix-media serve` of the earlier build.
 *
 * @param {Closing} closing
 * @param {string} directory
 */
async function serve(closing, directory) {
  const command = join(present(process.env.WIX_MEDIA_BEFORE), 'command.js');
  const child = spawn(process.execPath, [command, 'serve', '--quiet', '--port', '0', '--data', directory], { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env.PATH } });
  const ended = once(child, 'close');
  const end = () => {
    child.kill('SIGTERM');
    return ended;
  };
  closing.after(end);
  let text = '';
  for await (const piece of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += piece;
    const [, origin] = /(http:\/\/\S+:\d+)\/\n/.exec(text) ?? [];
    if (origin) return { origin, pid: present(child.pid), end };
  }
  throw new Error(`wix-media serve ended: ${text}`);
}

/**
 * @param {string} origin
 * @param {number} count
 */
async function lists(origin, count) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let number = 0; number < count; number += 1) {
    const [response] = await once(get(`${origin}/site-media/v1/files?paging.limit=${PAGE}`, { agent }), 'response');
    const text = Buffer.concat(await response.toArray()).toString();
    if (response.statusCode !== 200) throw new Error(text);
    if (number === 0 && JSON.parse(text).files.length !== PAGE) throw new Error(`not ${PAGE} files: ${text.slice(0, 200)}`);
  }
  agent.destroy();
}

const { closing, close } = closers();
try {
  const folder = await temporaryFolder(closing);
  const [first, second] = [join(folder, 'one'), join(folder, 'two')];
  const making = await serve(closing, first);
  const photo = new Uint8Array(await readFile(new URL('../../../data/photos/astronaut.jpg', import.meta.url)));
  const { uploads } = createClient({ baseUrl: making.origin, auth: { apiKey: 'key' } });
  for (let number = 0; number < FILES; number += 1) await uploads.upload(photo, { displayName: `astronaut ${number}.jpg`, mimeType: 'image/jpeg' });
  await making.end();
  cpSync(first, second, { recursive: true });
  const theirs = await serve(closing, first);
  const server = await native(closing, second);
  const ours = { origin: server.origin, pid: present(server.child.pid) };
  /** @type {Map<object, number>} */
  const spent = new Map();
  for (let turn = -1; turn < TURNS; turn += 1) {
    for (const side of [theirs, ours]) {
      const before = cpu(side.pid);
      await lists(side.origin, REQUESTS / TURNS);
      if (turn >= 0) spent.set(side, (spent.get(side) ?? 0) + cpu(side.pid) - before);
    }
  }
  const [own, other] = [ours, theirs].map((side) => (present(spent.get(side)) / REQUESTS) * 1000);
  console.log(`listFiles of ${PAGE} over HTTP on one directory, CPU of the process, means of ${REQUESTS} in turns; target ≤ ${MAX_RATIO} ×`);
  console.log(`wix-media-server ${own.toFixed(2)} ms, wix-media serve of 3524e74 ${other.toFixed(2)} ms, ${(own / other).toFixed(2)} ×${verdict(own <= MAX_RATIO * other)}`);
} finally {
  await close();
}
