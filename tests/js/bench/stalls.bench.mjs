// How long others wait while `wix-media serve` works: the health and a descriptor are asked for every 20 ms from a process of
// their own, while clients transform images of 12 megapixels, and while they upload. Never a test.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { startServer } from './server.mjs';

/** @typedef {{ name: string, times: number[], errors: number }} Asked */

const SECONDS = Number(process.env.WIX_MEDIA_SECONDS ?? 10);
const TRANSFORMING = 12;
const UPLOADING = 8;
const EVERY_MS = 20;
const P99_MS = 50;
const WORST_MS = 200;

/**
 * Asks for some addresses until the parent says stop.
 *
 * @param {Record<string, string>} addresses
 */
function probe(addresses) {
  const agent = new http.Agent({ keepAlive: true });
  /** @type {Asked[]} */
  const all = Object.keys(addresses).map((name) => ({ name, times: [], errors: 0 }));
  let open = 0;
  const timer = setInterval(() => {
    for (const asked of all) {
      const begun = performance.now();
      open += 1;
      const done = (/** @type {boolean} */ isRight) => {
        open -= 1;
        if (isRight) asked.times.push(performance.now() - begun);
        else asked.errors += 1;
      };
      const request = http.get(addresses[asked.name], { agent }, (response) => {
        response.resume();
        response.on('end', () => done(response.statusCode === 200));
      });
      request.on('error', () => done(false));
    }
  }, EVERY_MS);
  process.on('message', () => {
    clearInterval(timer);
    const wait = () => (open > 0 ? setTimeout(wait, 10) : process.send?.(all, () => process.exit()));
    wait();
  });
}

if (process.argv[2] === 'probe') {
  probe(JSON.parse(process.argv[3]));
} else {
  await main();
}

/**
 * Probes while `work` runs.
 *
 * @param {string} title
 * @param {Record<string, string>} addresses
 * @param {(isOver: () => boolean) => Promise<number>} work Resolves to how much it has done.
 */
async function during(title, addresses, work) {
  const child = fork(fileURLToPath(import.meta.url), ['probe', JSON.stringify(addresses)]);
  /** @type {Promise<Asked[]>} */
  const told = new Promise((resolve) => child.on('message', (all) => resolve(/** @type {Asked[]} */ (all))));
  const end = performance.now() + SECONDS * 1000;
  const done = await work(() => performance.now() > end);
  child.send('stop');
  console.log(`\n${title}${done ? `, ${(done / SECONDS).toFixed(1)} a second` : ''}`);
  for (const { name, times, errors } of await told) {
    times.sort((one, other) => one - other);
    const at = (/** @type {number} */ share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
    const [p50, p99, worst] = [at(0.5), at(0.99), at(1)];
    const isMet = p99 <= P99_MS && worst <= WORST_MS && errors === 0;
    const text = [p50, p99, worst].map((time) => `${time.toFixed(1)} ms`.padStart(10)).join('');
    console.log(`  ${name.padEnd(20)}${text}   of ${times.length}${errors ? `, ${errors} errors` : ''}${isMet ? '' : '  missed'}`);
  }
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'wix-media-bench-'));
  const { origin, stop } = await startServer(['--data', join(folder, 'media')]);
  try {
    const client = createClient({ baseUrl: origin });
    const noise = await sharp({ create: { width: 1000, height: 750, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 60 } } }).png().toBuffer();
    const image = await sharp(noise).resize(4000, 3000).jpeg({ quality: 90 }).toBuffer();
    const { _id: id, url } = await client.uploads.upload(image, { displayName: 'large.jpg', mimeType: 'image/jpeg' });
    const addresses = { health: `${origin}/_wix-media/health`, getFileDescriptor: `${origin}/site-media/v1/files/${present(id)}` };
    console.log(`others beside the work of wix-media serve: p50, p99, worst; targets: p99 ≤ ${P99_MS} ms, worst ≤ ${WORST_MS} ms`);

    await during('nothing else', addresses, (isOver) => idle(isOver));
    let width = 100;
    await during(`${TRANSFORMING} clients transform images of 12 megapixels`, addresses, (isOver) =>
      many(TRANSFORMING, isOver, async () => {
        const response = await fetch(`${present(url)}/v1/fit/w_${(width += 1)},h_4000/a.webp`);
        await response.arrayBuffer();
        return response.status === 200;
      }),
    );
    for (const [name, size] of /** @type {[string, number][]} */ ([['100 KB', 100_000], ['10 MB', 10_000_000]])) {
      const bytes = new Uint8Array(size).map((_, at) => at * 7);
      let number = 0;
      await during(`${UPLOADING} clients upload files of ${name}`, addresses, (isOver) =>
        many(UPLOADING, isOver, async () => {
          bytes[0] += 1;
          await client.uploads.upload(bytes.slice(), { displayName: `${(number += 1)}.bin`, mimeType: 'application/octet-stream', sessions: false });
          return true;
        }),
      );
    }
  } finally {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {() => boolean} isOver */
async function idle(isOver) {
  while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 100));
  return 0;
}

/**
 * Runs something again and again, several at a time. Resolves to how often it was right.
 *
 * @param {number} count
 * @param {() => boolean} isOver
 * @param {() => Promise<boolean>} act
 */
async function many(count, isOver, act) {
  let right = 0;
  const one = async () => {
    while (!isOver()) if (await act()) right += 1;
  };
  await Promise.all(Array.from({ length: count }, one));
  return right;
}
