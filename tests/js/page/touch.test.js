// The page by touch: long presses and swipes.
/** @import { Locator, Page } from 'playwright-core' */
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { cell, pageSuite, photo, sortBy, textMatches } from './site.js';

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

  test('touch: a swipe in the viewer goes to the next file and back', async (t) => {
    const { fragment } = await workspace('Swiped', { 'a.jpg': cat, 'b.jpg': cat });
    const { page } = await open(t, { fragment, ...PHONE });
    await sortBy(page, 'Name, A to Z');
    await cell(page, 'a.jpg').tap();
    await page.getByRole('dialog', { name: 'a.jpg' }).waitFor();
    const touch = await finger(page);
    /** @param {number} from @param {number} to @param {number} [down] */
    const swipe = async (from, to, down = 0) => {
      await touch.down(from, 400);
      await touch.move((from + to) / 2, 400 + down / 2);
      await touch.move(to, 400 + down);
      await touch.up();
    };
    await swipe(280, 100);
    await page.getByRole('dialog', { name: 'b.jpg' }).waitFor();
    // Rather down than to the side.
    await swipe(180, 260, 200);
    await swipe(100, 280);
    await page.getByRole('dialog', { name: 'a.jpg' }).waitFor();
    await page.evaluate(() => document.documentElement.setAttribute('dir', 'rtl'));
    await swipe(100, 280);
    await page.getByRole('dialog', { name: 'b.jpg' }).waitFor();
  });
});
