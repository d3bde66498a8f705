// How long others wait while something long runs, in a server of its own: `getFileDescriptor` and `health` over HTTP, one after the
// other, while an archive is imported and exported, everything is checked, and a large tree is moved to the trash, restored
// and deleted permanently. Never a test.
//
// WIX_MEDIA_FILES sets the number of files (200,000). A quarter of them is in the tree.
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { archiveOf, idOf } from './filled.mjs';
import { startServer } from './server.mjs';

const FILES = Number(process.env.WIX_MEDIA_FILES ?? 200_000);
const [P99_MS, WORST_MS] = [50, 200];
const FOLDER = 'f0000000000000000000000000000001';
const TREE = { folder: 'f0000000000000000000000000000002', count: Math.floor(FILES / 4) };
/**
 * Sends a request, and fails where the answer is no success.
 *
 * @param {string} url
 * @param {RequestInit & { duplex?: 'half' }} [init]
 */
async function ask(url, init) {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${init?.method ?? 'GET'} ${url}: ${response.status} ${await response.text()}`);
  return response;
}

/** @param {string} url @param {unknown} body */
const post = async (url, body) =>
  (await ask(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).json();

/**
 * Asks again and again until `work` is over. Gives the times of the answers.
 *
 * @param {string[]} urls
 * @param {Promise<unknown>} work
 */
async function waits(urls, work) {
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  const loops = urls.map(async (url) => {
    const times = [];
    while (!isOver) {
      const begin = performance.now();
      await (await ask(url)).arrayBuffer();
      times.push(performance.now() - begin);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return times;
  });
  const times = await Promise.all(loops);
  await over;
  return times;
}

/** @param {number[]} times */
function summary(times) {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (/** @type {number} */ share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), worst: at(1) };
}

const scratch = mkdtempSync(join(tmpdir(), 'wix-media-stalls-'));
const server = await startServer(['--data', join(scratch, 'media')]);
const api = () => `${server.origin}/site-media/v1`;
const admin = () => `${server.origin}/_wix-media`;
try {
  console.log(`waits of others in ms at ${FILES} files, targets: p99 ≤ ${P99_MS}, worst ≤ ${WORST_MS}\n`);
  console.log(`${'while'.padEnd(34)}${'takes'.padStart(9)}   getFileDescriptor p50, p99, worst     health p50, p99, worst`);
  /**
   * @param {string} name
   * @param {string} file The file that others ask for.
   * @param {() => Promise<unknown>} work
   */
  const measure = async (name, file, work) => {
    const begin = performance.now();
    const [descriptors, health] = await waits([`${api()}/files/${file}`, `${admin()}/health`], work());
    const takes = ((performance.now() - begin) / 1000).toFixed(1);
    const text = [descriptors, health].map((times) => {
      const { p50, p99, worst } = summary(times);
      const isMissed = p99 > P99_MS || worst > WORST_MS;
      return `${[p50, p99, worst].map((time) => time.toFixed(0).padStart(8)).join('')}${isMissed ? ' missed' : '       '}`;
    });
    console.log(`${name.padEnd(34)}${`${takes} s`.padStart(9)}${text.join('   ')}`);
  };

  const file = idOf(0);
  // Made before, as this thread is also the one that asks.
  const made = join(scratch, 'archive.zip');
  await writeFile(made, archiveOf(FILES, FOLDER, TREE));
  const archive = () => /** @type {ReadableStream} */ (Readable.toWeb(createReadStream(made)));
  const put = async () => void (await ask(`${admin()}/import`, { method: 'PUT', body: archive(), duplex: 'half' }));
  // The first time there is nothing to ask for, and the second time it is replaced by the same.
  await put();
  await measure('an archive is imported', file, put);
  await measure('everything is checked', file, async () => {
    const { isWhole } = await (await ask(`${admin()}/check`)).json();
    if (!isWhole) throw new Error('something is damaged');
  });
  await measure('an archive is exported', file, async () => {
    const { body } = await ask(`${admin()}/export`);
    await body?.pipeTo(new WritableStream());
  });
  const bulk = (/** @type {string} */ call, more = {}) => post(`${api()}/bulk/${call}`, { folderIds: [TREE.folder], ...more });
  await measure(`${TREE.count} files go to the trash`, file, () => bulk('folders/delete'));
  await measure('… are restored', file, () => bulk('trash-bin/folders/restore'));
  await measure('… are deleted permanently', file, () => bulk('folders/delete', { permanent: true }));
} finally {
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
}
