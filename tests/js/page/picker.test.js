// The picker in pages of others: the dialog, the element, and whose files they show.
/** @import { Page } from 'playwright-core' */
/** @import { WixMediaPicker } from '../../../pkg-template/types/picker.js' */
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../harness/tarball.js';
import { KEY, SITE, startMediaService } from './media-service.js';
import { chosenIn, openDialog, openHost } from './picker-host.js';
import { barriers, cell, drop, eventually, focusIsOn, hold, keepScreenshot, namesIn, nothingSticksOut, pageSuite, photo, photoPath, showsItems, textOf } from './site.js';

const PICKER = fileURLToPath(new URL('../../../dist/picker.js', import.meta.url));
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>';

suite('picker', () => {
  const site = pageSuite();
  /** @type {string} */
  let animals;

  before(async () => {
    const { folders, uploads } = site.server.client;
    const { folder } = await folders.createFolder('Animals');
    animals = String(folder?._id);
    await folders.createFolder('Empty');
    await uploads.upload(await photo('chelsea.jpg'), { displayName: 'cat.jpg', parentFolderId: animals, labels: ['pet'] });
    await uploads.upload(await photo('rocket.jpg'), { displayName: 'rocket.jpg' });
    await uploads.upload(await photo('coffee.jpg'), { displayName: 'coffee.jpg', labels: ['drink', 'pet'] });
    await uploads.upload(Buffer.from(SVG), { displayName: 'logo.svg' });
    await uploads.upload(Buffer.from('%PDF-1.4\n'), { displayName: 'terms.pdf' });
    await uploads.upload(Buffer.from('PK\x03\x04'), { displayName: 'kit.zip' });
    await uploads.upload(Buffer.from('glTF\x02\0\0\0'), { displayName: 'chair.glb' });
  });

  /** @param {import('node:test').TestContext} t @param {Parameters<typeof openHost>[3]} [options] */
  const open = async (t, options) => (await openHost(t, site.browser, site.server.address, options)).page;

  test('picker: chooses an image in a folder, with the answer of Wix’s dashboard', async (t) => {
    const page = await open(t);
    await openDialog(page, { category: 'IMAGE' });
    await page.getByRole('heading', { name: 'Choose an image' }).waitFor();
    await showsItems(page, ['Animals', 'Empty', 'rocket.jpg', 'coffee.jpg']);
    await cell(page, 'Animals').click();
    await showsItems(page, ['cat.jpg']);
    await page.getByRole('navigation', { name: 'Folders' }).getByText('Animals').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Choose', exact: true }).isDisabled(), true);
    await cell(page, 'cat.jpg').click();
    await page.getByRole('button', { name: 'Choose', exact: true }).click();
    assert.deepEqual(await chosenIn(page), ['cat.jpg']);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await page.locator('wix-media-picker').count(), 0);
    await focusIsOn(page, 'Choose…');
  });

  test('picker: speaks the language of the document, mirrored where it is', async (t) => {
    const page = await open(t);
    await page.evaluate(() => {
      document.documentElement.lang = 'he';
    });
    await openDialog(page, { category: 'IMAGE' });
    await page.getByRole('heading', { name: 'בחירת תמונה' }).waitFor();
    assert.equal(await page.locator('section.picker').evaluate((panel) => getComputedStyle(panel).direction), 'rtl');
    await page.getByRole('button', { name: 'ביטול' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // Languages of three letters are others, and people write tags in several ways.
    for (const [tag, heading] of [['xx', 'Choose an image'], ['arn', 'Choose an image'], ['no tag', 'Choose an image'], ['de_DE', 'Bild auswählen'], ['DE', 'Bild auswählen']]) {
      await page.evaluate((lang) => {
        document.documentElement.lang = lang;
      }, tag);
      await openDialog(page, { category: 'IMAGE' });
      await page.getByRole('heading', { name: heading }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });

  test('picker: shows all but 3D models without a category, and each category alone', async (t) => {
    const page = await open(t);
    const folders = ['Animals', 'Empty'];
    for (const [category, names] of /** @type {[string | undefined, string[]][]} */ ([
      [undefined, ['rocket.jpg', 'coffee.jpg', 'logo.svg', 'terms.pdf', 'kit.zip']],
      ['VECTOR_ART', ['logo.svg']],
      ['DOCUMENT', ['terms.pdf']],
      ['3D_IMAGE', ['chair.glb']],
      ['MUSIC', []],
    ])) {
      await openDialog(page, { category });
      await showsItems(page, [...folders, ...names]);
      await page.keyboard.press('Escape');
      assert.equal(await chosenIn(page), 'undefined');
    }
    await openDialog(page);
    await page.getByLabel('Type', { exact: true }).selectOption('Document');
    await showsItems(page, [...folders, 'terms.pdf']);
    await page.getByLabel('Sort').selectOption('Name, A to Z');
    await page.getByLabel('Type', { exact: true }).selectOption('All types');
    await eventually(async () => assert.deepEqual(await namesIn(page), [...folders, 'coffee.jpg', 'kit.zip', 'logo.svg', 'rocket.jpg', 'terms.pdf']));
  });

  test('picker: chooses several files across folders, in their order', async (t) => {
    const page = await open(t);
    await openDialog(page, { multiSelect: true, category: 'IMAGE' });
    await cell(page, 'rocket.jpg').click();
    await cell(page, 'Animals').click();
    await cell(page, 'cat.jpg').click();
    await page.getByText('2 files chosen').waitFor();
    await page.getByRole('button', { name: 'Site Files' }).click();
    await cell(page, 'coffee.jpg').click();
    await cell(page, 'rocket.jpg').and(page.locator('[aria-selected=true]')).click();
    await page.getByRole('button', { name: 'Choose 2 files' }).click();
    assert.deepEqual(await chosenIn(page), ['cat.jpg', 'coffee.jpg']);
    await openDialog(page, { multiSelect: true, category: 'IMAGE' });
    await cell(page, 'rocket.jpg').click();
    await cell(page, 'coffee.jpg').click({ modifiers: ['Shift'] });
    await page.getByRole('button', { name: 'Choose 2 files' }).click();
    assert.deepEqual(/** @type {string[]} */ (await chosenIn(page)).toSorted(), ['coffee.jpg', 'rocket.jpg']);
  });

  test('picker: ends with undefined however it is closed, and with the reason of its signal', async (t) => {
    const page = await open(t);
    for (const close of [
      () => page.keyboard.press('Escape'),
      () => page.getByRole('button', { name: 'Cancel' }).click(),
      () => page.getByRole('button', { name: 'Close' }).click(),
      () => page.mouse.click(5, 5),
    ]) {
      await openDialog(page);
      await close();
      assert.equal(await chosenIn(page), 'undefined');
      await focusIsOn(page, 'Choose…');
    }
    // A click beside the dialog does not throw away what was chosen.
    await openDialog(page, { multiSelect: true });
    await cell(page, 'rocket.jpg').click();
    await page.mouse.click(5, 5);
    await page.getByText('1 file chosen').waitFor();
    await page.keyboard.press('Escape');
    const reason = await page.evaluate(async () => {
      const { openMediaManager, client } = /** @type {any} */ (globalThis);
      const controller = new AbortController();
      const asked = openMediaManager({ client, signal: controller.signal });
      controller.abort(new Error('the editor has gone'));
      return asked.then(String, String);
    });
    assert.equal(reason, 'Error: the editor has gone');
    assert.equal(await page.locator('wix-media-picker').count(), 0);
  });

  test('picker: refuses invalid options with typed errors, before anything is shown', async (t) => {
    const page = await open(t);
    const refused = await page.evaluate(async () => {
      const { openMediaManager, failureOf } = /** @type {any} */ (globalThis);
      const attempts = [{ category: 'IMAGES' }, { multiselect: true }, { multiSelect: 'yes' }, { client: {} }, { labels: 'pet' }, null];
      return Promise.all(attempts.map((options) => openMediaManager(options).then(String, failureOf)));
    });
    assert.deepEqual(
      refused.map(({ name, code, message }) => [name, code, message]),
      [
        'options.category must be one of IMAGE, VIDEO, MUSIC, DOCUMENT, VECTOR_ART, 3D_IMAGE',
        'options.multiselect is not an option: did you mean multiSelect?',
        'options.multiSelect must be a boolean',
        'options.client must be a client of createClient',
        'options.labels must be a list of strings',
        'options must be an object',
      ].map((text) => ['WixMediaError', 'INVALID_ARGUMENT', `openMediaManager: ${text}`]),
    );
    assert.equal(await page.locator('wix-media-picker').count(), 0);
  });

  test('picker: can be imported without a document', async () => {
    const script = `import { openMediaManager, WixMediaPicker } from ${JSON.stringify(PICKER)}; await openMediaManager().catch(({ code }) => console.log(typeof WixMediaPicker, code));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
    assert.equal(stdout.trim(), 'function NOT_SUPPORTED');
  });

  test('picker: can be used with the keyboard alone', async (t) => {
    const page = await open(t);
    await openDialog(page, { category: 'IMAGE' });
    await showsItems(page, ['Animals', 'Empty', 'rocket.jpg', 'coffee.jpg']);
    await page.keyboard.press('ArrowDown');
    await focusIsInPicker(page, 'Empty');
    await page.keyboard.press('ArrowRight');
    await focusIsInPicker(page, 'Animals');
    await page.keyboard.press('Enter');
    await focusIsInPicker(page, 'cat.jpg');
    await page.keyboard.press('Backspace');
    await focusIsInPicker(page, 'Empty');
    await page.keyboard.press('ArrowDown');
    await focusIsInPicker(page, 'coffee.jpg');
    await page.keyboard.press(' ');
    await page.getByText('1 file chosen').waitFor();
    await page.keyboard.type('rock');
    await focusIsInPicker(page, 'rocket.jpg');
    await page.keyboard.press('Enter');
    assert.deepEqual(await chosenIn(page), ['rocket.jpg']);
    await focusIsOn(page, 'Choose…');
  });

  test('picker: searches, and says when there is nothing', async (t) => {
    const page = await open(t);
    await openDialog(page, { category: 'IMAGE' });
    await page.getByRole('searchbox').fill('cat');
    await showsItems(page, ['cat.jpg']);
    await page.getByRole('searchbox').fill('no such thing');
    await page.getByRole('heading', { name: 'Nothing found' }).waitFor();
    // The first Escape ends the search, and leaves the dialog open.
    await page.keyboard.press('Escape');
    await cell(page, 'Empty').click();
    await page.getByRole('heading', { name: 'No images here' }).waitFor();
    assert.equal(await textOf(page.locator('[role=status]')), 'Nothing here');
  });

  test('picker: uploads, chooses what has arrived, and gives it the labels', async (t) => {
    const page = await open(t);
    const { id } = await site.workspace('Uploads of the picker');
    // Other tests expect the folders that are there.
    t.after(() => site.server.client.folders.bulkDeleteFolders([id]));
    await openDialog(page, { folder: id, accept: 'image/jpeg,.png', labels: ['banner'] });
    await page.getByRole('heading', { name: 'No files here' }).waitFor();
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Upload' }).click()]);
    assert.equal(chooser.isMultiple(), false);
    assert.equal(await chooser.element().evaluate((input) => /** @type {HTMLInputElement} */ (input).accept), 'image/jpeg,.png');
    await chooser.setFiles(photoPath('coffee-cup.jpg'));
    await page.getByText('1 file chosen').waitFor();
    await drop(page, '.picker', [{ name: 'notes.txt', type: 'text/plain', bytes: 'words' }]);
    await page.getByText('Files of this type cannot be chosen here.').waitFor();
    await page.getByRole('button', { name: 'Dismiss the failed upload of notes.txt' }).click();
    await page.getByRole('button', { name: 'Choose', exact: true }).click();
    assert.deepEqual(await chosenIn(page), ['coffee-cup.jpg']);
    const [stored] = await site.server.client.files.listFiles({ parentFolderId: id }).toArray();
    assert.deepEqual(stored.labels, ['banner']);
  });

  test('picker: names what failed, and keeps the dialog', async (t) => {
    const page = await open(t);
    await page.route('**/site-media/v1/files/generate-upload-url', (route) => route.fulfill({ status: 507, json: { message: 'full', details: { applicationError: { code: 'INSUFFICIENT_STORAGE' } } } }));
    await page.route('**/site-media/v1/files?*', (route) => route.abort(), { times: 40 });
    await openDialog(page);
    await page.getByRole('heading', { name: 'No response' }).waitFor();
    await page.unroute('**/site-media/v1/files?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await cell(page, 'rocket.jpg').waitFor();
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Upload' }).click()]);
    await chooser.setFiles(photoPath('coffee-cup.jpg'));
    await page.getByText('The service has no room left.').waitFor();
  });

  test('picker: cancels an upload with its button, and with the dialog', async (t) => {
    const page = await open(t);
    const release = await hold(page, '**/site-media/v1/files/generate-upload-url');
    await openDialog(page);
    const begin = async () => {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Upload' }).click()]);
      await chooser.setFiles(photoPath('coffee-cup.jpg'));
    };
    await begin();
    await page.getByRole('button', { name: 'Cancel the upload of coffee-cup.jpg' }).click();
    await page.getByRole('list', { name: 'Uploads' }).waitFor({ state: 'hidden' });
    await begin();
    await page.keyboard.press('Escape');
    assert.equal(await chosenIn(page), 'undefined');
    release();
    assert.equal((await site.listed('media-root')).includes('coffee-cup.jpg'), false);
  });

  test('picker: shows files with all of the labels, and those of a list of types', async (t) => {
    const page = await open(t);
    await openDialog(page, { labels: ['pet', 'drink'] });
    await eventually(async () => assert.deepEqual((await namesIn(page)).filter((name) => /\./.test(name)), ['coffee.jpg']));
    await page.keyboard.press('Escape');
    await openDialog(page, { accept: 'application/pdf,.ZIP' });
    await eventually(async () => assert.deepEqual((await namesIn(page)).filter((name) => /\./.test(name)).toSorted(), ['kit.zip', 'terms.pdf']));
  });

  test('picker: shows the files of a manager in the page, with their pictures', async (t) => {
    // Its worker is a script of the package, which a page that requires Trusted Types has to allow.
    const page = await open(t, { trustedTypes: '' });
    const bytes = (await photo('chelsea.jpg')).toString('base64');
    await page.evaluate(async (text) => {
      const globals = /** @type {any} */ (globalThis);
      const manager = await globals.createManager({ storage: 'memory' });
      const content = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
      await manager.client.uploads.upload(new Blob([content], { type: 'image/jpeg' }), { displayName: 'mine.jpg' });
      globals.openMediaManager({ manager }).then((/** @type {unknown} */ chosen) => {
        globals.state.chosen = globals.namesOf(chosen);
      });
    }, bytes);
    await cell(page, 'mine.jpg').locator('img.loaded').waitFor();
    await cell(page, 'mine.jpg').dblclick();
    assert.deepEqual(await chosenIn(page), ['mine.jpg']);
  });

  test('picker: shows the files of a Wix site', async (t) => {
    const service = await startMediaService(t);
    // The stub of the service is on this machine, and browsers ask before a page may call that.
    const page = await open(t, { permissions: ['local-network-access'] });
    await page.evaluate(({ baseUrl, auth }) => {
      const globals = /** @type {any} */ (globalThis);
      globals.ask({ client: globals.createClient({ baseUrl, auth }), category: 'IMAGE' });
    }, { baseUrl: service.origin, auth: { apiKey: KEY, siteId: SITE } });
    await cell(page, 'Flat white.jpg').dblclick();
    assert.deepEqual(await chosenIn(page), ['Flat white.jpg']);
  });

  test('picker element: stands in a page, and tells what was chosen', async (t) => {
    const page = await open(t, { body: '<wix-media-picker inline category="IMAGE" heading="Cover"></wix-media-picker>' });
    await page.evaluate(() => {
      const globals = /** @type {any} */ (globalThis);
      const picker = document.querySelector('wix-media-picker');
      if (!picker) return;
      picker.client = globals.client;
      document.querySelector('main')?.addEventListener('pick', (event) => {
        globals.state.chosen = globals.namesOf(/** @type {CustomEvent} */ (event).detail);
      });
    });
    await page.getByRole('heading', { name: 'Cover' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Cancel' }).count(), 0);
    await cell(page, 'rocket.jpg').click();
    await page.getByRole('button', { name: 'Choose', exact: true }).click();
    assert.deepEqual(await chosenIn(page), ['rocket.jpg']);
    // It stays, and follows its attributes.
    await page.locator('wix-media-picker').evaluate((picker) => picker.setAttribute('category', 'DOCUMENT'));
    await showsItems(page, ['Animals', 'Empty', 'terms.pdf']);
    await page.locator('wix-media-picker').evaluate((picker) => picker.removeAttribute('inline'));
    await cell(page, 'terms.pdf').waitFor({ state: 'detached' });
  });

  test('picker element: shows the files of the client that it got while its parts were loading', async (t) => {
    const page = await open(t);
    const letGo = await hold(page, '**/picker-panel.js');
    await page.evaluate(async () => {
      const picker = document.createElement('wix-media-picker');
      picker.inline = true;
      document.querySelector('main')?.append(picker);
      // It begins to load its parts, and a client of its own, at the end of a task.
      await new Promise((resolve) => setTimeout(resolve));
      picker.client = Reflect.get(globalThis, 'client');
      await new Promise((resolve) => setTimeout(resolve));
    });
    letGo();
    await cell(page, 'rocket.jpg').waitFor();
  });

  test('picker element: opens as a dialog, and takes properties that were set before it was defined', async (t) => {
    const page = await open(t);
    const found = await page.evaluate(async () => {
      const globals = /** @type {any} */ (globalThis);
      // A framework makes the element before the package is there: here, in a document without it.
      const other = document.implementation.createHTMLDocument();
      const picker = /** @type {WixMediaPicker} */ (/** @type {unknown} */ (other.createElement('wix-media-picker')));
      Object.assign(picker, { client: globals.client, category: 'DOCUMENT', multiSelect: true, labels: ['a, b'] });
      document.querySelector('main')?.append(picker);
      picker.addEventListener('pick', (event) => globals.state.heard.push(...globals.namesOf(event.detail)));
      picker.addEventListener('cancel', () => globals.state.heard.push('cancelled'));
      globals.state.heard = [];
      const { category, multiSelect, labels } = picker;
      picker.labels = [];
      globals.picker = picker;
      const opened = picker.open();
      return { category, multiSelect, labels, isSame: opened === picker.open() };
    });
    assert.deepEqual(found, { category: 'DOCUMENT', multiSelect: true, labels: ['a, b'], isSame: true });
    await cell(page, 'terms.pdf').click();
    await page.getByRole('button', { name: 'Choose', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const closed = await page.evaluate(async () => {
      const { picker } = /** @type {any} */ (globalThis);
      const asked = picker.open();
      picker.close();
      return String(await asked);
    });
    assert.equal(closed, 'undefined');
    assert.deepEqual(await page.evaluate(() => Reflect.get(globalThis, 'state').heard), ['terms.pdf', 'cancelled']);
  });

  test('picker: is styled by parts and properties', async (t) => {
    const page = await open(t);
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('wix-media-picker { --accent: rgb(10, 120, 30); --sans: monospace } wix-media-picker::part(choose) { text-transform: uppercase } wix-media-picker::part(tile) { letter-spacing: 3px }');
      document.adoptedStyleSheets = [sheet];
    });
    await openDialog(page);
    const styles = await page.evaluate(() => {
      const root = document.querySelector('wix-media-picker')?.shadowRoot;
      /** @param {string} selector */
      const styleOf = (selector) => getComputedStyle(/** @type {Element} */ (root?.querySelector(selector)));
      const choose = styleOf('[part=choose]');
      return [choose.backgroundColor, choose.textTransform, choose.fontFamily];
    });
    assert.deepEqual(styles, ['rgb(10, 120, 30)', 'uppercase', 'monospace']);
    await cell(page, 'rocket.jpg').waitFor();
    assert.equal(await cell(page, 'rocket.jpg').evaluate((found) => getComputedStyle(found).letterSpacing), '3px');
  });

  for (const [name, options] of /** @type {[string, Parameters<typeof openHost>[3]][]} */ ([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['rtl', { dir: 'rtl', lang: 'he' }],
    ['phone', { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true }],
    ['small-phone', { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true }],
    ['tablet', { viewport: { width: 768, height: 1024 } }],
    ['forced', { forcedColors: 'active' }],
  ])) {
    test(`picker: is accessible and fits, ${name}`, async (t) => {
      const page = await open(t, options);
      /** @param {string} view */
      const look = async (view) => {
        await page.mouse.move(0, 0);
        assert.deepEqual(await barriers(page), [], view);
        await nothingSticksOut(page, view);
        await keepScreenshot(page, `picker-${view}-${name}`);
      };
      await openDialog(page, { multiSelect: true });
      await cell(page, 'rocket.jpg').locator('img.loaded').waitFor();
      assert.deepEqual(await cutMenus(page), []);
      await look('open');
      await cell(page, 'rocket.jpg').click();
      await page.getByText(/1 file chosen|נבחר קובץ אחד/).waitFor();
      await look('chosen');
      await drop(page, '.picker', [{ name: 'empty.txt', bytes: '' }]);
      await page.locator('.upload.failed').waitFor();
      await look('failed-upload');
      await cell(page, 'Empty').click();
      await page.getByRole('heading', { name: /No files here|אין כאן קבצים/ }).waitFor();
      await look('empty');
    });
  }
});

/**
 * Returns the menus of the picker that are too narrow for one of their options.
 *
 * @param {Page} page
 */
const cutMenus = (page) =>
  page.getByRole('dialog').locator('select').evaluateAll((menus) =>
    menus.flatMap((menu) => {
      const { width } = menu.getBoundingClientRect();
      const whole = /** @type {HTMLElement} */ (menu.cloneNode(true));
      Object.assign(whole.style, { position: 'absolute', flex: 'none', width: 'max-content', minWidth: 'max-content' });
      menu.after(whole);
      const needed = whole.getBoundingClientRect().width;
      whole.remove();
      return needed > width + 0.5 ? [`${menu.getAttribute('aria-label')}: ${width} of ${needed}`] : [];
    }),
  );

/**
 * Waits until the focus is on an item in the picker.
 *
 * @param {Page} page
 * @param {string} name
 */
const focusIsInPicker = (page, name) =>
  eventually(async () => {
    const text = await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.querySelector('.name')?.textContent);
    assert.equal(text, name);
  });
