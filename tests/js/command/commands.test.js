// The commands, one by one, as they are installed: against a server, a directory, and a Wix site.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startSite, file as siteFile, API_KEY, SITE_ID } from '../examples/site.js';
import { md5 } from '../harness/bytes.js';
import { leftovers } from '../harness/leftovers.js';
import { temporaryFolder } from '../harness/manager.js';
import { createClient } from '../harness/package.js';
import { present } from '../harness/present.js';
import { install, run, serve } from './program.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { FileEntry } from '../harness/package.js'
 * @import { Installed, RunOptions } from './program.js'
 */

/** @typedef {Record<string, any>} Row A row of JSON output. */

const SITE = fileURLToPath(new URL('../../data/site/', import.meta.url));
suite('the commands', { concurrency: 2 }, () => {
  const closing = leftovers();
  /** @type {Installed} */
  let installed;
  before(async () => {
    installed = await install(closing);
  });

  /**
   * A server of its own with the pictures of tests/data, and a directory to work in.
   *
   * @param {TestContext} t
   */
  async function place(t, args = ['--seed', SITE]) {
    const server = await serve(t, installed, ['--quiet', ...args]);
    const cwd = await temporaryFolder(t);
    const env = { WIX_MEDIA_URL: server.origin };
    /**
     * @param {string[]} args
     * @param {RunOptions} [options]
     */
    const ask = (args, options) => run(installed, args, { env, cwd, ...options });
    /**
     * Runs what has to work; gives its output.
     *
     * @param {...string} args
     */
    const text = async (...args) => {
      const { code, stdout, stderr } = await ask(args);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, args.join(' '));
      return stdout;
    };
    /** @param {...string} args */
    const json = async (...args) => JSON.parse(await text(...args, '--json'));
    /**
     * Runs what must not work; gives what it says.
     *
     * @param {number} code
     * @param {...string} args
     */
    const refusal = async (code, ...args) => {
      const ended = await ask(args);
      assert.deepEqual({ code: ended.code, stdout: ended.stdout }, { code, stdout: '' }, args.join(' '));
      return ended.stderr;
    };
    return { ...server, cwd, ask, text, json, refusal, client: createClient({ baseUrl: server.origin }) };
  }

  /** @param {{ name: string }[]} entries */
  const names = (entries) => entries.map(({ name }) => name);

  test('ls: lists folders', async (t) => {
    const { text, json, refusal, client } = await place(t);
    assert.deepEqual((await text('ls')).split('\n').map((line) => line.split(/ {2,}/)[0]).filter(Boolean), ['Name', 'Animals/', 'Breakfast/', 'Documents/', 'Sounds/', 'Space/', 'chelsea-portrait.jpg', 'coffee-cup.jpg', 'hubble_galaxies.jpg']);
    assert.match(await text('ls', '/Space', '--sort', 'size', '--reverse'), /astronaut\.png +791\.6 kB +IMAGE +\d{4}-\d\d-\d\d \d\d:\d\d\n.*hubble.*\n.*rocket/);
    assert.equal(await text('ls', '/Animals/chelsea.png', '/Space/').then((lines) => present(lines.match(/^\/.*:$/gm)).join()), '/Animals/chelsea.png:,/Space/:');
    const [entry] = await json('ls', '/Animals');
    const { createdDate, updatedDate, id, url, ...rest } = entry;
    assert.deepEqual(rest, {
      kind: 'file',
      path: '/Animals/chelsea.png',
      name: 'chelsea.png',
      state: 'OK',
      sizeInBytes: 240512,
      mediaType: 'IMAGE',
      operationStatus: 'READY',
      labels: [],
      private: false,
      hash: md5(await readFile(join(SITE, 'Animals/chelsea.png'))),
    });
    assert.ok(id && url && Date.parse(createdDate) && Date.parse(updatedDate));
    const [folder] = await json('ls');
    assert.deepEqual(Object.keys(folder), ['kind', 'path', 'id', 'name', 'createdDate', 'updatedDate', 'state']);
    assert.deepEqual(names(await json('ls', '/Space', '--type', 'video')), []);
    assert.deepEqual(await json('ls', `id:${id}`), [entry]);
    await client.files.bulkDeleteFiles([id]);
    assert.deepEqual(names(await json('ls', '--trash')), ['chelsea.png']);
    assert.deepEqual(await json('ls', '--visitors'), []);
    assert.match(await refusal(1, 'ls', '/Animals/chelsea.png'), /^wix-media: .*chelsea\.png/);
    assert.match(await refusal(2, 'ls', 'Animals'), /invalid path Animals: paths begin with \//);
    assert.match(await refusal(1, 'ls', 'id:missing'), /file or folder not found: id:missing/);
    assert.match(await text('ls', '--long', '/Space'), /^Name +Size +Type +Changed +State +Labels +Id\n/);
  });

  test('tree: prints the folder tree', async (t) => {
    const { text, json } = await place(t);
    assert.equal(
      await text('tree'),
      `/
├── Animals/
│   └── chelsea.png
├── Breakfast/
│   └── coffee.png
├── Documents/
│   └── price list.pdf
├── Sounds/
│   └── bell.wav
├── Space/
│   ├── astronaut.png
│   ├── hubble_deep_field.jpg
│   └── rocket.jpg
├── chelsea-portrait.jpg
├── coffee-cup.jpg
└── hubble_galaxies.jpg
5 folders, 10 files, 2.3 MB
`,
    );
    assert.equal(await text('tree', '--folders', '--depth', '1'), '/\n├── Animals/\n├── Breakfast/\n├── Documents/\n├── Sounds/\n└── Space/\n5 folders\n');
    const top = await json('tree', '/Space');
    assert.equal(top.path, '/Space');
    assert.deepEqual(top.children.map((/** @type {Row} */ { kind, path }) => [kind, path]), [
      ['file', '/Space/astronaut.png'],
      ['file', '/Space/hubble_deep_field.jpg'],
      ['file', '/Space/rocket.jpg'],
    ]);
  });

  test('put: uploads files and folders', async (t) => {
    const { text, json, refusal, ask, client, cwd } = await place(t, []);
    await mkdir(join(cwd, 'photos/2024'), { recursive: true });
    await writeFile(join(cwd, 'photos/2024/one.txt'), 'one');
    await writeFile(join(cwd, 'photos/two.txt'), 'two');
    assert.equal(await text('put', 'photos', '/Holidays'), 'Uploaded: /Holidays/photos/2024/one.txt\nUploaded: /Holidays/photos/two.txt\n');
    assert.equal(await text('put', 'photos/', '/Holidays'), 'Uploaded: /Holidays/2024/one.txt\nUploaded: /Holidays/two.txt\n');
    const paths = [];
    for await (const { path } of client.paths.walk('/')) paths.push(path);
    assert.deepEqual(paths, [
      '/Holidays',
      '/Holidays/2024',
      '/Holidays/2024/one.txt',
      '/Holidays/photos',
      '/Holidays/photos/2024',
      '/Holidays/photos/2024/one.txt',
      '/Holidays/photos/two.txt',
      '/Holidays/two.txt',
    ]);
    // Once more it adds nothing.
    const again = await json('put', 'photos/', '/Holidays');
    assert.deepEqual(again.map((/** @type {Row} */ { status, path, sizeInBytes }) => ({ status, path, sizeInBytes })), [
      { status: 'reused', path: '/Holidays/2024/one.txt', sizeInBytes: 3 },
      { status: 'reused', path: '/Holidays/two.txt', sizeInBytes: 3 },
    ]);
    const [named] = await json('put', 'photos/two.txt', '/', '--name', 'other.txt', '--label', 'a', '--label', 'b', '--private', '--on-duplicate', 'keep-both', '--wait');
    const { file } = /** @type {FileEntry} */ (await client.paths.resolve('/other.txt'));
    assert.equal(named.path, '/other.txt');
    assert.deepEqual([file.private, file.labels, file.operationStatus], [true, ['a', 'b'], 'READY']);

    assert.match(await refusal(1, 'put', 'gone.txt', '/'), /file or directory not found: gone\.txt/);
    assert.match(await refusal(2, 'put', 'photos/two.txt', 'Holidays'), /invalid (?:path|target) Holidays/);
    assert.match(await refusal(2, 'put', 'photos', '/', '--name', 'x'), /--name is for one file/);
    // One that fails does not hold up the others, and is told.
    const some = await ask(['put', 'photos/two.txt', 'photos/2024/one.txt', '/', '--on-duplicate', 'fail', '--json']);
    assert.equal(some.code, 1);
    assert.deepEqual(JSON.parse(some.stdout).map((/** @type {Row} */ { status, error }) => [status, error?.code]), [['failed', 'DUPLICATE_FILE'], ['uploaded', undefined]]);
    assert.equal(await text('put', 'photos', '/Quiet', '--quiet'), '');
    await writeFile(join(cwd, 'empty.txt'), '');
    assert.match(await refusal(1, 'put', 'empty.txt', '/'), /^Failed: \/empty\.txt: .*the file is empty/);
  });

  test('put: uploads what it can of a folder, and tells the rest', async (t) => {
    const { ask, text, cwd } = await place(t, []);
    await mkdir(join(cwd, 'mixed'));
    await writeFile(join(cwd, 'mixed/good.txt'), 'good');
    await writeFile(join(cwd, 'mixed/last.txt'), 'last');
    await symlink('good.txt', join(cwd, 'mixed/link.txt'));
    assert.deepEqual(await ask(['put', 'mixed', '/']), {
      code: 0,
      signal: null,
      stdout: 'Uploaded: /mixed/good.txt\nUploaded: /mixed/last.txt\n',
      stderr: 'Skipped: /mixed/link.txt: it is a symbolic link\n',
    });
    // One name that cannot be read is one failure.
    await writeFile(Buffer.concat([Buffer.from(join(cwd, 'mixed/')), Buffer.from([0xff]), Buffer.from('.txt')]), 'bad');
    assert.equal(spawnSync('mkfifo', [join(cwd, 'pipe')]).status, 0);
    const again = await ask(['put', 'mixed', 'pipe', '/Again']);
    assert.equal(again.code, 1);
    assert.equal(again.stdout, 'Uploaded: /Again/mixed/good.txt\nUploaded: /Again/mixed/last.txt\n');
    assert.match(again.stderr, /^Failed: \/Again\/mixed\/\ufffd\.txt: .* is not UTF-8: rename it$/m);
    assert.match(again.stderr, /^Failed: \/Again\/pipe: .*pipe is a named pipe: expected a file$/m);
    assert.doesNotMatch(again.stderr, /^ +at /m);
    assert.match(await text('ls', '/Again/mixed'), /good\.txt[\s\S]*last\.txt/);
  });

  test('get: tells in one line why a file cannot be written', async (t) => {
    const { refusal, cwd } = await place(t);
    await writeFile(join(cwd, 'file'), '');
    assert.match(await refusal(1, 'get', '/Animals/chelsea.png', '--to', 'file/below/a.png'), /^wix-media: ENOTDIR: not a directory, .*\n$/);
    assert.match(await refusal(1, 'get', '/Animals', '--to', 'file/below'), /^wix-media: .*ENOTDIR.*\n$/);
  });

  test('get: downloads files, folders and zips', async (t) => {
    const { text, json, refusal, cwd } = await place(t);
    const original = await readFile(join(SITE, 'Animals/chelsea.png'));
    /** @param {string} name */
    const here = (name) => readFile(join(cwd, name));
    assert.equal(await text('get', '/Animals/chelsea.png'), 'chelsea.png  240.5 kB\n');
    assert.deepEqual(await here('chelsea.png'), original);
    assert.match(await refusal(1, 'get', '/Animals/chelsea.png'), /chelsea\.png exists already: --force replaces it/);
    await text('get', '/Animals/chelsea.png', '--force');
    await text('get', '/Animals/chelsea.png', '--to', 'cat.png');
    assert.deepEqual(await here('cat.png'), original);
    const both = await json('get', '/Animals/chelsea.png', '/Space/rocket.jpg', '--to', 'new/deep');
    assert.deepEqual(both.map((/** @type {Row} */ { path, to, sizeInBytes }) => ({ path, to, sizeInBytes })), [
      { path: '/Animals/chelsea.png', to: 'new/deep/chelsea.png', sizeInBytes: 240512 },
      { path: '/Space/rocket.jpg', to: 'new/deep/rocket.jpg', sizeInBytes: 112525 },
    ]);
    await text('get', '/Space', '--to', 'copies');
    assert.deepEqual((await readdir(join(cwd, 'copies/Space'))).sort(), ['astronaut.png', 'hubble_deep_field.jpg', 'rocket.jpg']);
    assert.match(await refusal(1, 'get', '/Space', '--to', 'copies'), /copies\/Space exists already: --force/);
    await text('get', '/', '--to', 'all');
    assert.deepEqual(await here('all/Animals/chelsea.png'), original);
    assert.deepEqual((await readdir(join(cwd, 'all'))).sort(), ['Animals', 'Breakfast', 'Documents', 'Sounds', 'Space', 'chelsea-portrait.jpg', 'coffee-cup.jpg', 'hubble_galaxies.jpg']);
    await text('get', '/Space', '--zip', '--to', 'space.zip');
    await text('get', '/Animals/chelsea.png', '/Space/rocket.jpg', '--zip');
    for (const [zip, count] of /** @type {[string, number][]} */ ([['space.zip', 3], ['files.zip', 2]])) {
      const bytes = await here(zip);
      assert.equal(bytes.readUInt32LE(0), 0x04034b50);
      // Entries in the directory at the end.
      assert.equal(bytes.subarray(-22).readUInt16LE(10), count);
    }
    assert.deepEqual((await readdir(cwd)).filter((name) => name.endsWith('.part')), []);
    assert.match(await refusal(2, 'get', '/Space', '/Animals', '--zip'), /either one folder or several files/);
  });

  test('get: leaves files of others alone, and shortens names that the file system cannot have', async (t) => {
    const { text, cwd, client } = await place(t, []);
    const names = ['fox.txt', `${'深'.repeat(120)}.bin`, `${'a'.repeat(250)}.bin`, `${'b'.repeat(248)}.bin`, 'a:b*c?.txt'];
    for (const displayName of names) await client.uploads.upload(Buffer.from(displayName), { displayName, mimeType: 'application/octet-stream' });
    await writeFile(join(cwd, 'fox.txt.part'), 'of another program');
    await writeFile(join(cwd, 'all.zip.part'), 'of another program');
    await text('get', ...names.map((name) => `/${name}`));
    await text('get', '/', '--zip', '--to', 'all.zip');
    for (const name of ['fox.txt.part', 'all.zip.part']) assert.equal(await readFile(join(cwd, name), 'utf8'), 'of another program');
    const found = (await readdir(cwd)).filter((name) => !/\.(part|zip)$/.test(name));
    const contents = await Promise.all(found.map((name) => readFile(join(cwd, name), 'utf8')));
    assert.deepEqual(contents.sort(), [...names].sort());
    for (const name of found) assert.ok(Buffer.byteLength(name) <= 240 && /\.(bin|txt)$/.test(name), name);
    assert.ok(found.includes('a_b_c_.txt'));
  });

  test('--api-key-file: gives commands their key, and never beside another', async (t) => {
    const { ask, cwd } = await place(t, []);
    await writeFile(join(cwd, 'keys'), 'first\n\n  second  \n');
    await writeFile(join(cwd, 'key'), 'second\n');
    await writeFile(join(cwd, 'none'), '\n');
    const keyed = await serve(t, installed, ['--quiet', '--api-key-file', join(cwd, 'keys'), '--site-id', 'my-site']);
    const at = ['ls', '--url', keyed.origin];
    assert.equal((await ask([...at, '--site-id', 'my-site', '--api-key-file', 'key'])).code, 0);
    assert.equal((await ask([...at, '--site-id', 'my-site'], { env: { WIX_API_KEY: 'first' } })).code, 0);
    for (const [args, code, message] of /** @type {[string[], number, RegExp][]} */ ([
      [at, 1, /this call needs credentials \(401 UNAUTHENTICATED\)$/m],
      [[...at, '--api-key-file', 'keys'], 2, /keys holds 2 keys: expected one/],
      [[...at, '--api-key-file', 'none'], 2, /the key file none is empty/],
      [[...at, '--api-key-file', 'missing'], 1, /cannot read the key file missing: ENOENT/],
      [[...at, '--api-key-file', 'key', '--api-key', 'x'], 2, /exclude each other/],
      [[...at, '--site-id', 'my-site'], 2, /--site-id needs a key/],
      [['ls', '--data', '.', '--api-key', 'x'], 2, /--data needs no key/],
    ])) {
      const ended = await ask(args);
      assert.equal(ended.code, code, args.join(' '));
      assert.match(ended.stderr, message);
    }
  });

  test('mkdir, mv, rename: change folders and files', async (t) => {
    const { text, json, refusal, client } = await place(t);
    assert.equal(await text('mkdir', '/Holidays/2024', '/Space'), '/Holidays/2024 exists\n/Space exists\n');
    assert.deepEqual((await json('mkdir', '/Holidays/2024')).map((/** @type {Row} */ { kind, path, name }) => ({ kind, path, name })), [{ kind: 'folder', path: '/Holidays/2024', name: '2024' }]);
    assert.match(await refusal(2, 'mkdir', 'Holidays'), /invalid (?:path|target) Holidays/);

    assert.equal(await text('mv', '/Animals/chelsea.png', '/Space', '/Holidays'), 'chelsea.png is in /Holidays\nSpace is in /Holidays\n');
    assert.equal((await client.paths.resolve('/Holidays/Space/rocket.jpg')).kind, 'file');
    assert.deepEqual(names(await json('ls', '/Animals')), []);
    assert.match(await refusal(1, 'mv', '/Holidays/chelsea.png', '/gone.png', '/Animals'), /gone\.png/);
    assert.equal((await client.paths.resolve('/Holidays/chelsea.png')).kind, 'file', 'nothing was moved');
    assert.match(await refusal(1, 'mv', '/Holidays', '/Holidays/chelsea.png'), /chelsea\.png is a file, not a folder/);
    assert.match(await refusal(1, 'mv', '/Holidays', '/Holidays/2024'), /FOLDER_CYCLE|itself/);

    assert.equal(await text('rename', '/Holidays/chelsea.png', 'cat.png'), '/Holidays/chelsea.png is called cat.png\n');
    const renamed = await json('rename', '/Holidays/2024', 'last year');
    assert.deepEqual([renamed.kind, renamed.path], ['folder', '/Holidays/last year']);
    assert.match(await refusal(1, 'rename', '/Holidays', 'a/b'), /displayName|slash/i);
  });

  test('rm, restore: move to the trash and back', async (t) => {
    const { text, json, refusal, ask, client } = await place(t);
    const dry = await text('rm', '/Space', '/Animals/chelsea.png', '--dry-run');
    assert.match(dry, /^Would move to the trash: 4 files and 1 folder \(1\.7 MB\)\n {2}\/Space\/ .*\n {2}\/Animals\/chelsea\.png .*\n$/);
    assert.deepEqual(names(await json('ls', '--trash')), []);
    assert.equal(await text('rm', '/Space', '/Animals/chelsea.png'), 'Moved to the trash: 4 files and 1 folder (1.7 MB)\n');
    assert.deepEqual(names(await json('ls', '--trash')), ['Space', 'chelsea.png']);

    // More folders than one call takes.
    const made = await Promise.all(Array.from({ length: 101 }, (_, index) => client.folders.createFolder(`${index}`)));
    const words = made.map(({ folder }) => `id:${present(folder)._id}`);
    assert.equal(await text('rm', ...words), 'Moved to the trash: 0 files and 101 folders (0 B)\n');
    assert.equal(await text('restore', ...words), 'Restored: 101 items\n');
    await text('rm', ...words, '--permanent', '--yes');

    assert.match(await text('restore', '/chelsea.png', '--dry-run'), /^Would restore chelsea\.png\n$/);
    assert.equal(await text('restore', '/chelsea.png'), 'Restored: 1 item\n');
    assert.equal((await client.paths.resolve('/Animals/chelsea.png')).kind, 'file');
    assert.match(await refusal(1, 'restore', '/chelsea.png'), /not found in the trash: \/chelsea\.png/);
    assert.deepEqual(names(await json('restore', '--all')), ['Space']);
    assert.equal(present((await client.files.listFiles({ parentFolderId: (await client.paths.resolve('/Space')).id })).files).length, 3);

    // Pictures come back, everything else stays.
    await text('rm', '/Animals/chelsea.png', '/Sounds/bell.wav');
    assert.deepEqual(names(await json('restore', '--all', '--type', 'IMAGE')), ['chelsea.png']);
    assert.deepEqual(names(await json('ls', '--trash')), ['bell.wav']);
    assert.match(await refusal(2, 'restore'), /needs PATH, or --all/);

    // Permanently: only after a yes, which nobody can give here.
    assert.match(await refusal(2, 'rm', '/Animals', '--permanent'), /needs --yes where the standard input is not a terminal/);
    const planned = await json('rm', '/Animals', '--permanent', '--dry-run');
    const { items, ...counts } = planned;
    assert.deepEqual(counts, { isPermanent: true, isDryRun: true, files: 1, folders: 1, bytes: 240512 });
    assert.deepEqual(names(items), ['Animals']);
    assert.equal(await text('rm', '/Animals', '--permanent', '--yes'), 'Deleted permanently: 1 file and 1 folder (240.5 kB)\n');
    assert.match(await refusal(1, 'info', '/Animals'), /Animals/);

    await text('rm', '/Breakfast');
    assert.match(await text('rm', '--trash', '--older-than', '1h', '--dry-run'), /0 files and 0 folders/);
    assert.match(await text('rm', '--trash', '--dry-run'), /^Would delete permanently: 2 files and 1 folder/);
    assert.equal(await text('rm', '--trash', '/bell.wav', '--yes'), 'Deleted permanently: 1 file and 0 folders (64.0 kB)\n');
    const emptied = await json('rm', '--trash', '--yes');
    assert.deepEqual([emptied.files, emptied.folders, emptied.isDryRun], [1, 1, false]);
    assert.equal((await ask(['rm', '--trash', '--yes'])).stderr, 'Nothing to delete.\n');
    assert.match(await refusal(2, 'rm', '--trash', '--older-than', 'long'), /expected a time such as 30d/);
    assert.match(await refusal(2, 'rm', '/Space', '--older-than', '1d'), /needs --trash/);
    assert.match(await refusal(2, 'rm'), /rm needs PATH/);
  });

  test('rm --permanent: asks at a terminal', { skip: spawnSync('script', ['--version']).status === 0 ? false : 'there is no script here' }, async (t) => {
    const { origin, client } = await place(t);
    /**
     * Runs the command at a terminal, and types the answer once it asks.
     *
     * @param {string} answer
     */
    const typed = async (answer) => {
      const line = `'${installed.program}' rm /Animals --permanent --url ${origin}`;
      const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null']);
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text) => {
        const wasAsked = stdout.includes('[y/N]');
        stdout += text;
        if (!wasAsked && stdout.includes('[y/N]')) child.stdin.write(`${answer}\n`);
      });
      const [status] = await once(child, 'close');
      return { status, stdout };
    };
    const no = await typed('n');
    assert.match(no.stdout, /Delete 1 file and 1 folder \(240\.5 kB\) from http:\S+ permanently\? This cannot be undone\. \[y\/N\]/);
    assert.match(no.stdout, /Nothing was deleted/);
    assert.equal(no.status, 1);
    assert.equal((await client.paths.resolve('/Animals')).kind, 'folder');
    assert.match((await typed('y')).stdout, /Deleted permanently/);
    await assert.rejects(client.paths.resolve('/Animals'));
  });

  test('search: finds files and folders', async (t) => {
    const { text, json, refusal } = await place(t);
    assert.deepEqual((await json('search', 'Sp')).map((/** @type {Row} */ { kind, path }) => [kind, path]), [['folder', '/Space']]);
    assert.deepEqual((await json('search', '.png')).map((/** @type {Row} */ { path }) => path).sort(), ['/Animals/chelsea.png', '/Breakfast/coffee.png', '/Space/astronaut.png']);
    assert.match(await text('search', 'ROCKET'), /^Name +Size +Type +Changed\n\/Space\/rocket\.jpg +112\.5 kB +IMAGE/);
    assert.deepEqual(names(await json('search', 'bell', '--type', 'IMAGE')), []);
    assert.deepEqual(names(await json('search', 'bell', '--in', 'trash')), []);
    assert.equal((await json('search', 'png', '--limit', '1')).length, 1);
    assert.match(await refusal(1, 'search', 'nothing like it'), /Nothing matches nothing like it/);
  });

  test('info: shows a file or folder', async (t) => {
    const { text, json, refusal } = await place(t);
    const facts = Object.fromEntries((await text('info', '/Animals/chelsea.png')).trim().split('\n').map((line) => line.split(/ {2,}/)));
    assert.equal(facts.Path, '/Animals/chelsea.png');
    assert.equal(facts.Size, '240.5 kB (240512 bytes)');
    assert.equal(facts.Dimensions, '451 × 300');
    assert.match(facts.Media, /^wix:image:\/\/v1\//);
    assert.match(await text('info', '/Animals'), /^Path +\/Animals\nKind +folder\n/);
    const [{ link, descriptor, kind }] = await json('info', '/Animals/chelsea.png', '--link', '--minutes', '5');
    assert.equal(kind, 'file');
    assert.equal(descriptor.displayName, 'chelsea.png');
    assert.equal(md5(Buffer.from(await (await fetch(link)).arrayBuffer())), descriptor.hash);
    const [{ link: zip }] = await json('info', '/Space', '--link');
    assert.equal((await fetch(zip)).headers.get('content-type'), 'application/zip');
    assert.match(await refusal(2, 'info', '/Space', '--minutes', '5'), /--minutes needs --link/);
  });

  test('du: sums up sizes', async (t) => {
    const { text, json } = await place(t);
    assert.deepEqual((await text('du')).split('\n').map((line) => line.trim().split(/ {2,}/)), [
      ['Size', 'Files', 'Folder'],
      ['2.3 MB', '10', '/'],
      ['240.5 kB', '1', '/Animals'],
      ['466.7 kB', '1', '/Breakfast'],
      [`${(await readFile(join(SITE, 'Documents/price list.pdf'))).length} B`, '1', '/Documents'],
      ['64.0 kB', '1', '/Sounds'],
      ['1.4 MB', '3', '/Space'],
      [''],
    ]);
    assert.deepEqual(await json('du', '/Space', '--depth', '0'), [{ path: '/Space', files: 3, folders: 0, bytes: 1432020 }]);
  });

  test('--data: opens a directory that no server holds', async (t) => {
    const { cwd, ask } = await place(t, []);
    const data = join(cwd, 'media');
    const server = await serve(t, installed, ['--quiet', '--data', data, '--seed', SITE]);
    const locked = await ask(['ls', '--data', data]);
    assert.equal(locked.code, 1);
    assert.match(locked.stderr, /media is in use by another process: stop that, or ask its server with --url/);
    await server.end();
    await writeFile(join(cwd, 'notes.txt'), 'notes');
    assert.equal((await ask(['put', 'notes.txt', '/New', '--data', data])).stdout, 'Uploaded: /New/notes.txt\n');
    const { stdout } = await ask(['get', '/New/notes.txt', '--to', 'back.txt', '--data', data]);
    assert.equal(stdout, 'back.txt  5 B\n');
    assert.equal(await readFile(join(cwd, 'back.txt'), 'utf8'), 'notes');
    const missing = await ask(['ls', '--data', 'mistyped']);
    assert.match(missing.stderr, /directory not found: mistyped/);
    assert.equal(existsSync(join(cwd, 'mistyped')), false);
  });

  test('credentials: lead to a Wix site', async (t) => {
    const site = await startSite({ files: [siteFile('river.jpg')], trash: [] });
    t.after(() => site.close());
    const { ask } = await place(t, []);
    const env = { WIX_MEDIA_URL: '', WIX_API_KEY: API_KEY, WIX_SITE_ID: SITE_ID };
    const { code, stdout } = await ask(['search', 'river', '--type', 'IMAGE', '--json', '--url', site.origin], { env });
    assert.equal(code, 0);
    assert.deepEqual(names(JSON.parse(stdout)), ['river.jpg']);
    assert.ok(site.requests.every(({ headers }) => headers.authorization === API_KEY && headers['wix-site-id'] === SITE_ID));

    for (const [more, message] of /** @type {[NodeJS.ProcessEnv, RegExp][]} */ ([
      [{}, /Which Media Manager\? Name a server with --url/],
      [{ WIX_API_KEY: 'k' }, /WIX_API_KEY needs a site: set WIX_SITE_ID too/],
    ])) {
      const refused = await ask(['ls'], { env: more });
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, message);
    }
  });

  test('--json: prints errors as JSON', async (t) => {
    const { ask, origin } = await place(t, ['--api-key', 'key']);
    const { code, stdout, stderr } = await ask(['ls', '--json']);
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
    const { error } = JSON.parse(stderr);
    assert.deepEqual([error.code, error.status], ['UNAUTHENTICATED', 401]);
    const nobody = await ask(['ls', '--url', 'http://127.0.0.1:1']);
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /^wix-media: folders\.\w+: no answer/);
    assert.equal((await ask(['ls', '--url', origin, '--api-key', 'key', '--site-id', '00000000-0000-4000-8000-000000000000'])).code, 0);
    assert.match((await ask(['ls', '--url', 'ftp://x'])).stderr, /expected http:/);
  });

  test('help, version, completion: print text', async (t) => {
    const { text, ask } = await place(t, []);
    assert.match(await text(), /^Usage: wix-media COMMAND/);
    assert.match(await text('get', '--help'), /^wix-media get: download files and folders\n/);
    assert.match(await text('--version'), /^\d+\.\d+\.\d+\n$/);
    assert.match(await text('completion', 'bash'), /complete -o filenames -F _wix_media wix-media/);
    const { code, stderr } = await ask(['lss']);
    assert.deepEqual({ code, stderr }, { code: 2, stderr: 'wix-media: unknown command lss: did you mean ls?\nwix-media --help explains it.\n' });
  });
});
