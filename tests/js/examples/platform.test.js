// The tables of docs/platform.md and the tests that record for them name the same rows.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { present } from '../harness/present.js';

const root = new URL('../', import.meta.url);
const COLUMN = '| Tested with |';

/** The first cells of the tables that `cargo xtask platform` fills. */
async function rows() {
  const found = [];
  let isTable = false;
  for (const line of (await readFile(new URL('../../docs/platform.md', root), 'utf8')).split('\n')) {
    isTable = line.endsWith(COLUMN) || (isTable && line.startsWith('|'));
    if (isTable && !line.endsWith(COLUMN) && !line.startsWith('| ---')) found.push(line.slice(2, line.indexOf(' | ')));
  }
  return found;
}

/** The sources of the tests that record. */
async function recording() {
  const sources = [];
  for (const ring of ['package', 'tools', 'browsers']) {
    for (const name of (await readdir(new URL(ring, root))).filter((each) => each.endsWith('.test.js'))) {
      const source = await readFile(new URL(`${ring}/${name}`, root), 'utf8');
      if (source.includes('recorder(import.meta.url)')) sources.push(source);
    }
  }
  return sources;
}

test('platforms: each row has a test that records it', async () => {
  const sources = await recording();
  const found = await rows();
  assert.ok(found.length > 30, `${found.length} rows`);
  assert.deepEqual(found.filter((row) => !sources.some((source) => source.includes(`'${row}'`))), []);
});

test('platforms: each recorded row is on the page', async () => {
  const found = await rows();
  const recorded = (await recording()).flatMap((source) => [...source.matchAll(/(?:\bran\(|\brow: )'([^']+)'/g)].map(([, row]) => row));
  assert.ok(recorded.length > 30, `${recorded.length} records`);
  assert.deepEqual(recorded.filter((row) => !found.includes(row)), []);
});

test('package README: repeats settings that the page has', async () => {
  const read = (/** @type {string} */ path) => readFile(new URL(`../../${path}`, root), 'utf8');
  const [readme, page] = await Promise.all([read('pkg-template/README.md'), read('docs/platform.md')]);
  const [, table] = present(/^\| Tool \| Setting \|\n\| --- \| --- \|\n((?:\|.*\n)+)/m.exec(readme));
  const settings = [...table.matchAll(/`([^`]+)`/g)].map(([, setting]) => setting);
  assert.ok(settings.length >= 8, settings.join());
  assert.deepEqual(settings.filter((setting) => !page.includes(setting)), []);
});
