// The editor of images: what it saves, the addresses it copies, and the source code it writes, run as a stranger would.
/** @import { Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite, test } from 'node:test';
import { build } from 'esbuild';
import sharp from 'sharp';
import { barriers, cell, eventually, keepScreenshot, nothingSticksOut, pageSuite, photo, pictureLoaded, SHOWN } from './site.js';

const ROOT = new URL('../../../', import.meta.url);

suite('editor of the page', () => {
  const site = pageSuite();
  const { open, workspace } = site;

  /** An image whose left half is red and whose right half is blue: 80 by 40. */
  const halves = () =>
    sharp({ create: { width: 80, height: 40, channels: 3, background: '#f00' } })
      .composite([{ input: { create: { width: 40, height: 40, channels: 3, background: '#00f' } }, left: 40, top: 0 }])
      .png()
      .toBuffer();

  /**
   * Opens the editor of a file.
   *
   * @param {Page} page
   * @param {string} name
   */
  async function edit(page, name) {
    await cell(page, name).dblclick();
    await pictureLoaded(page, SHOWN);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    const editor = page.getByRole('dialog', { name: `Edit ${name}` });
    await editor.waitFor();
    return editor;
  }

  /**
   * Reads an image of the service: its size, and the colours in the middle of its four edges.
   *
   * @param {string} url
   */
  async function read(url) {
    const response = await fetch(url);
    assert.equal(response.status, 200, url);
    const { data, info } = await sharp(Buffer.from(await response.arrayBuffer())).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    /** @param {number} x @param {number} y */
    const colour = (x, y) => {
      const at = (Math.floor(y) * info.width + Math.floor(x)) * info.channels;
      return data[at] > data[at + 2] ? 'red' : 'blue';
    };
    const { width, height } = info;
    return { width, height, left: colour(2, height / 2), right: colour(width - 3, height / 2), top: colour(width / 2, 2), bottom: colour(width / 2, height - 3) };
  }

  /**
   * Waits for a file in a folder, and returns it.
   *
   * @param {string} parentFolderId
   * @param {string} name
   */
  const saved = (parentFolderId, name) =>
    eventually(async () => {
      const files = await site.server.client.files.listFiles({ parentFolderId }).toArray();
      const found = files.find(({ displayName, operationStatus }) => displayName === name && operationStatus === 'READY');
      assert.ok(found, name);
      return String(found.url);
    });

  test('editor: crops to a ratio, and saves what the service makes as a new file', async (t) => {
    const { fragment, id, files } = await workspace('Cropped', { 'a.png': await halves() });
    const { page } = await open(t, { fragment });
    const editor = await edit(page, 'a.png');
    const asked = /** @type {string[]} */ ([]);
    page.on('request', (request) => asked.push(request.url()));
    await editor.getByLabel('Ratio').selectOption('1:1');
    assert.equal(await editor.getByLabel('Width', { exact: true }).inputValue(), '40');
    await editor.getByRole('group', { name: 'Crop' }).getByLabel('From the left').fill('0');
    await editor.getByLabel('Title').fill('Left half');
    await editor.getByRole('button', { name: 'Save as a new file' }).click();
    await editor.waitFor({ state: 'detached' });
    await page.getByRole('dialog', { name: 'a.png' }).waitFor();
    assert.deepEqual(await read(await saved(id, 'Left half.png')), { width: 40, height: 40, left: 'red', right: 'red', top: 'red', bottom: 'red' });
    assert.ok(asked.some((url) => url.startsWith(`${files['a.png'].url}/v1/crop/x_0,y_0,w_40,h_40/fill/w_40,h_40,al_c/`)), asked.join('\n'));
    // The original is as it was.
    assert.equal((await read(String(files['a.png'].url))).width, 80);
  });

  test('editor: turns, flips and straightens, which no address can say', async (t) => {
    const { fragment, id } = await workspace('Turned', { 'a.png': await halves() });
    const { page } = await open(t, { fragment });
    const editor = await edit(page, 'a.png');
    await editor.getByRole('button', { name: 'Copy the address' }).waitFor();
    await editor.getByRole('button', { name: 'Turn right' }).click();
    await editor.getByText('Turned images have no address of their own.').waitFor();
    await editor.getByText('40 × 80 pixels').first().waitFor();
    await editor.getByLabel('Title').fill('Turned');
    await editor.getByRole('button', { name: 'Save as a new file' }).click();
    await editor.waitFor({ state: 'detached' });
    const turned = await read(await saved(id, 'Turned.png'));
    assert.deepEqual([turned.width, turned.height, turned.top, turned.bottom], [40, 80, 'red', 'blue']);

    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await editor.getByRole('button', { name: 'Flip left and right' }).click();
    await editor.getByLabel('Straighten').fill('10');
    await editor.getByLabel('Title').fill('Flipped');
    await editor.getByRole('button', { name: 'Save as a new file' }).click();
    await editor.waitFor({ state: 'detached' });
    const flipped = await read(await saved(id, 'Flipped.png'));
    assert.deepEqual([flipped.width, flipped.height, flipped.left, flipped.right], [80, 40, 'blue', 'red']);
  });

  test('editor: the frame follows the mouse, and stays in the image', async (t) => {
    const { fragment } = await workspace('Framed', { 'a.jpg': await photo('chelsea.jpg') });
    const { page } = await open(t, { fragment });
    const editor = await edit(page, 'a.jpg');
    const crop = editor.getByRole('group', { name: 'Crop' });
    const values = () => Promise.all(['From the left', 'From the top', 'Width', 'Height'].map((name) => crop.getByLabel(name, { exact: true }).inputValue()));
    assert.deepEqual(await values(), ['0', '0', '480', '319']);
    const frame = await editor.locator('.editor-frame').boundingBox();
    assert.ok(frame);
    await page.mouse.move(frame.x + frame.width - 1, frame.y + frame.height - 1);
    await page.mouse.down();
    await page.mouse.move(frame.x + frame.width / 2 + 5, frame.y + frame.height / 2 + 5, { steps: 4 });
    await page.mouse.move(frame.x + frame.width / 2, frame.y + frame.height / 2, { steps: 2 });
    await page.mouse.up();
    await eventually(async () => {
      const [x, y, width, height] = (await values()).map(Number);
      assert.ok(x === 0 && y === 0 && Math.abs(width - 240) < 6 && Math.abs(height - 160) < 6, `${[x, y, width, height]}`);
    });
    // Far beyond the lower edge.
    await page.mouse.move(frame.x + 20, frame.y + 20);
    await page.mouse.down();
    await page.mouse.move(frame.x + 40, frame.y + frame.height, { steps: 4 });
    await page.mouse.move(frame.x + 40, frame.y + 2 * frame.height, { steps: 4 });
    await page.mouse.up();
    await eventually(async () => {
      const [, y, , height] = (await values()).map(Number);
      assert.equal(y + height, 319);
    });
    await editor.getByRole('button', { name: 'Start over' }).click();
    await eventually(async () => assert.deepEqual(await values(), ['0', '0', '480', '319']));
    await page.keyboard.press('Escape');
    await editor.waitFor({ state: 'detached' });
    await page.getByRole('dialog', { name: 'a.jpg' }).waitFor();
  });

  test('editor: keeps the ratio of the crop in its fields, and after a quarter turn', async (t) => {
    const { fragment } = await workspace('Ratio', { 'a.jpg': await photo('chelsea.jpg') });
    const { page } = await open(t, { fragment });
    const editor = await edit(page, 'a.jpg');
    const crop = editor.getByRole('group', { name: 'Crop' });
    const values = () => Promise.all(['From the left', 'From the top', 'Width', 'Height'].map((name) => crop.getByLabel(name, { exact: true }).inputValue()));
    await crop.getByLabel('Ratio').selectOption('16:9');
    assert.deepEqual((await values()).slice(2), ['480', '270']);
    await crop.getByLabel('Width', { exact: true }).fill('160');
    assert.deepEqual((await values()).slice(2), ['160', '90']);
    await crop.getByLabel('Height', { exact: true }).fill('180');
    assert.deepEqual((await values()).slice(2), ['320', '180']);
    // The image has no room for the width of this height.
    await crop.getByLabel('Height', { exact: true }).fill('319');
    await crop.getByLabel('Height', { exact: true }).blur();
    assert.deepEqual((await values()).slice(2), ['480', '270']);

    await crop.getByLabel('Height', { exact: true }).fill('90');
    await editor.getByRole('button', { name: 'Turn right' }).click();
    assert.equal(await crop.getByLabel('Ratio').inputValue(), '9:16');
    assert.deepEqual((await values()).slice(2), ['90', '160']);
    // The handles keep it, too.
    const corner = await editor.locator('cropper-handle[action=se-resize]').boundingBox();
    assert.ok(corner);
    await page.mouse.move(corner.x + corner.width / 2, corner.y + corner.height / 2);
    await page.mouse.down();
    await page.mouse.move(corner.x + corner.width / 2 - 5, corner.y + corner.height / 2 - 8, { steps: 4 });
    await page.mouse.up();
    await eventually(async () => {
      const [, , width, height] = (await values()).map(Number);
      assert.ok(height < 160, `the frame is smaller: ${width} × ${height}`);
      assert.ok(Math.abs(width - (height * 9) / 16) <= 1, `${width} × ${height}`);
    });
    await crop.getByLabel('Width', { exact: true }).fill('45');
    assert.deepEqual((await values()).slice(2), ['45', '80']);
  });

  test('editor: stays open when the question about a taken name is cancelled', async (t) => {
    const { fragment } = await workspace('Taken', { 'a.png': await halves(), 'b.png': await halves() });
    const { page } = await open(t, { fragment });
    const editor = await edit(page, 'a.png');
    await editor.getByLabel('Title').fill('b');
    await editor.getByRole('button', { name: 'Save as a new file' }).click();
    const question = page.getByRole('dialog', { name: 'A file with this name already exists' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    assert.equal(await editor.getByLabel('Title').inputValue(), 'b');
    await editor.getByRole('button', { name: 'Save as a new file' }).click();
    await question.getByRole('radio', { name: 'Keep both' }).check();
    await question.getByRole('button', { name: 'Upload' }).click();
    await editor.waitFor({ state: 'detached' });
  });

  test('editor: a result of another shape keeps the focal point in view, in the preview as in the address', async (t) => {
    const { fragment } = await workspace('Focused', { 'a.png': await halves() });
    const { page, context } = await open(t, { fragment });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const editor = await edit(page, 'a.png');
    await editor.getByLabel('Shape').selectOption('1:1');
    await editor.getByLabel('From the left, in %').fill('100');
    await editor.getByText('40 × 40 pixels').first().waitFor();
    await editor.getByRole('button', { name: 'Focal point' }).press('ArrowLeft');
    assert.equal(await editor.getByLabel('From the left, in %').inputValue(), '99');
    await editor.getByRole('button', { name: 'Copy the address' }).click();
    const address = await eventually(async () => {
      const text = await page.evaluate(() => navigator.clipboard.readText());
      assert.match(text, /\/v1\/fill\/w_40,h_40,fp_0\.99_0\.50\//);
      return text;
    });
    await eventually(async () => assert.equal(await editor.locator('.transform-preview img').getAttribute('src'), address));
    assert.deepEqual(await read(address), { width: 40, height: 40, left: 'blue', right: 'blue', top: 'blue', bottom: 'blue' });
  });

  test('editor: its source code shows the image when it is pasted', async (t) => {
    const large = await sharp(await photo('hubble_deep_field.jpg')).resize(1600, 1200).jpeg().toBuffer();
    const { fragment } = await workspace('Exported', { 'a.jpg': large });
    const { page } = await open(t, { fragment });
    const editor = await edit(page, 'a.jpg');
    const alt = 'Galaxies & "stars" <b>';
    await editor.getByLabel('Alternative text').fill(alt);
    /** @param {string} name */
    const code = async (name) => String(await editor.getByRole('group', { name, exact: true }).locator('code').textContent());
    for (const isCropped of [false, true]) {
      if (isCropped) await editor.getByLabel('Ratio').selectOption('3:2');
      await eventually(async () => assert.match(await code('HTML'), isCropped ? /\/v1\/crop\// : /\/v1\/fill\//));
      await eventually(async () => assert.ok((await code('HTML')).includes('Galaxies')));
      const [html, srcset, react] = await Promise.all(['HTML', 'srcset', 'React'].map(code));
      assert.ok(html.includes(srcset));
      const other = await page.context().newPage();
      await other.setViewportSize({ width: 600, height: 400 });
      await other.setContent(`<!doctype html><body>${html}</body>`);
      await pictureLoaded(other, 'img');
      const image = await other.locator('img').evaluate((one) => one instanceof HTMLImageElement && { alt: one.alt, source: one.currentSrc, ratio: one.naturalWidth / one.naturalHeight });
      assert.ok(image);
      assert.equal(image.alt, alt);
      assert.match(image.source, /w_640,/, 'the browser takes the one that fits its window');
      await other.close();

      const markup = await rendered(t, react);
      assert.equal(react.includes('WixImage'), !isCropped);
      const [, src] = /src="([^"]+)"/.exec(markup) ?? [];
      const [, all] = /srcSet="([^"]+)"/i.exec(markup) ?? [];
      for (const url of [src, ...all.split(', ').map((each) => each.split(' ')[0])]) {
        const response = await fetch(url.replaceAll('&amp;', '&'));
        assert.equal(response.status, 200, url);
        await response.body?.cancel();
      }
      assert.ok(markup.includes('alt="Galaxies &amp; &quot;stars&quot; &lt;b&gt;"'), markup);
    }
    await keepScreenshot(page, 'editor-export');
  });

  /**
   * Renders the component of a snippet on the server.
   *
   * @param {import('node:test').TestContext} t
   * @param {string} source
   */
  async function rendered(t, source) {
    const folder = await mkdtemp(new URL('target/snippet-', ROOT).pathname);
    t.after(() => rm(folder, { recursive: true, force: true }));
    const require = createRequire(import.meta.url);
    const entry = join(folder, 'entry.jsx');
    await writeFile(entry, `import React from 'react';\nimport { renderToStaticMarkup } from 'react-dom/server';\n${source}\nexport const markup = renderToStaticMarkup(<Picture />);\n`);
    const out = join(folder, 'out.mjs');
    await build({
      entryPoints: [entry],
      outfile: out,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
      nodePaths: [join(require.resolve('react/package.json'), '../..')],
      alias: { 'wix-media.v2/react': new URL('dist/react.js', ROOT).pathname, 'wix-media.v2': new URL('dist/node.js', ROOT).pathname },
      banner: { js: `import { createRequire as requireOfSnippet } from 'node:module'; const require = requireOfSnippet(${JSON.stringify(import.meta.url)});` },
      external: ['*.wasm'],
    });
    /** @type {{ markup: string }} */
    const { markup } = await import(pathToFileURL(out).href);
    return markup;
  }

  for (const [name, viewport] of /** @type {const} */ ([['phone', { width: 390, height: 844 }], ['tablet', { width: 820, height: 1180 }], ['desktop', { width: 1440, height: 900 }]])) {
    test(`editor: is accessible and fits, ${name}`, async (t) => {
      const { fragment } = await workspace(`Looked at ${name}`, { 'a.jpg': await photo('rocket.jpg') });
      for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
        const { page } = await open(t, { fragment, viewport, colorScheme });
        const editor = await edit(page, 'a.jpg');
        await editor.getByLabel('Ratio').selectOption('4:3');
        await pictureLoaded(page, '.transform-preview img');
        await editor.getByText('HTML', { exact: true }).waitFor();
        assert.deepEqual(await barriers(page), []);
        await nothingSticksOut(page, name);
        await keepScreenshot(page, `${colorScheme}-editor-${name}`);
      }
    });
  }

  test('editor: edits neither animations, nor what the browser cannot read, nor the trash', async (t) => {
    const gif = await sharp(await halves()).gif().toBuffer();
    const { fragment, files } = await workspace('Uneditable', { 'a.gif': gif, 'b.txt': Buffer.from('words'), 'c.png': await halves() });
    const { page } = await open(t, { fragment });
    const button = page.getByRole('button', { name: 'Edit', exact: true });
    for (const name of ['a.gif', 'b.txt']) {
      await cell(page, name).dblclick();
      await page.getByRole('dialog', { name }).waitFor();
      assert.equal(await button.count(), 0, name);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.route(String(files['c.png'].url), (route) => route.fulfill({ status: 200, contentType: 'image/png', body: 'no image' }));
    await cell(page, 'c.png').dblclick();
    await button.click();
    await page.getByRole('alert').getByText('The image cannot be edited: This browser cannot read the image.').waitFor();
  });
});
