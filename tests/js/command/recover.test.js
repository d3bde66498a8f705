// `wix-media recover`: directories whose catalog is lost.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { md5 } from '../harness/bytes.js';
import { leftovers } from '../harness/leftovers.js';
import { createManager } from '../harness/package.js';
import { emptyDirectory, put } from '../manager/place.js';
import { start } from '../manager/processes.js';
import { install, run } from './program.js';

/** @import { TestContext } from 'node:test' */
/** @import { Installed } from './program.js' */

const PHOTO = readFileSync(fileURLToPath(new URL('../../data/photos/rocket.jpg', import.meta.url)));
suite('recover', () => {
  const closing = leftovers();
  /** @type {Installed} */
  let installed;
  before(async () => {
    installed = await install(closing);
  });

  /**
   * A directory with a picture, a text and bytes of no type, one of them in the trash.
   *
   * @param {TestContext} t
   */
  async function filled(t) {
    const directory = await emptyDirectory(t);
    const manager = await createManager({ storage: { directory } });
    await put(manager, 'rocket.jpg', PHOTO, { mimeType: 'image/jpeg' });
    const text = await put(manager, 'fox.txt', 'a fox', { mimeType: 'text/plain' });
    await put(manager, 'some.bin', new Uint8Array([0, 1, 2, 3]));
    await manager.client.files.bulkDeleteFiles([text.id]);
    await manager.close();
    return directory;
  }

  /** @param {string[]} args */
  const ask = (...args) => run(installed, args);
  /** @param {string} directory */
  const recovered = async (directory) => {
    const { stdout } = await ask('ls', '/Recovered', '--data', directory, '--json');
    return JSON.parse(stdout).map((/** @type {{ name: string, private: boolean }} */ { name, private: isPrivate }) => `${name}${isPrivate ? '' : ' (public)'}`).sort();
  };
  const WHOLE = [`${md5(PHOTO)}.jpg`, `${md5('a fox')}.txt`, md5(new Uint8Array([0, 1, 2, 3]))].sort();

  for (const [fault, spoil] of /** @type {[string, (catalog: string) => void][]} */ ([
    ['missing', (catalog) => rmSync(catalog)],
    ['empty', (catalog) => writeFileSync(catalog, '')],
    ['damaged', (catalog) => writeFileSync(catalog, 'no database')],
  ])) {
    test(`recover: takes every file of a directory whose catalog is ${fault}`, async (t) => {
      const directory = await filled(t);
      spoil(join(directory, 'catalog.db'));
      const refusal = await ask('ls', '/', '--data', directory);
      assert.match(refusal.stderr, new RegExp(`is ${fault}: .*wix-media recover ${directory}`));
      const { code, stdout } = await ask('recover', directory, '--json');
      assert.equal(code, 0);
      const said = JSON.parse(stdout);
      assert.deepEqual([said.recovered, said.sizeInBytes, said.left], [3, PHOTO.length + 9, 0]);
      assert.deepEqual(await recovered(directory), WHOLE);
      await ask('get', `/Recovered/${md5(PHOTO)}.jpg`, '--data', directory, '--to', join(directory, 'copy.jpg'));
      assert.equal(md5(readFileSync(join(directory, 'copy.jpg'))), md5(PHOTO));
      if (fault !== 'missing') for (const file of said.catalog) assert.ok(existsSync(file), 'the old catalog is kept');
      assert.equal(said.catalog.length > 0, fault !== 'missing');
      assert.match((await ask('recover', directory)).stderr, /is whole: there is nothing to recover/);
    });
  }

  test('recover: leaves in lost+found what is no blob', async (t) => {
    const directory = await filled(t);
    rmSync(join(directory, 'catalog.db'));
    mkdirSync(join(directory, 'blobs', '00'), { recursive: true });
    writeFileSync(join(directory, 'blobs', '00', 'somebody else'), 'not a blob');
    const { stdout } = await ask('recover', directory);
    assert.match(stdout, /Recovered 3 files[\s\S]*1 file could not be understood/);
    const left = readdirSync(join(directory, 'lost+found'), { recursive: true }).map(String);
    assert.ok(left.some((name) => name.endsWith('somebody else')), left.join());
    assert.deepEqual(await recovered(directory), WHOLE);
  });

  test('recover: goes on after an interruption, without doubles', async (t) => {
    const directory = await filled(t);
    rmSync(join(directory, 'catalog.db'));
    const { setAside, lostBlobs } = await import('../../../pkg-template/manager/storage/recovery.js');
    const { WixMediaError } = await import('../harness/package.js');
    await setAside(directory, { WixMediaError, now: new Date() });
    const [first] = [...lostBlobs(directory)].map(({ file }) => file);
    // A crash after the first file was taken, and before it was removed.
    const copy = join(await emptyDirectory(t), 'copy');
    copyFileSync(first, copy);
    await ask('recover', directory, '--quiet');
    mkdirSync(join(first, '..'), { recursive: true });
    copyFileSync(copy, first);
    assert.equal((await ask('recover', directory)).code, 0);
    assert.deepEqual(await recovered(directory), WHOLE);
    assert.deepEqual(readdirSync(join(directory, 'lost+found')), []);
  });

  test('recover: refuses a directory in use, one with a whole catalog, and one that is missing', async (t) => {
    const directory = await filled(t);
    assert.match((await ask('recover', directory)).stderr, /is whole: there is nothing to recover/);
    assert.match((await ask('recover', join(directory, 'nowhere'))).stderr, /directory not found/);
    const program = `
      import { createManager } from ${JSON.stringify(new URL('../../../dist/node.js', import.meta.url).href)};
      await createManager({ storage: { directory: ${JSON.stringify(directory)} } });
      tell('open');
      await next();`;
    await start(t, program).heard();
    assert.match((await ask('recover', directory)).stderr, /in use/);
  });
});
