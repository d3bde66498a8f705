// `wix-media check`, `export` and `import`: backups, and what they say about damaged files.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { leftovers } from '../harness/leftovers.js';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { emptyDirectory, put } from '../manager/place.js';
import { install, run, serve } from './program.js';

/** @import { TestContext } from 'node:test' */
/** @import { Installed } from './program.js' */

suite('check, export and import', () => {
  const closing = leftovers();
  /** @type {Installed} */
  let installed;
  before(async () => {
    installed = await install(closing);
  });

  /** @param {string[]} args */
  const ask = (...args) => run(installed, args);

  /**
   * A directory with two files.
   *
   * @param {TestContext} t
   */
  async function filled(t) {
    const directory = await emptyDirectory(t);
    const manager = await createManager({ storage: { directory } });
    await put(manager, 'fox.txt', 'a fox', { mimeType: 'text/plain' });
    await put(manager, 'owl.txt', 'an owl', { mimeType: 'text/plain' });
    await manager.close();
    return directory;
  }

  /**
   * Changes the bytes of the fox, and takes away those of the owl.
   *
   * @param {string} directory
   */
  function damage(directory) {
    const blobs = readdirSync(join(directory, 'blobs'), { recursive: true }).map((name) => join(directory, 'blobs', String(name)));
    const blobWith = (/** @type {string} */ text) => present(blobs.find((name) => statSync(name).isFile() && readFileSync(name, 'utf8') === text));
    writeFileSync(blobWith('a fox'), 'a FOX');
    rmSync(blobWith('an owl'));
  }

  test('a whole directory is checked, exported and imported, and all of them exit with 0', async (t) => {
    const directory = await filled(t);
    const checked = await ask('check', '--data', directory);
    assert.deepEqual([checked.code, checked.stdout], [0, 'Checked 2 files (11 B): none is damaged.\n']);
    const archive = join(await emptyDirectory(t), 'backup.zip');
    assert.equal((await ask('export', archive, '--data', directory)).code, 0);
    assert.match((await ask('export', archive, '--data', directory)).stderr, /exists already: --force/);
    const other = await emptyDirectory(t);
    assert.match((await ask('import', archive, '--data', other)).stderr, /import needs --yes/);
    assert.equal((await ask('import', archive, '--data', other, '--yes')).code, 0);
    const listed = JSON.parse((await ask('ls', '--data', other, '--json')).stdout);
    assert.deepEqual(listed.map((/** @type {{ name: string }} */ { name }) => name), ['fox.txt', 'owl.txt']);
  });

  test('a directory that does not exist is made by an import, and only by one that succeeds', async (t) => {
    const directory = await filled(t);
    const folder = await emptyDirectory(t);
    const [archive, other] = [join(folder, 'backup.zip'), join(folder, 'deep/other')];
    assert.equal((await ask('export', archive, '--data', directory)).code, 0);
    const [cut, bytes] = [join(folder, 'cut.zip'), readFileSync(archive)];
    writeFileSync(cut, bytes.subarray(0, bytes.length / 2));
    assert.match((await ask('import', cut, '--data', other)).stderr, /refused to import/);
    assert.equal(existsSync(other), false);
    assert.equal((await ask('import', archive, '--data', other)).code, 0, 'there is nothing to replace, and so nothing to ask');
    assert.match((await ask('ls', '--data', other)).stdout, /owl\.txt/);
  });

  test('damaged files are named, everything else goes on, and the exit code is 3', async (t) => {
    const directory = await filled(t);
    damage(directory);
    const checked = await ask('check', '--data', directory);
    assert.equal(checked.code, 3);
    assert.match(checked.stderr, /^changed: fox\.txt \(\S+, blobs\/\w\w\/\w+\)$/m);
    assert.match(checked.stderr, /^missing: owl\.txt /m);
    assert.match(checked.stdout, /^Checked 2 files \(11 B\): 2 are damaged\.$/m);
    const sizes = JSON.parse((await ask('check', '--sizes', '--data', directory, '--json')).stdout);
    assert.deepEqual([sizes.isWhole, sizes.damagedFiles], [false, 1]);
    const archive = join(await emptyDirectory(t), 'backup.zip');
    const exported = await ask('export', archive, '--data', directory);
    assert.equal(exported.code, 3);
    // Files come in the order of their ids, which are random.
    for (const line of [/^changed: fox\.txt /m, /^missing: owl\.txt /m, /no bytes of 2 damaged files\.$/m]) assert.match(exported.stderr, line);
    const other = await emptyDirectory(t);
    const imported = await ask('import', archive, '--data', other, '--yes', '--json');
    assert.deepEqual([imported.code, JSON.parse(imported.stdout).damagedFiles], [3, 2]);
    assert.equal(JSON.parse((await ask('ls', '--data', other, '--json')).stdout).length, 2);
  });

  test('a running server is checked by its URL, and an unknown place is refused', async (t) => {
    const directory = await filled(t);
    damage(directory);
    const { origin: url } = await serve(t, installed, ['--data', directory]);
    const checked = await ask('check', '--url', url, '--json');
    assert.deepEqual([checked.code, JSON.parse(checked.stdout).damagedFiles], [3, 2]);
    const archive = join(await emptyDirectory(t), 'backup.zip');
    assert.equal((await ask('export', archive, '--url', url)).code, 3);
    assert.equal((await ask('import', archive, '--url', url, '--yes')).code, 3);
    assert.match((await ask('import', join(directory, 'nothing.zip'), '--url', url, '--yes')).stderr, /file not found/);
    const site = await run(installed, ['check'], { env: { WIX_API_KEY: 'key', WIX_SITE_ID: 'site' } });
    assert.equal(site.code, 2);
    assert.match(site.stderr, /check works with --data DIR or --url URL/);
  });
});
