// The languages of the page: its tables are complete, no text stands outside them, and each language fits.
/** @import { Page } from 'playwright-core' */
/** @import { Table } from '../../../www/text/language.js' */
import assert from 'node:assert/strict';
import process from 'node:process';
import { before, suite, test } from 'node:test';
import { canonicalTag, isFromRight, languageOf, say, setLanguage } from '../../../www/text/language.js';
import { phrases, strayLabels } from './phrases.js';
import { cell, eventually, keepScreenshot, nothingSticksOut, pageSuite, settled } from './site.js';
import { furnish, tour } from './tour.js';

const LANGUAGES = ['de', 'fr', 'es', 'pt', 'ja', 'he', 'ar'];
/** All languages by `WIX_MEDIA_LANGUAGES=all`, which takes minutes. English is looked at by the other tests. */
const LOOKED_AT = process.env.WIX_MEDIA_LANGUAGES === 'all' ? LANGUAGES : ['he'];

/** Texts that are the same in English and in another language, by language. */
const SAME = new Map([
  ['de', ['Audio', 'Details', 'Format', 'Hash', 'ID', 'Label', 'Labels', 'Labels…', 'Links', 'Name', 'Orange', 'Text', 'Uploads', 'Video', 'in {0}', '{0} ms', '{0} s', '{0}/s', '{0}: {1}']],
  ['fr', ['Archive', 'Audio', 'Centre', 'Destination', 'Dimensions', 'Document', 'Format', 'ID', 'Image', 'Orange', 'Orientation', 'Portrait', 'Public', 'Type', '{0} ms', '{0} s', '{0} × {1} pixels', '{0}/s']],
  ['es', ['Audio', 'Error', 'Hash', 'ID', 'Panel', 'Vector', '{0} ms', '{0} s', '{0}/s', '{0}: {1}']],
  ['pt', ['Hash', 'ID', 'Links', '{0} ms', '{0} s', '{0} × {1} pixels', '{0}/s', '{0}: {1}', '“{0}”']],
  ['ja', ['ID']],
  ['he', ['{0}: {1}']],
  ['ar', ['{0}: {1}']],
]);

/** @param {string} language @returns {Promise<Table>} */
const tableOf = async (language) => (await import(`../../../www/languages/${language}.js`)).default;

/** @param {string} text */
const placeholders = (text) => [...new Set(text.match(/\{\d\}/g))].sort();

/** The forms that are spoken of whole numbers. Those of a million, in the Romance languages, fall back to `other`. @param {string} language */
const formsOf = (language) => new Intl.PluralRules(language).resolvedOptions().pluralCategories.filter((form) => form !== 'many' || language === 'ar').sort();

suite('languages', () => {
  for (const language of LANGUAGES) {
    test(`languages: ${language} has every text, with the same values`, async () => {
      const [table, known] = await Promise.all([tableOf(language), phrases()]);
      assert.deepEqual(Object.keys(table).filter((text) => !known.has(text)), [], 'no page says these');
      assert.deepEqual([...known.keys()].filter((text) => !Object.hasOwn(table, text)), [], 'these are missing');
      const same = [];
      for (const { text, isPlural, file } of known.values()) {
        const found = table[text];
        assert.equal(typeof found, isPlural ? 'object' : 'string', `${file}: ${text}`);
        if (typeof found === 'string') {
          assert.deepEqual(placeholders(found), placeholders(text), `${file}: ${text}`);
          if (found === text) same.push(text);
          continue;
        }
        assert.deepEqual(Object.keys(found).sort(), formsOf(language), `${file}: ${text}`);
        // A form of exactly one number may say it in a word.
        for (const form of /** @type {const} */ (['few', 'many', 'other'])) {
          const words = /** @type {string | undefined} */ (found[form]);
          if (words !== undefined) assert.deepEqual(placeholders(words), placeholders(text), `${file}: ${text} (${form})`);
        }
      }
      assert.deepEqual(same.sort(), SAME.get(language) ?? [], 'nothing else is the same as in English');
    });
  }
});

test('languages: a tag is read in every form, and its language is not cut', () => {
  for (const [text, tag, language] of [['de_DE', 'de-DE', 'de'], ['EN-us', 'en-US', 'en'], ['iw', 'he', 'he'], ['arn', 'arn', 'arn'], ['zh-Hant-TW', 'zh-Hant-TW', 'zh']]) {
    assert.equal(canonicalTag(text), tag);
    assert.equal(languageOf(text), language);
  }
  for (const text of ['', 'no tag', 'a', '-', 'de-']) assert.deepEqual([canonicalTag(text), languageOf(text)], [undefined, ''], text);
  assert.deepEqual(['ar-EG', 'he', 'arn', 'de'].map((tag) => isFromRight(tag)), [true, true, false, false]);
});

test('languages: numbers in texts have the digits of the language', (t) => {
  t.after(() => setLanguage('en-GB'));
  setLanguage('en-GB');
  assert.equal(say`${4000} × ${3000} pixels`, '4000 × 3000 pixels');
  setLanguage('ar-EG', { '{0} × {1} pixels': '{0} × {1} بكسل' });
  assert.equal(say`${4000} × ${3000} pixels`.replace(/[\u2068\u2069]/g, ''), '٤٠٠٠ × ٣٠٠٠ بكسل');
});

test('languages: every label in the scripts is in the tables', async () => {
  assert.deepEqual(await strayLabels(), []);
});

test('languages: French sets no breakable space beside punctuation', async () => {
  const texts = Object.values(await tableOf('fr')).flatMap((found) => (typeof found === 'string' ? [found] : Object.values(found)));
  assert.deepEqual(texts.filter((text) => / [:;?!»%]|« /.test(text)), []);
});

/** Says each text in brackets, so that what stands outside them is in no table. */
const BRACKETS = "export default new Proxy({}, { get: (_, text) => (text ? '⟦' + text + '⟧' : undefined) }); export const address = import.meta.url;";

/**
 * Returns the Latin words on the page that stand outside brackets. Names of files, code and keys are the same in every language.
 *
 * @param {Page} page
 */
const wordsOutside = (page) =>
  page.evaluate(() => {
    const found = new Set();
    /** @param {string | null} text */
    const check = (text) => {
      let left = text ?? '';
      for (let before = ''; before !== left; ) {
        before = left;
        left = left.replace(/⟦[^⟦⟧]*⟧/g, '');
      }
      // Sizes are written by the browser, in units that are the same in Hebrew.
      left = left.replace(/[\d.,]+\s?(?:kB|MB)/g, '');
      if (/\p{Script=Latin}{2,}/u.test(left)) found.add(left.trim());
    };
    for (const element of document.body.querySelectorAll('*')) {
      if (!element.checkVisibility() || element.closest('bdi, code, pre, kbd, .code, .error-fields, .brand, .swatch, option[dir], .status, noscript, .name, dd a')) continue;
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) check(element.getAttribute(name));
      for (const node of element.childNodes) if (node instanceof Text) check(node.data);
    }
    return [...found];
  });

/** What no table has: names and values. */
const UNTRANSLATED = /^(?:photo\.jpg|notes\.txt|old\.txt|song\.mp3|slow\.txt|Gone|empty\.txt|Empty|JPG|PNG|WEBP|GIF|https:\/\/)$/;

suite('page in other languages', () => {
  const site = pageSuite();

  before(() => furnish(site.server));

  test('languages: no text of the page stands outside the tables', async (t) => {
    const { page } = await site.open(t, { fragment: '?lang=en', serviceWorkers: 'block' });
    await page.route('**/he-*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: BRACKETS }));
    await page.goto(`${site.server.address}/?lang=he#files`);
    await page.locator('#search-words[placeholder^="⟦"]').waitFor();
    await tour(page, async (name) => {
      const words = (await wordsOutside(page)).filter((text) => !UNTRANSLATED.test(text));
      assert.deepEqual(words, [], name);
    });
  });

  for (const language of LOOKED_AT) {
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      test(`languages: every view in ${language} fits, ${colorScheme}`, async (t) => {
        const { page } = await site.open(t, { colorScheme, fragment: `?lang=${language}` });
        await tour(page, async (name) => {
          for (const width of [1440, 820, 390]) {
            await page.setViewportSize({ width, height: 900 });
            await nothingSticksOut(page, `${name} at ${width}`);
            await keepScreenshot(page, `${language}-${colorScheme}-${name}-${width}`);
          }
          await page.setViewportSize({ width: 1440, height: 900 });
        });
      });
    }
  }

  test('languages: the browser’s language is used, or the one of the settings', async (t) => {
    const { page } = await site.open(t, { locale: 'de-AT' });
    await page.getByRole('heading', { name: 'Website-Dateien' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'de-AT');
    await page.getByRole('button', { name: 'Einstellungen' }).click();
    await page.getByLabel('Sprache').selectOption('עברית');
    await page.getByRole('button', { name: 'Speichern' }).click();
    await page.getByRole('heading', { name: 'קבצי האתר' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
    await page.reload();
    await page.getByRole('heading', { name: 'קבצי האתר' }).waitFor();
    await cell(page, 'notes.txt').dblclick();
    const slide = page.locator('.viewer-stage [aria-hidden=false] .slide-file');
    await slide.locator('pre').waitFor();
    assert.equal(await slide.evaluate((one) => getComputedStyle(one).direction), 'rtl');

    // One of the address ends with the settings, even if they stay as they are.
    await page.goto(`${site.server.address}/?lang=ja#files`);
    await page.getByRole('button', { name: '設定' }).click();
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByRole('heading', { name: 'קבצי האתר' }).waitFor();
  });

  test('languages: English loads no table, another language loads its own', async (t) => {
    const { page } = await site.open(t);
    const loaded = () => page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => /\/(?:de|fr|es|pt|ja|he|ar)-\w{8}\.js$/.exec(name)?.[0]?.slice(1, 3)).filter(Boolean));
    await cell(page, 'photo.jpg').waitFor();
    assert.deepEqual(await loaded(), []);
    await page.goto(`${site.server.address}/?lang=ja#files`);
    await page.getByRole('heading', { name: 'サイトファイル' }).waitFor();
    assert.deepEqual([...new Set(await loaded())], ['ja']);
  });

  test('languages: the page starts offline in its language', async (t) => {
    const { page, context } = await site.open(t, { fragment: '?lang=fr&place=browser', place: 'browser' });
    await page.getByRole('heading', { name: 'Fichiers du site' }).waitFor();
    const isKept = () =>
      page.evaluate(async () => {
        for (const name of await caches.keys()) for (const { url } of await (await caches.open(name)).keys()) if (/\/fr-\w{8}\.js$/.test(url)) return true;
        return false;
      });
    await eventually(async () => assert.ok(await isKept()));
    await context.setOffline(true);
    await page.reload();
    await page.getByRole('heading', { name: 'Fichiers du site' }).waitFor();
    await settled(page);
  });
});
