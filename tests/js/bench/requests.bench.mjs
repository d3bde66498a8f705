// Small requests to the embedded manager: what one costs besides its own work. The packages named on the command line (folders
// like `dist`) run in turns in one process, and the ratios are to the first. Never a test.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROUNDS = Number(process.env.WIX_MEDIA_ROUNDS ?? 30);
const REQUESTS_PER_ROUND = 100;
const API = 'http://bench.test/site-media/v1';

const folders = process.argv.slice(2);
if (folders.length === 0) folders.push(join(import.meta.dirname, '../../../dist'));

const directory = mkdtempSync(join(tmpdir(), 'wix-media-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

/** @typedef {Awaited<ReturnType<typeof opened>>} Site */

/**
 * @param {string} path
 * @param {object} body
 * @returns {[url: string, init: RequestInit]}
 */
const post = (path, body) => [`${API}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }];

/**
 * The requests that are measured, by name. Each gets a manager and a number that no other request has.
 *
 * @type {Record<string, (site: Site, number: number) => Promise<string>>}
 */
const REQUESTS = {
  'getFileDescriptor': ({ fetch, file }) => fetch(`${API}/files/get-file-by-id?fileId=${file}`),
  'listFiles, none': ({ fetch }) => fetch(`${API}/files?paging.limit=1&parentFolderId=trash-root`),
  'download, 1 KB': ({ fetch, url }) => fetch(url),
  'searchFiles, none': ({ fetch }) => fetch(...post('/files/search', { search: 'nothing' })),
  'createFolder': ({ fetch }, number) => fetch(...post('/folders', { displayName: `folder ${number}` })),
  'upload, 1 KB': ({ fetch, upload }) => fetch(upload, { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(1024) }),
};

/**
 * @param {string} folder
 * @param {string} kind
 */
async function opened(folder, kind) {
  /** @type {typeof import('../harness/package.js')} */
  const { createManager } = await import(pathToFileURL(join(resolve(folder), 'node.js')).href);
  const storage = kind === 'memory' ? 'memory' : { directory: mkdtempSync(join(directory, 'manager-')) };
  const manager = await createManager({ storage });
  /** @type {(url: string, init?: RequestInit) => Promise<string>} */
  const fetch = async (url, init) => {
    const response = await manager.fetch(url, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return text;
  };
  const { uploadUrl } = JSON.parse(await fetch(...post('/files/generate-upload-url', { mimeType: 'text/plain', fileName: 'a.txt' })));
  const { file } = JSON.parse(await fetch(uploadUrl, { method: 'PUT', headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(1024) }));
  return { manager, fetch, upload: uploadUrl, file: encodeURIComponent(file.id), url: file.url };
}

/** @param {number[]} values */
const median = (values) => values.toSorted((one, other) => one - other)[values.length >> 1];

for (const kind of ['memory', 'directory']) {
  const sites = await Promise.all(folders.map((folder) => opened(folder, kind)));
  console.log(`\n${kind}, microseconds of the processor for one request, medians of ${ROUNDS} rounds`);
  let number = 0;
  for (const [name, request] of Object.entries(REQUESTS)) {
    const times = sites.map(() => /** @type {number[]} */ ([]));
    for (let round = -3; round < ROUNDS; round += 1) {
      for (const [at, site] of sites.entries()) {
        // An upload URL makes one file.
        /** @type {string[]} */
        const uploads = [];
        if (name.startsWith('upload')) {
          for (let count = 0; count < REQUESTS_PER_ROUND; count += 1) {
            const answer = await site.fetch(...post('/files/generate-upload-url', { mimeType: 'text/plain', fileName: 'a.txt' }));
            uploads.push(JSON.parse(answer).uploadUrl);
          }
        }
        const begun = process.cpuUsage();
        for (let count = 0; count < REQUESTS_PER_ROUND; count += 1) {
          await request({ ...site, upload: uploads[count] }, (number += 1));
        }
        const { user, system } = process.cpuUsage(begun);
        if (round >= 0) times[at].push((user + system) / REQUESTS_PER_ROUND);
      }
    }
    const medians = times.map(median);
    const ratios = medians.map((time) => `${time.toFixed(0).padStart(8)} ${(time / medians[0]).toFixed(2)}×`);
    console.log(`${name.padEnd(20)}${ratios.join('')}`);
  }
  for (const { manager } of sites) await manager.close();
}
