// A server that answers wrongly, slowly or not at all, and a site whose quota is used up: the page says so in plain words, says what can
// be done about it, and loses nothing.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cell, drop, eventually, hold, namesIn, pageSuite, settled, showsItems, textOf, toast } from './site.js';

suite('page behind which something is wrong', () => {
  const site = pageSuite();
  const { open, workspace, listed } = site;

  /** Lists of files. */
  const LISTS = '**/site-media/v1/files?**';

  /** @param {number | null} quotaInBytes */
  async function setQuota(quotaInBytes) {
    const response = await fetch(`${site.server.address}/_wix-media/settings`, { method: 'PATCH', body: JSON.stringify({ limits: { quotaInBytes } }) });
    assert.ok(response.ok, await response.text());
  }

  for (const [what, answer, heading] of /** @type {[string, object, string][]} */ ([
    ['is no JSON', { status: 200, contentType: 'text/html', body: '<h1>Welcome to nginx</h1>' }, 'Not a Media Manager'],
    ['is empty', { status: 200, body: '' }, 'Not a Media Manager'],
    ['is an error without words', { status: 500, body: '' }, 'Something went wrong'],
    ['is a page of a proxy', { status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' }, 'Something went wrong'],
  ])) {
    test(`wrong answer: one that ${what} is explained, and the folder can be listed again`, async (t) => {
      const { fragment } = await workspace(`Answer that ${what}`, { 'a.txt': Buffer.from('a') });
      const { page } = await open(t, {});
      await settled(page);
      await page.route(LISTS, (route) => route.fulfill(answer));
      await page.evaluate((hash) => {
        location.hash = hash;
      }, fragment);
      const state = page.locator('#message .state.failed');
      await state.getByRole('heading', { name: heading }).waitFor();
      assert.doesNotMatch(await textOf(state), /nginx|Gateway|JSON|undefined/);
      await page.unroute(LISTS);
      await state.getByRole('button', { name: 'Try again' }).click();
      await showsItems(page, ['a.txt']);
    });
  }

  test('wrong answer: files with missing and odd members are shown as far as they go', async (t) => {
    const { page } = await open(t, { panel: true });
    await settled(page);
    const files = [
      null,
      5,
      'text',
      {},
      { id: 7 },
      { id: 'bare' },
      { id: 'odd', displayName: 5, mediaType: ['IMAGE'], labels: 'none', sizeInBytes: {}, media: 'none', url: 'javascript:alert(1)', createdDate: 'never', operationStatus: 1 },
      { id: 'image', displayName: 'no media.jpg', mediaType: 'IMAGE', media: { image: null }, url: '', thumbnailUrl: 'nowhere' },
      { id: 'fine', displayName: 'fine.txt', mediaType: 'OTHER', sizeInBytes: '4', labels: [null, 5, 'ok'] },
    ];
    await page.route(LISTS, (route) => route.fulfill({ json: { files, pagingMetadata: 'none' } }));
    await page.evaluate(() => {
      location.hash = '#visitor';
    });
    await cell(page, 'fine.txt').waitFor();
    assert.equal(await page.locator('.cell.file').count(), 4);
    await page.getByRole('tab', { name: 'Details' }).click();
    for (const key of ['file:bare', 'file:odd', 'file:image', 'file:fine']) {
      await page.locator(`.cell[data-key="${key}"]`).click();
      await page.locator(`.cell[data-key="${key}"][aria-selected=true]`).waitFor();
      await page.locator('details-panel h2').waitFor();
      await page.keyboard.press('Enter');
      await page.locator('dialog.viewer[open] .viewer-bar').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('dialog.viewer').waitFor({ state: 'detached' });
    }
    await page.locator('[name=layout][value=list]').locator('..').click();
    await cell(page, 'fine.txt').waitFor();
    // A test whose page reports an error fails.
  });

  test('slow answer: the page says that it waits, and another folder can be opened meanwhile', async (t) => {
    const slow = await workspace('Slow', { 'late.txt': Buffer.from('late') });
    const { page } = await open(t, {});
    await settled(page);
    const letGo = await hold(page, `**/site-media/v1/files?**${slow.id}**`);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, slow.fragment);
    await page.locator('#message .spinner').waitFor();
    await page.getByRole('treeitem', { name: 'Trash' }).click();
    await page.getByRole('heading', { name: 'Trash', exact: true }).waitFor();
    await page.goBack();
    letGo();
    await showsItems(page, ['late.txt']);
  });

  test('full quota: uploads wait, also over a reload, until there is room', async (t) => {
    const { id, fragment } = await workspace('Quota');
    const { page } = await open(t, { fragment });
    await setQuota(1);
    t.after(() => setQuota(null));
    const names = ['1.txt', '2.txt', '3.txt', '4.txt', '5.txt'];
    await drop(page, '#main', names.map((name) => ({ name, bytes: `content of ${name}` })));
    const panel = page.getByRole('region', { name: 'Uploads' });
    await panel.getByText('The storage quota of the site is used up. Make room, then resume.').waitFor();
    await panel.getByRole('heading', { name: /^Paused \d files/ }).waitFor();
    assert.deepEqual(await namesIn(page), []);
    await page.reload();
    await panel.getByRole('heading', { name: /^Paused/ }).waitFor();
    await setQuota(null);
    await panel.getByRole('button', { name: 'Resume all uploads' }).click();
    await showsItems(page, names);
    await eventually(async () => assert.deepEqual(await listed(id), names));
  });

  test('refusal: is said in the language of the page', async (t) => {
    const { fragment } = await workspace('Refused', { 'a.txt': Buffer.from('a') });
    const { page } = await open(t, { fragment: `?lang=de${fragment}` });
    for (const [answer, wanted] of /** @type {[object, string][]} */ ([
      [{ status: 403, json: { message: 'snapshot', details: { applicationError: { code: 'READ_ONLY', description: 'cannot be changed' } } } }, 'Nicht umbenannt: Dies ist eine Momentaufnahme, in der sich nichts ändern lässt.'],
      [{ status: 500, json: { message: 'disk', details: { applicationError: { code: 'STORAGE_FAILED', description: 'I/O error' } } } }, 'Nicht umbenannt: Der Speicher des Dienstes lässt sich nicht lesen oder beschreiben.'],
      [{ status: 400, json: { message: 'x', details: { validationError: { fieldViolations: [{ field: 'file.displayName', violatedRule: 'MAX_LENGTH', description: 'must have at most 5 characters', data: { threshold: 5 } }] } } } }, 'Nicht umbenannt: Der Name darf höchstens 5 Zeichen haben.'],
    ])) {
      await page.route('**/site-media/v1/files/*', (route) => (route.request().method() === 'PATCH' ? route.fulfill(answer) : route.fallback()));
      await cell(page, 'a.txt').click();
      await page.keyboard.press('F2');
      await page.keyboard.type('b');
      await page.keyboard.press('Enter');
      await toast(page, wanted);
      await page.unrouteAll({ behavior: 'wait' });
      await showsItems(page, ['a.txt']);
    }
  });
});
