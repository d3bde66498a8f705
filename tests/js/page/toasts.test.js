// Messages while a dialog is open, which makes everything else of the page inert.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cell, hold, pageSuite, toast } from './site.js';

suite('messages of the page', () => {
  const site = pageSuite();

  test('messages: stand in the dialog that is open, and can be used there', async (t) => {
    const { fragment } = await site.workspace('Messages', { 'a.txt': Buffer.from('a') });
    const { page } = await site.open(t, { fragment });
    const release = await hold(page, '**/bulk/files/delete');
    await cell(page, 'a.txt').click();
    await page.keyboard.press('Delete');
    await page.getByRole('button', { name: 'Settings' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    release();
    const message = await toast(page, 'moved to the trash');
    await dialog.locator('.toast').waitFor();
    await message.getByRole('button', { name: 'Undo' }).click();
    await (await toast(page, 'restored')).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    // They outlive the dialog.
    await page.locator('.corner .toast', { hasText: 'restored' }).waitFor();
    await cell(page, 'a.txt').waitFor();

    // One that is there already comes along.
    await page.getByRole('button', { name: 'Settings' }).click();
    await dialog.locator('.toast', { hasText: 'restored' }).getByRole('button', { name: 'Dismiss' }).click();
    assert.equal(await page.locator('.toast').count(), 0);
  });
});
