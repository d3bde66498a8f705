// The tour of the page with axe, in each of some languages and in both themes.
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { barriers, pageSuite } from './site.js';
import { furnish, STOPS, tour } from './tour.js';

/** @param {readonly string[]} languages */
export function accessibleIn(languages) {
  suite('accessibility of the page', () => {
    const site = pageSuite();

    before(() => furnish(site.server));

    for (const language of languages) {
      test(`accessibility: every view, menu and dialog in ${language}`, async (t) => {
        const { page } = await site.open(t, { fragment: `?lang=${language}` });
        /** @type {string[]} */
        const seen = [];
        await tour(page, async (name) => {
          seen.push(name);
          assert.deepEqual(await barriers(page), [], name);
          // The themes differ in colours only.
          await page.emulateMedia({ colorScheme: 'dark' });
          assert.deepEqual(await barriers(page, ['color-contrast']), [], `${name}, dark`);
          await page.emulateMedia({ colorScheme: 'light' });
        });
        assert.deepEqual(Object.values(STOPS).flat().filter((name) => !seen.includes(name)), [], 'the tour visits every dialog and menu');
      });
    }
  });
}
