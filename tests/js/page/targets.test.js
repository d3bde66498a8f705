// What can be clicked or tapped is at least 24 by 24 pixels, on every view and dialog, at the widths of a desktop, a tablet and
// two phones (WCAG 2.5.8).
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { pageSuite } from './site.js';
import { furnish, tour } from './tour.js';

const WIDTHS = [1440, 820, 390, 320];

/** Runs in the page. Returns the targets that are too small, with their sizes. */
function smallTargets() {
  const MIN = 24;
  const targets = 'button, a[href], input, select, textarea, summary, [role=treeitem] .tree-line, [role=tab], [role=menuitem]';
  /**
   * Whether the area that an element reacts in reaches from its middle as far as it must. A pseudo-element may extend it.
   *
   * @param {Element} target
   * @param {DOMRect} box
   */
  const reaches = (target, box) => {
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const isOwn = (/** @type {number} */ left, /** @type {number} */ top) => target.contains(document.elementFromPoint(left, top));
    // One that is scrolled away or behind a dialog is measured elsewhere.
    if (!isOwn(x, y)) return true;
    const half = MIN / 2 - 0.5;
    return (box.width >= MIN || (isOwn(x - half, y) && isOwn(x + half, y))) && (box.height >= MIN || (isOwn(x, y - half) && isOwn(x, y + half)));
  };
  const found = [];
  for (const element of document.querySelectorAll(targets)) {
    // Text that a control stands in reacts like the control.
    const target = element.closest('label') ?? element;
    const box = target.getBoundingClientRect();
    if (!target.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || box.width === 0) continue;
    if ((box.width >= MIN && box.height >= MIN) || reaches(target, box)) continue;
    found.push(`${target.tagName.toLowerCase()} “${target.getAttribute('aria-label') ?? target.textContent?.trim()}” ${box.width} × ${box.height}`);
  }
  return found;
}

suite('targets of the page', () => {
  const site = pageSuite();

  before(() => furnish(site.server));

  test('targets: every control is at least 24 by 24 pixels', async (t) => {
    const { page } = await site.open(t);
    await tour(page, async (name) => {
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        assert.deepEqual(await page.evaluate(smallTargets), [], `${name} at ${width}`);
      }
      await page.setViewportSize({ width: 1280, height: 800 });
    });
  });

  test('targets: a small one is found', async (t) => {
    const { page } = await site.open(t);
    await page.locator('#settings-button').evaluate((button) => {
      button.style.cssText = 'min-width: 0; width: 20px; min-height: 0; height: 20px; padding: 0';
    });
    assert.match((await page.evaluate(smallTargets)).join(), /^button “Settings” 20 × 20$/);
  });
});
