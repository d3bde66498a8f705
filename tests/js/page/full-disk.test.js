// A server whose disk is full: the page says so at once, waits, and goes on when there is room.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cell, drop, namesIn, pageSuite, showsItems, textOf, toast } from './site.js';

/** @import { Fault } from '../../../pkg-template/types/index.js' */

suite('full disk behind the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  /** What the service says. Something between it and the page may say less. */
  const OWN = { message: 'no space left on device', details: { applicationError: { code: 'INSUFFICIENT_STORAGE', description: 'no space left on device' } } };

  /**
   * Has the server answer some calls as one with a full disk does.
   *
   * @param {string[]} matches
   * @param {object} [body]
   */
  async function fill(matches, body = OWN) {
    /** @type {Fault[]} */
    const faults = matches.map((match) => ({ match, status: 507, body }));
    const response = await fetch(`${site.server.address}/_wix-media/faults`, { method: 'POST', body: JSON.stringify(faults) });
    assert.ok(response.ok, await response.text());
  }
  const makeRoom = () => fetch(`${site.server.address}/_wix-media/faults`, { method: 'DELETE' });

  for (const [what, match, size, body] of /** @type {[string, string, number, object?][]} */ ([
    ['is refused before it begins', 'generateFileUploadUrl', 5],
    ['is refused as a whole', 'PUT /upload/', 5],
    ['is refused in the middle', 'PATCH /upload/', 11_000_000],
    ['is refused without a code', 'PUT /upload/', 5, { message: 'full' }],
  ])) {
    test(`full disk: an upload that ${what} fails at once, with the reason`, async (t) => {
      const { fragment, id } = await workspace(`Full: ${what}`);
      const { page } = await open(t, { fragment });
      await fill([match], body);
      t.after(makeRoom);
      /** @type {string[]} */
      const refused = [];
      page.on('response', (response) => response.status() === 507 && refused.push(response.url()));
      await drop(page, '#main', [{ name: 'too much.bin', bytes: Buffer.alloc(size, 1) }]);
      const panel = page.getByRole('region', { name: 'Uploads' });
      await panel.getByRole('heading', { name: '1 upload failed' }).waitFor();
      assert.equal(await textOf(panel.locator('.upload-facts')), 'The server’s disk is full.');
      assert.equal(refused.length, 1, 'it is not tried again');
      await makeRoom();
      await panel.getByRole('button', { name: 'Retry too much.bin' }).click();
      await cell(page, 'too much.bin').waitFor();
      const [file] = await site.server.client.files.listFiles({ parentFolderId: id }).toArray();
      assert.equal(file.sizeInBytes, String(size));
    });
  }

  test('full disk: other uploads wait until a person resumes them', async (t) => {
    const { fragment } = await workspace('Full for all');
    const { page } = await open(t, { fragment });
    await fill(['PUT /upload/']);
    t.after(makeRoom);
    const names = ['1.txt', '2.txt', '3.txt', '4.txt', '5.txt', '6.txt'];
    await drop(page, '#main', names.map((name) => ({ name, bytes: name })));
    const panel = page.getByRole('region', { name: 'Uploads' });
    await panel.getByText('The server’s disk is full. Make room, then resume.').waitFor();
    await panel.getByRole('heading', { name: /^Paused \d files/ }).waitFor();
    await makeRoom();
    assert.deepEqual(await namesIn(page), []);
    await panel.getByRole('button', { name: 'Resume all uploads' }).click();
    await panel.getByRole('heading', { name: '6 files uploaded' }).waitFor();
    await showsItems(page, names);
  });

  test('full disk: other actions name it, too', async (t) => {
    const { fragment } = await workspace('Full for folders', { 'a.txt': Buffer.from('a') });
    const { page } = await open(t, { fragment });
    await fill(['createFolder', 'updateFileDescriptor']);
    t.after(makeRoom);
    await page.getByRole('button', { name: 'New folder' }).click();
    await page.getByLabel('Name', { exact: true }).fill('One more');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: 'No room left' }).waitFor();
    await dialog.getByText('Delete files permanently or make room otherwise').waitFor();
    await page.keyboard.press('Escape');
    await cell(page, 'a.txt').click();
    await page.keyboard.press('F2');
    await page.keyboard.type('b');
    await page.keyboard.press('Enter');
    await toast(page, 'Not renamed: The server’s disk is full.');
  });
});
