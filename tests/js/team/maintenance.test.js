// The commands of wix-media-server that look at a directory or copy it, while no server uses it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { noise } from '../harness/bytes.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { native, run } from './native.js';

/** @import { Closing } from '../harness/types.d.ts' */

const LARGE = noise(3_000_000, 7);

/**
 * A directory with two files, which no program uses.
 *
 * @param {Closing} closing
 */
async function directory(closing) {
  const data = join(await temporaryFolder(closing), 'data');
  const server = await native(closing, data);
  const { uploads } = createClient({ baseUrl: server.origin });
  await uploads.upload(LARGE, { displayName: 'large.bin' });
  await uploads.upload(new TextEncoder().encode('water and sun'), { displayName: 'small.txt' });
  await server.end();
  return data;
}

/**
 * The files below the folder of the blobs.
 *
 * @param {string} data
 */
function blobsOf(data) {
  const all = readdirSync(join(data, 'blobs'), { recursive: true, withFileTypes: true });
  return all.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name)).sort();
}

/**
 * The file that holds the bytes of `large.bin`.
 *
 * @param {string} data
 */
const blobOf = (data) => blobsOf(data).filter((path) => statSync(path).size === LARGE.length)[0];

/** @param {string} file */
const hash = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

suite('wix-media-server: maintenance', () => {
  test('check: a whole directory is whole, and nothing is left in it', async (t) => {
    const data = await directory(t);
    const before = blobsOf(data);
    const { code, stdout, stderr } = await run(['check', '--data', data]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.equal(stdout, 'the catalog is whole\nblobs can be written, read and deleted\n');
    assert.deepEqual(blobsOf(data), before);
  });

  test('check: the directory comes from the environment or the file of settings too', async (t) => {
    const data = await directory(t);
    const file = join(await temporaryFolder(t), 'settings.toml');
    writeFileSync(file, `data = ${JSON.stringify(data)}\nport = 1\n`);
    assert.equal((await run(['check', '--config', file])).code, 0);
    assert.equal((await run(['check'], { WIX_MEDIA_DATA: data })).code, 0);
  });

  test('fsck: damaged bytes are named, and the exit code is 1', async (t) => {
    const data = await directory(t);
    const whole = await run(['fsck', '--data', data]);
    assert.deepEqual([whole.code, whole.stdout], [0, '2 files, 3000013 bytes, 0 damaged\n']);

    const blob = blobOf(data);
    const bytes = readFileSync(blob);
    bytes[1_000_000] ^= 1;
    writeFileSync(blob, bytes);
    const changed = await run(['fsck', '--data', data]);
    assert.equal(changed.code, 1);
    assert.match(changed.stdout, /^changed\t\S+\t\S+\tlarge\.bin\n2 files, 3000013 bytes, 1 damaged\n$/);
    // Only the bytes tell.
    assert.equal((await run(['fsck', '--data', data, '--sizes'])).code, 0);
    assert.equal((await run(['fsck', '--data', data, '--sample', '1'])).code, 1);

    truncateSync(blob, 5);
    for (const args of [['--sizes'], ['--sample', '1000'], []]) {
      const { code, stdout } = await run(['fsck', '--data', data, ...args]);
      assert.equal(code, 1, `${args}`);
      assert.match(stdout, /^cut\t/);
    }
  });

  test('export, import: an archive becomes the same content elsewhere', async (t) => {
    const data = await directory(t);
    const folder = await temporaryFolder(t);
    const [first, second, copy] = ['first.zip', 'second.zip', 'copy'].map((name) => join(folder, name));
    // Left by another program, readable by others.
    writeFileSync(`${first}.part`, 'x', { mode: 0o644 });
    const exported = await run(['export', first, '--data', data]);
    assert.deepEqual([exported.code, exported.stderr], [0, '']);
    assert.match(exported.stdout, /^exported \d+ bytes, 0 files damaged\n$/);
    assert.equal(statSync(first).mode & 0o777, 0o600);
    assert.ok(!existsSync(`${first}.part`));
    const imported = await run(['import', first, '--data', copy]);
    assert.deepEqual([imported.code, imported.stdout, imported.stderr], [0, 'imported, 0 files damaged\n', '']);
    assert.equal((await run(['fsck', '--data', copy])).code, 0);
    assert.equal((await run(['export', second, '--data', copy])).code, 0);
    assert.equal(hash(second), hash(first));
  });

  test('export: damaged files are named, and their bytes left out', async (t) => {
    const data = await directory(t);
    const folder = await temporaryFolder(t);
    truncateSync(blobOf(data), 5);
    const { code, stdout } = await run(['export', join(folder, 'a.zip'), '--data', data]);
    assert.equal(code, 1);
    assert.match(stdout, /^cut\t\S+\t\S+\tlarge\.bin\nexported \d+ bytes, 1 files damaged\n$/);
    const imported = await run(['import', join(folder, 'a.zip'), '--data', join(folder, 'copy')]);
    assert.equal(imported.code, 1);
    assert.match(imported.stdout, /^cut\t\S+\t-\tlarge\.bin\nimported, 1 files damaged\n$/);
    // Its row names no bytes from then on.
    const checked = await run(['fsck', '--data', join(folder, 'copy')]);
    assert.equal(checked.code, 1);
    assert.match(checked.stdout, /^missing\t\S+\t-\tlarge\.bin\n2 files, 3000013 bytes, 1 damaged\n$/);
  });

  test('export, import: nothing is replaced that nobody meant to replace', async (t) => {
    const data = await directory(t);
    const folder = await temporaryFolder(t);
    const archive = join(folder, 'a.zip');
    assert.equal((await run(['export', archive, '--data', data])).code, 0);
    const before = hash(archive);
    const again = await run(['export', archive, '--data', data]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /exists already/);
    assert.equal(hash(archive), before);

    const refused = await run(['import', archive, '--data', data]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /is not empty.*--yes/);
    assert.equal((await run(['import', archive, '--data', data, '--yes'])).code, 0);

    writeFileSync(join(folder, 'b.zip'), 'no archive');
    const invalid = await run(['import', join(folder, 'b.zip'), '--data', data, '--yes']);
    assert.equal(invalid.code, 1);
    assert.match(invalid.stderr, /^wix-media-server: cannot import .*b\.zip: .+\n$/);
    assert.equal((await run(['fsck', '--data', data])).stdout, '2 files, 3000013 bytes, 0 damaged\n');
  });

  test('import: a missing archive leaves no directory', async (t) => {
    const folder = await temporaryFolder(t);
    const { code, stderr } = await run(['import', join(folder, 'missing.zip'), '--data', join(folder, 'data')]);
    assert.equal(code, 1);
    assert.match(stderr, /^wix-media-server: cannot read .*missing\.zip: .+\n$/);
    assert.deepEqual(readdirSync(folder), []);
  });

  test('a directory that is missing, or in use, is refused in one line', async (t) => {
    const data = await directory(t);
    const missing = join(await temporaryFolder(t), 'missing');
    for (const args of [['check'], ['fsck'], ['export', `${missing}.zip`]]) {
      const { code, stderr } = await run([...args, '--data', missing]);
      assert.deepEqual([code, stderr], [2, `wix-media-server: there is no Media Manager in ${missing}: expected catalog.db in it\n`]);
    }
    assert.ok(!existsSync(missing));
    await native(t, data);
    for (const args of [['check'], ['fsck'], ['export', `${missing}.zip`], ['import', `${missing}.zip`]]) {
      if (args[0] === 'import') writeFileSync(`${missing}.zip`, 'x');
      const { code, stderr } = await run([...args, '--data', data]);
      assert.equal(code, 1);
      assert.match(stderr, /^wix-media-server: the directory .* is in use by another process.*\n$/);
    }
  });

  test('a wrong argument is one line, and exit code 2', async () => {
    for (const [args, expected] of /** @type {const} */ ([
      [['check'], 'no directory: use --data DIR, or set WIX_MEDIA_DATA'],
      [['fsck', '--data', 'd', '--sample', '0'], 'invalid --sample: expected a whole number from 1 to 4294967295, found 0'],
      [['fsck', '--data', 'd', '--sample', 'x'], 'invalid --sample: expected a whole number from 1 to 4294967295, found x'],
    ])) {
      const { code, stderr } = await run([...args]);
      assert.deepEqual([code, stderr], [2, `wix-media-server: ${expected}\n`]);
    }
    for (const args of [['export', '--data', 'd'], ['import', '--data', 'd'], ['fsck', '--sizes', '--sample', '2', '--data', 'd'], ['check', '--port', '1']]) {
      const { code, stderr } = await run(args);
      assert.equal(code, 2);
      assert.match(stderr, /^wix-media-server: .+; see wix-media-server \w+ --help\n$/);
    }
  });
});
