// The folders that the page knows, without a browser.
/** @import { TestContext } from 'node:test' */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Folders } from '../../../www/model/folders.js';

suite('folders of the page', () => {
  /**
   * Makes folders of a service that answers with these results, one after the other.
   *
   * @param {TestContext} t
   * @param {(() => unknown)[]} answers
   */
  function foldersOf(t, answers) {
    const clock = { now: 1_800_000_000_000 };
    t.mock.method(Date, 'now', () => clock.now);
    let asked = 0;
    const run = async () => answers[asked++]();
    const folders = new Folders(/** @type {ConstructorParameters<typeof Folders>[0]} */ (/** @type {unknown} */ ({ run })));
    return { folders, clock, asked: () => asked };
  }
  const refuse = () => {
    throw Object.assign(new Error('not found'), { status: 404 });
  };

  test('named: asks again for a folder that cannot be read after a minute', async (t) => {
    const { folders, clock, asked } = foldersOf(t, [refuse, () => ({ _id: 'f', displayName: 'Found' })]);
    /** @type {string[]} */
    const shown = [];
    for (const _ of [1, 2, 3]) await folders.named('f', (name) => void shown.push(name));
    assert.deepEqual([asked(), shown], [1, []]);
    clock.now += 60_000;
    await folders.named('f', (name) => void shown.push(name));
    assert.deepEqual([asked(), shown], [2, ['Found']]);
  });

  test('named: shows the name of a folder that became known another way', async (t) => {
    const { folders, asked } = foldersOf(t, [refuse]);
    await folders.named('f', () => assert.fail('it has no name'));
    folders.add({ _id: 'f', displayName: 'Listed' });
    /** @type {string[]} */
    const shown = [];
    await folders.named('f', (name) => void shown.push(name));
    assert.deepEqual([asked(), shown], [1, ['Listed']]);
  });
});
