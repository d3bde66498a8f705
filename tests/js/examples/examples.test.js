// The programs in examples/, run as their users run them.
import assert from 'node:assert/strict';
import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { credentials, node, project, remove } from './project.js';
import { API_KEY, SITE_ID, file, startSite } from './site.js';

/** @import { TestContext } from 'node:test' */

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));

/**
 * @param {number} count
 * @param {string} extension
 */
const many = (count, extension) => Array.from({ length: count }, (_, index) => file(`${index}.${extension}`));
/** @param {{ id: string }[]} descriptors */
const idsOf = (descriptors) => descriptors.map(({ id }) => id);

suite('examples', () => {
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await project();
    const programs = (await readdir(examples)).filter((name) => name.endsWith('.js'));
    for (const name of programs) await copyFile(join(examples, name), join(folder, name.replace('.js', '.mjs')));
  });
  after(() => remove(folder));

  /**
   * Runs an example against a site; every request has to carry the credentials as they are.
   *
   * @param {TestContext} t
   * @param {Parameters<typeof startSite>[0]} contents
   * @param {string} name
   * @param {...string} args
   */
  async function run(t, contents, name, ...args) {
    const site = await startSite(contents);
    t.after(() => site.close());
    const ended = await node(folder, [`${name}.mjs`, ...args], { ...credentials, WIX_BASE_URL: site.origin });
    for (const { headers } of site.requests) {
      assert.equal(headers.authorization, API_KEY);
      assert.equal(headers['wix-site-id'], SITE_ID);
    }
    return { site, ...ended };
  }

  /** @param {{ code: number, stderr: string }} ended */
  const succeeds = ({ code, stderr }) => assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  /** @param {Pick<Awaited<ReturnType<typeof startSite>>, 'requests'>} site */
  const calls = ({ requests }) => requests.map(({ method, path }) => `${method} ${path}`);

  test('update-display-name: renames a file', async (t) => {
    const river = file('river.jpg');
    const ended = await run(t, { files: [river, file('fox.jpg')] }, 'update-display-name', river.id, 'river at dawn.jpg');
    succeeds(ended);
    assert.equal(ended.stdout, `${river.id} is now called river at dawn.jpg.\n`);
    assert.deepEqual(calls(ended.site), ['PATCH /files/update-file-descriptor']);
    assert.deepEqual(ended.site.requests[0].body, { file: { displayName: 'river at dawn.jpg', id: river.id } });
    assert.equal(ended.site.find(river.id).displayName, 'river at dawn.jpg');
  });

  test('update-display-name: fails for an unknown file', async (t) => {
    const { code, stdout, stderr } = await run(t, {}, 'update-display-name', 'missing', 'new.jpg');
    assert.notEqual(code, 0);
    assert.equal(stdout, '');
    assert.match(stderr, /WixMediaError: files\.updateFileDescriptor: file not found: missing \(400 RESOURCE_NOT_FOUND\)/);
  });

  test('bulk-delete-files: moves files to the trash', async (t) => {
    const files = many(3, 'pdf');
    const ended = await run(t, { files }, 'bulk-delete-files', files[0].id, files[2].id);
    succeeds(ended);
    assert.equal(ended.stdout, 'Moved 2 to the trash.\n');
    assert.deepEqual(calls(ended.site), ['POST /bulk/files/delete']);
    assert.deepEqual(ended.site.requests[0].body, { fileIds: [files[0].id, files[2].id], permanent: false });
    assert.deepEqual(idsOf(ended.site.inTrash()), [files[0].id, files[2].id]);
    assert.equal(ended.site.find(files[1].id).state, 'OK');
  });

  test('bulk-delete-files: deletes more than one call takes, with --permanent', async (t) => {
    const files = many(1203, 'pdf');
    const ended = await run(t, { files }, 'bulk-delete-files', '--permanent', ...idsOf(files).slice(1));
    succeeds(ended);
    assert.equal(ended.stdout, 'Deleted 1000 permanently.\nDeleted 202 permanently.\n');
    assert.deepEqual(ended.site.requests.map(({ body }) => [body.fileIds.length, body.permanent]), [[1000, true], [202, true]]);
    assert.deepEqual(ended.site.inTrash(), []);
    assert.deepEqual(files.filter(({ id }) => ended.site.find(id)), [files[0]]);
  });

  test('restore-all-images: restores the images of every page, and nothing else', async (t) => {
    const images = many(2345, 'jpg');
    const others = many(235, 'mp4');
    // One in ten is a film, so that no page holds only what is asked for.
    const trash = images.flatMap((image, index) => (index % 10 === 0 ? [others[index / 10], image] : [image]));
    const ended = await run(t, { files: [file('kept.png')], trash }, 'restore-all-images');
    succeeds(ended);
    assert.equal(ended.stdout, 'Found 2345 images in the trash.\nRestored 1000.\nRestored 1000.\nRestored 345.\n');

    const lists = ended.site.requests.slice(0, -3);
    assert.equal(lists.length, 24);
    for (const { method, path, query } of lists) {
      assert.equal(`${method} ${path}`, 'GET /trash-bin/files');
      assert.deepEqual(query.getAll('mediaTypes'), ['IMAGE']);
      assert.equal(query.get('paging.limit'), '100');
    }
    assert.equal(new Set(lists.map(({ query }) => query.get('paging.cursor'))).size, 24);

    const restores = ended.site.requests.slice(-3);
    assert.deepEqual(calls({ requests: restores }), Array(3).fill('POST /bulk/trash-bin/files/restore'));
    assert.deepEqual(restores.flatMap(({ body }) => body.fileIds), idsOf(images));

    assert.deepEqual(idsOf(ended.site.inTrash()), idsOf(trash.filter(({ mediaType }) => mediaType === 'VIDEO')));
    assert.ok(images.every(({ id }) => ended.site.find(id).parentFolderId === 'media-root'));
  });

  test('restore-all-images: restores nothing from an empty trash', async (t) => {
    const ended = await run(t, { files: many(2, 'jpg') }, 'restore-all-images');
    succeeds(ended);
    assert.equal(ended.stdout, 'Found 0 images in the trash.\n');
    assert.deepEqual(calls(ended.site), ['GET /trash-bin/files']);
  });

  test('examples: print their usage without arguments', async () => {
    for (const name of ['update-display-name', 'bulk-delete-files']) {
      const { code, stderr } = await node(folder, [`${name}.mjs`], credentials);
      assert.notEqual(code, 0);
      assert.match(stderr, new RegExp(`Usage: node ${name}\\.js`));
    }
  });

  test('examples: do not print a refused key', async (t) => {
    const site = await startSite();
    t.after(() => site.close());
    const env = { WIX_API_KEY: 'IST.wrong', WIX_SITE_ID: SITE_ID, WIX_BASE_URL: site.origin };
    const { code, stderr } = await node(folder, ['restore-all-images.mjs'], env);
    assert.notEqual(code, 0);
    assert.match(stderr, /the API key is missing or wrong \(401 UNAUTHENTICATED\)/);
    assert.doesNotMatch(stderr, /IST\.wrong/);
  });
});
