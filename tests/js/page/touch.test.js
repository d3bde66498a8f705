// The page by touch: long presses and swipes.
/** @import { Locator, Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { cell, pageSuite, photo, pictureLoaded, SHOWN, sortBy, textMatches } from './site.js';

/** The movements of one swipe. */
const STEPS = 8;
const PHONE = { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } };

suite('page by touch', () => {
  const site = pageSuite();
  const { open, workspace } = site;
  /** @type {Buffer} */
  let cat;

  before(async () => {
    cat = await photo('chelsea.jpg');
  });

  /**
   * A finger that can press and swipe. Playwright itself can only tap.
   *
   * @param {Page} page
   */
  async function finger(page) {
    const session = await page.context().newCDPSession(page);
    /**
     * @param {'touchStart' | 'touchMove' | 'touchEnd'} type
     * @param {...{ x: number, y: number }} touchPoints
     */
    const send = (type, ...touchPoints) => session.send('Input.dispatchTouchEvent', { type, touchPoints });
    return {
      /** @param {number} x @param {number} y */
      down: (x, y) => send('touchStart', { x, y }),
      /** @param {number} x @param {number} y */
      move: (x, y) => send('touchMove', { x, y }),
      up: () => send('touchEnd'),
    };
  }

  /** @param {Locator} locator */
  async function middleOf(locator) {
    const box = await locator.boundingBox();
    assert.ok(box);
    return /** @type {const} */ ([box.x + box.width / 2, box.y + box.height / 2]);
  }

  test('touch: a long press selects, and then taps select more', async (t) => {
    const { fragment } = await workspace('Pressed', { 'a.jpg': cat, 'b.jpg': cat });
    const { page } = await open(t, { fragment, ...PHONE });
    const touch = await finger(page);
    await touch.down(...(await middleOf(cell(page, 'a.jpg').locator('.tile-picture'))));
    await textMatches(page, '#chosen', /1 selected/);
    await touch.up();
    await cell(page, 'b.jpg').tap();
    await textMatches(page, '#chosen', /2 selected/);
    // The end of the press did not count as a tap, which would have unselected the item.
    assert.equal(await cell(page, 'a.jpg').getAttribute('aria-selected'), 'true');
    assert.equal(await page.getByRole('menu').count(), 0);
    assert.equal(await page.getByRole('dialog').count(), 0);
    await page.getByRole('button', { name: 'Unselect' }).tap();
    await cell(page, 'b.jpg').tap();
    await page.getByRole('dialog', { name: 'b.jpg' }).waitFor();
  });

  test('touch: a finger that scrolls selects nothing', async (t) => {
    const { fragment } = await workspace('Scrolled', { 'a.jpg': cat, 'b.jpg': cat });
    const { page } = await open(t, { fragment, ...PHONE });
    const touch = await finger(page);
    const [x, y] = await middleOf(cell(page, 'a.jpg').locator('.tile-picture'));
    await touch.down(x, y);
    await touch.move(x, y - 40);
    // Longer than a long press. A slow machine may let this pass wrongly, but never makes it fail wrongly.
    await page.waitForTimeout(700);
    await touch.up();
    assert.equal(await cell(page, 'a.jpg').getAttribute('aria-selected'), 'false');
  });

  test('touch: a swipe in the viewer goes to the next file and back, and a pull closes it', async (t) => {
    const { fragment } = await workspace('Swiped', { 'a.jpg': cat, 'b.jpg': cat });
    const { page } = await open(t, { fragment, ...PHONE });
    await sortBy(page, 'Name, A to Z');
    await cell(page, 'a.jpg').tap();
    await page.getByRole('dialog', { name: 'a.jpg' }).waitFor();
    await pictureLoaded(page, SHOWN);
    const touch = await finger(page);
    /**
     * Moves a finger to the side, and down. Lets the page draw each step, as a real finger does.
     *
     * @param {number} from
     * @param {number} to
     * @param {number} [down]
     */
    const swipe = async (from, to, down = 0) => {
      await touch.down(from, 300);
      for (let step = 1; step <= STEPS; step += 1) {
        await touch.move(from + ((to - from) * step) / STEPS, 300 + (down * step) / STEPS);
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
      }
      await touch.up();
    };
    await swipe(370, 20);
    await page.getByRole('dialog', { name: 'b.jpg' }).waitFor();
    // Rather down than to the side.
    await swipe(180, 220, 60);
    await swipe(20, 370);
    await page.getByRole('dialog', { name: 'a.jpg' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
    await cell(page, 'a.jpg').tap();
    await page.getByRole('dialog', { name: 'a.jpg' }).waitFor();
    await pictureLoaded(page, SHOWN);
    await swipe(20, 370);
    await page.getByRole('dialog', { name: 'b.jpg' }).waitFor();
    // Pulled down.
    await swipe(180, 180, 400);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});
