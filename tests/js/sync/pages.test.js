// The pages of docs/sync: their commands do what they say, and print it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { blocks } from '../examples/markdown.js';
import { serveManager, temporaryFolder } from '../harness/manager.js';
import { present } from '../harness/present.js';
import { COMMAND } from '../harness/served.js';
import { fill, siteTreeOf } from './world.js';

/** @import { Client } from '../harness/sync.js' */

const PAGES = fileURLToPath(new URL('../../../docs/sync/', import.meta.url));

const MEDIA = { Animals: null, 'Animals/fox.txt': 'a fox', 'Animals/owl.txt': 'an owl', 'logo.txt': 'one' };
const SITES = ['11111111-2222-4333-8444-555555555555', '66666666-7777-4888-9999-aaaaaaaaaaaa'];

/**
 * Runs the blocks of a page in a folder, one after the other, and compares what they print with the block of text that follows. The
 * sites are servers here.
 *
 * @param {string} name
 * @param {string} folder
 * @param {string[]} origins
 */
async function runPage(name, folder, origins) {
  const text = await readFile(join(PAGES, name), 'utf8');
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'wix-media'), `#!/bin/sh\nexec '${process.execPath}' '${COMMAND}' "$@"\n`);
  await chmod(join(bin, 'wix-media'), 0o755);
  const cwd = join(folder, 'work');
  const here = (/** @type {string} */ code) =>
    SITES.reduce((own, id, index) => own.replaceAll(`site:${id}`, origins[index]), code).replaceAll(/\bsite:(?=[/ ]|$)/gm, origins[0]);
  const all = blocks(text);
  for (const [index, { language, code, line }] of all.entries()) {
    if (language !== 'sh') continue;
    const isWatching = code.includes('--watch');
    const child = spawn('sh', ['-e', '-c', `${isWatching ? 'exec ' : ''}${here(code)}`], { cwd, env: { PATH: `${bin}:${process.env.PATH}`, HOME: folder } });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        printed += chunk;
        if (isWatching && printed.endsWith('unchanged\n')) child.kill('SIGINT');
      });
    }
    const [code_] = await once(child, 'close');
    assert.equal(code_, isWatching ? 130 : 0, `${name}, line ${line}: ${printed}`);
    if (isWatching) continue;
    const next = all[index + 1];
    const expected = next?.language === 'text' && text.split('\n').slice(line, next.line).join('\n').includes(`${code}\n\`\`\`\n\n\`\`\`text`) ? next.code : '';
    const plain = printed.replaceAll(`${cwd}/`, '').split('\n').filter((each) => each !== '');
    // What is transferred side by side is printed in any order.
    assert.deepEqual(plain.sort(), expected.split('\n').filter((each) => each !== '').sort(), `${name}, line ${line}`);
  }
}

/** @param {Client} client */
async function filled(client) {
  const { folder } = await client.folders.createFolder('Animals');
  const upload = (/** @type {string} */ displayName, /** @type {string} */ content, parentFolderId = 'media-root') =>
    client.uploads.upload(new Blob([content], { type: 'text/plain' }), { displayName, parentFolderId, labels: ['red'] });
  await upload('owl.txt', 'an owl', folder._id);
  await upload('logo.txt', 'one');
  return upload('fox.txt', 'a fox', folder._id);
}

suite('pages', { skip: process.platform === 'win32' }, () => {
  for (const name of ['back-up.md', 'move.md', 'publish.md', 'leave.md']) {
    test(`docs/sync/${name}: its commands print what it says`, async (t) => {
      const folder = await temporaryFolder(t);
      const [one, other] = [await serveManager(t), await serveManager(t)];
      await mkdir(join(folder, 'work'));
      if (name === 'publish.md') await fill(join(folder, 'work/photos'), { 'Animals/fox.txt': 'a fox!', 'logo.txt': 'one', '.env': 'secret' });
      else {
        const fox = await filled(one.client);
        await writeFile(join(folder, 'work/pages.json'), JSON.stringify([`wix:document://v1/${fox._id}/fox.txt`, fox._id]));
      }
      await runPage(name, folder, [one.baseUrl, other.baseUrl]);
      const [files] = await Promise.all([siteTreeOf(one.client)]);
      if (name === 'back-up.md') assert.deepEqual(await siteTreeOf(one.client, '/Restored'), MEDIA);
      else if (name === 'move.md') {
        assert.deepEqual(await siteTreeOf(other.client), MEDIA);
        const [written, id] = JSON.parse(await readFile(join(folder, 'work/pages.json'), 'utf8'));
        const moved = present(await other.client.paths.resolve('/Animals/fox.txt'));
        assert.deepEqual([written, id], [`wix:document://v1/${moved.id}/fox.txt`, moved.id]);
      } else if (name === 'publish.md') {
        assert.deepEqual(files, { Photos: null, 'Photos/Wildlife': null, 'Photos/Wildlife/fox.txt': 'a fox!', 'Photos/logo.txt': 'one' });
      } else assert.deepEqual(await readFile(join(folder, 'work/originals/Animals/fox.txt'), 'utf8'), 'a fox');
    });
  }
});
