// What 500 connections of strangers cost `wix-media serve`: idle ones, ones with half a head, ones that send large bodies
// without a key, and ones that read no answer. Memory of the server, never a test.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { served } from '../harness/served.js';

const COUNT = Number(process.env.WIX_MEDIA_CONNECTIONS ?? 500);
const TARGET_MB = 100;
const KEY = 'the-key-of-the-owner';
const SITE = '00000000-0000-4000-8000-000000000000';
/** How long each kind of stranger goes on. */
const DURATION_MS = 8000;
const BODY = `POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 16000000\r\n\r\n`;
const PIECE = Buffer.alloc(1_000_000, 32);

/** @param {number | undefined} pid */
const rss = (pid) => Number(present(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')))[1]) / 1024;
const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @type {(() => unknown)[]} */
const closers = [];
const closing = { after: (/** @type {() => unknown} */ close) => void closers.push(close) };
try {
  const server = await served(closing, ['--quiet', '--api-key', KEY]);
  const { port } = new URL(server.origin);
  const client = createClient({ baseUrl: server.origin, auth: { apiKey: KEY, siteId: SITE } });
  const file = await client.uploads.upload(Buffer.alloc(20_000_000, 'media '), { displayName: 'large.bin' });
  const media = new URL(present(file.url)).pathname;
  /** @type {Record<string, (socket: import('node:net').Socket) => void>} */
  const strangers = {
    'that say nothing': () => {},
    'with half a head': (socket) => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: '),
    'with bodies of 16 MB': (socket) => {
      const more = () => {
        while (!socket.destroyed && socket.write(PIECE));
      };
      socket.write(BODY);
      socket.on('drain', more);
      more();
    },
    'that read no answer': (socket) => {
      socket.pause();
      socket.write(`GET ${media} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    },
  };
  console.log(`memory of wix-media serve under ${COUNT} connections of strangers, target below ${TARGET_MB} MB more\n`);
  const idle = rss(server.child.pid);
  for (const [name, act] of Object.entries(strangers)) {
    const before = rss(server.child.pid);
    const sockets = Array.from({ length: COUNT }, () => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      act(socket);
      return socket;
    });
    let most = before;
    const end = performance.now() + DURATION_MS;
    while (performance.now() < end) {
      await pause(100);
      most = Math.max(most, rss(server.child.pid));
    }
    const begin = performance.now();
    await client.files.listFiles();
    const took = performance.now() - begin;
    for (const socket of sockets) socket.destroy();
    await pause(1000);
    const cost = most - before;
    console.log(`${name.padEnd(22)} ${cost.toFixed(1).padStart(6)} MB more${cost < TARGET_MB ? '' : '  missed'}, ${(rss(server.child.pid) - idle).toFixed(1)} MB above the beginning afterwards; a call took ${took.toFixed(0)} ms`);
  }
} finally {
  for (const close of closers.reverse()) await close();
}
