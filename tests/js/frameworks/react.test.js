// wix-media.v2/react: the example, the hooks in a page, and the markup of images.
import assert from 'node:assert/strict';
import { copyFile, cp, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { build } from 'vite';
import { openPage } from '../examples/page.js';
import { project, remove } from '../examples/project.js';

/** @import { WixImageProps, WixMediaProviderProps } from 'wix-media.v2/react' */

const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const photos = at('../../data/photos');
const IMAGE = 'wix:image://v1/a1b2c3_4f5e~mv2.jpg/river.jpg#originWidth=1000&originHeight=800';
const BASE = 'https://static.wixstatic.com/media/';

suite('react', () => {
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await project(['react', 'react-dom', 'scheduler', 'loose-envify', 'js-tokens']);
  });
  after(() => remove(folder));

  test('example: uploads with progress, lists page by page, searches and shows images', async (t) => {
    const root = join(folder, 'example');
    await cp(at('../../../examples/react'), root, { recursive: true });
    await build({ root, base: './', logLevel: 'silent' });
    const { page, faults } = await openPage(t, join(root, 'dist'));
    const files = page.getByRole('list', { name: 'Files' }).getByRole('listitem');

    await page.getByLabel('Photographs').setInputFiles(['coffee.jpg', 'rocket.jpg', 'chelsea.jpg'].map((name) => join(photos, name)));
    const uploads = page.getByRole('region', { name: 'Uploads' });
    for (const name of ['coffee.jpg', 'rocket.jpg', 'chelsea.jpg']) await uploads.getByText(`${name}: done`).waitFor();
    assert.equal(await uploads.getByRole('progressbar').evaluate((bar) => /** @type {HTMLProgressElement} */ (bar).value), 1);
    await files.nth(1).waitFor();
    assert.equal(await files.count(), 2);
    await page.getByRole('button', { name: 'More' }).click();
    await files.nth(2).waitFor();
    assert.deepEqual((await files.allTextContents()).sort(), ['chelsea.jpg', 'coffee.jpg', 'rocket.jpg']);
    // Lazy images load once they are near the view.
    const image = page.getByRole('img', { name: 'coffee.jpg' });
    await image.scrollIntoViewIfNeeded();
    await page.waitForFunction((shown) => shown instanceof HTMLImageElement && shown.naturalWidth > 0, await image.elementHandle());
    assert.match(String(await image.getAttribute('src')), /^blob:/);

    await uploads.getByRole('button', { name: 'Clear' }).click();
    await uploads.waitFor({ state: 'detached' });
    await page.getByLabel('Search').fill('rocket');
    await page.waitForFunction(() => document.querySelectorAll('[aria-label=Files] li').length === 1);
    assert.deepEqual(await files.allTextContents(), ['rocket.jpg']);
    assert.deepEqual(faults, []);
  });

  test('hooks: behave as described', async (t) => {
    const root = join(folder, 'hooks');
    await cp(at('../../../examples/react'), root, { recursive: true });
    await copyFile(at('./hooks-page.js'), join(root, 'main.jsx'));
    await build({ root, base: './', logLevel: 'silent' });
    const { page, faults } = await openPage(t, join(root, 'dist'));
    /** @param {string} name */
    const run = (name) => page.evaluate((key) => /** @type {{ scenarios: Record<string, () => Promise<unknown>> }} */ (/** @type {unknown} */ (globalThis)).scenarios[key](), name);

    assert.deepEqual(await run('failure and retry'), { ended: [['failed', 403]], failed: undefined, done: [1, 1, undefined, true], cleared: undefined });
    const under = [1, 2, 3, 4].map((number) => `${number} uploading`);
    assert.deepEqual(await run('limit and cancellation'), {
      before: [...under, '5 waiting', '6 waiting'],
      after: ['1 cancelled', ...under.slice(1), '5 uploading', '6 cancelled'],
      ended: [1, 2, 3, 4, 5, 6].map((number) => `${number} cancelled`),
      isUploading: false,
    });
    assert.deepEqual(await run('unmounting'), ['endless cancelled']);
    assert.deepEqual(await run('pages'), { pages: ['ab…', 'ab…', 'abcd…', 'abcde', '0a…', 'c'], code: 403, cleared: undefined });
    assert.deepEqual(await run('options that change'), { shown: ['b.txt'], isCancelled: true });
    assert.deepEqual(await run('list of other options'), ['root: a.txt', 'b: b.txt']);
    assert.deepEqual(faults, []);
  });

  suite('WixImage', () => {
    /** @type {typeof import('wix-media.v2/react')} */
    let react;
    before(async () => {
      react = await import(pathToFileURL(join(folder, 'node_modules/wix-media.v2/react.js')).href);
    });
    /**
     * @param {Partial<WixImageProps>} props
     * @param {WixMediaProviderProps} [place]
     */
    function attributes(props, place = {}) {
      const image = createElement(react.WixImage, { src: IMAGE, alt: 'river', width: 300, height: 200, ...props });
      const markup = renderToStaticMarkup(createElement(react.WixMediaProvider, place, image));
      return Object.fromEntries([...markup.replaceAll('&amp;', '&').matchAll(/([a-zA-Z]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    }
    const widths = (/** @type {string} */ srcSet) => srcSet.split(', ').map((each) => [Number(/w_(\d+)/.exec(each)?.[1]), each.split(' ')[1]]);

    test('WixImage: offers one and two device pixels to a pixel', () => {
      const { src, srcSet, ...rest } = attributes({ className: 'cover', loading: 'eager' });
      assert.match(src, /^https:\/\/static\.wixstatic\.com\/media\/a1b2c3_4f5e~mv2\.jpg\/v1\/fill\/w_300,h_200,/);
      assert.deepEqual(widths(srcSet), [[300, '1x'], [600, '2x']]);
      assert.equal(srcSet.split(' ')[0], src);
      assert.deepEqual(rest, { alt: 'river', width: '300', height: '200', class: 'cover', loading: 'eager', decoding: 'async' });
    });

    test('WixImage: offers widths up to that of the original with sizes', () => {
      const { srcSet, sizes } = attributes({ width: 600, height: 300, sizes: '100vw' });
      assert.deepEqual(widths(srcSet), [[320, '320w'], [600, '600w'], [640, '640w'], [960, '960w']]);
      assert.equal(sizes, '100vw');
      assert.equal(attributes({ width: 2000, height: 1000, sizes: '100vw' }).srcSet.split(', ').length, 3, 'an original that is smaller than the box');
      assert.deepEqual(widths(attributes({ src: `${BASE}a1b2c3_4f5e~mv2.jpg`, sizes: '100vw' }).srcSet).map(([width]) => width), [300, 320, 600], 'an original of unknown size');
    });

    test('WixImage: fits the whole image into the box, and never enlarges it', () => {
      const { width, height, src, srcSet } = attributes({ fit: 'fit' });
      assert.deepEqual([width, height], ['250', '200']);
      assert.match(src, /\/w_250,h_200,/);
      assert.deepEqual(widths(srcSet), [[250, '1x'], [500, '2x']]);
      const large = attributes({ fit: 'fit', width: 4000, height: 4000 });
      assert.deepEqual([large.width, large.height], ['1000', '800']);
    });

    test('WixImage: passes options on, and uses the address of another Media Manager', () => {
      assert.match(attributes({ options: { quality: 40, name: 'a.jpg' } }).src, /q_40,.*\/a\.jpg$/);
      const base = 'http://127.0.0.1:4410/media/';
      for (const src of [IMAGE, `${base}a1b2c3_4f5e~mv2.jpg`]) {
        assert.match(attributes({ src }, { baseHostURL: base }).src, /^http:\/\/127\.0\.0\.1:4410\/media\/a1b2c3_4f5e~mv2\.jpg\/v1\/fill\/w_300/);
      }
    });

    test('WixImage: shows other sources as they are', () => {
      for (const src of ['https://example.com/a.jpg', 'data:image/gif;base64,AAAA', '/local.png', 'wix:video://v1/a/b.mp4']) {
        const found = attributes({ src });
        assert.deepEqual([found.src, found.srcSet, found.width], [src, undefined, '300'], src);
      }
      const animation = attributes({ src: 'wix:image://v1/a1b2c3_4f5e~mv2.gif/fox.gif#originWidth=1000&originHeight=800', sizes: '100vw' });
      assert.deepEqual([animation.src, animation.srcSet, animation.sizes], [`${BASE}a1b2c3_4f5e~mv2.gif`, undefined, undefined]);
      assert.equal(attributes({ src: /** @type {string} */ (/** @type {unknown} */ (undefined)) }).src, undefined);
    });

    test('entry: marks itself for the browser, as ES module and CommonJS', async () => {
      for (const name of ['react.js', 'react.cjs']) {
        assert.match(await readFile(join(folder, 'node_modules/wix-media.v2', name), 'utf8'), /^(?:"use strict";)?"use client";/);
      }
      const required = createRequire(join(folder, 'package.json'))('wix-media.v2/react');
      assert.deepEqual(Object.keys(required).sort(), Object.keys(react).sort());
    });
  });
});
