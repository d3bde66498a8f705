// The page as an app: what the browser finds in its manifest, and the button that installs it.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startProfile } from '../harness/browser.js';
import { openFor, pageSuite } from './site.js';

/** @typedef {{ src: string, sizes: string, type: string, purpose?: string }} Icon */

suite('installation', () => {
  const site = pageSuite();

  test('manifest: lets Chromium install the page, with icons of the sizes that it names', async (t) => {
    // Private windows install nothing.
    const context = await startProfile(t);
    const page = await context.newPage();
    await page.goto(site.server.address);
    const session = await context.newCDPSession(page);
    const { errors, data } = await session.send('Page.getAppManifest');
    assert.deepEqual(errors, []);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors, []);
    /** @type {{ icons: Icon[] }} */
    const { icons } = JSON.parse(String(data));
    const sizes = await page.evaluate(async (list) => {
      const drawn = list.filter(({ type }) => type === 'image/png');
      return Promise.all(
        drawn.map(async ({ src }) => {
          const response = await fetch(src);
          const { width, height } = await createImageBitmap(await response.blob());
          return [response.headers.get('content-type'), `${width}x${height}`];
        }),
      );
    }, icons);
    assert.deepEqual(sizes, icons.filter(({ type }) => type === 'image/png').map(({ sizes: size }) => ['image/png', size]));
    assert.ok(sizes.length > 2);
  });

  test('settings: install the page once, where the browser offers it', async (t) => {
    const { page } = await openFor(t, site.browser, site.server.address, { place: 'server' });
    const settings = page.getByRole('button', { name: 'Settings' });
    const install = page.getByRole('button', { name: 'Install as an app' });
    await settings.click();
    await page.getByRole('dialog').waitFor();
    assert.equal(await install.count(), 0);
    await page.keyboard.press('Escape');

    // Chromium without a window makes no offer.
    await page.evaluate(() => {
      const prompt = () => Promise.resolve(Reflect.set(globalThis, 'prompts', (Reflect.get(globalThis, 'prompts') ?? 0) + 1));
      dispatchEvent(Object.assign(new Event('beforeinstallprompt'), { prompt }));
    });
    await settings.click();
    await install.click();
    assert.equal(await page.evaluate(() => Reflect.get(globalThis, 'prompts')), 1);
    await install.waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'SELECT');
    await page.keyboard.press('Escape');
    await settings.click();
    await page.getByRole('dialog').waitFor();
    assert.equal(await install.count(), 0);
  });
});
