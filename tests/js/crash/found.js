// What is found after a crash, and whether it is what may be there.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createManager } from '../harness/package.js';
import { present } from '../harness/present.js';
import { Model } from './model.js';

/**
 * @import { TestContext } from 'node:test'
 * @import { Client } from '../harness/package.js'
 * @import { Change } from './model.js'
 */

/**
 * All that the manager shows, as a model.
 *
 * @param {Client} client
 */
export async function seen({ files, folders }) {
  const model = new Model();
  for (const state of /** @type {const} */ (['OK', 'DELETED'])) {
    const query = { filter: { state }, cursorPaging: { limit: 100 } };
    for await (const item of folders.queryFolders(query)) {
      model.items.set(present(item._id), { kind: 'folder', name: item.displayName, parent: item.parentFolderId, trashed: item.state === 'DELETED' });
    }
    for await (const item of files.queryFileDescriptors(query)) {
      const { hash, labels, sizeInBytes } = item;
      model.items.set(present(item._id), { kind: 'file', name: item.displayName, parent: item.parentFolderId, trashed: item.state === 'DELETED', labels, hash, size: Number(sizeInBytes), url: item.url });
    }
  }
  return model;
}

/** @param {Change} change */
const isNew = ({ what }) => what === 'folder' || what === 'upload' || what === 'transfer';

/**
 * The models of all workers after a crash. Of the change that was under way when it came either nothing or everything is
 * there; which, the manager says, and here it is checked that it is one of the two.
 *
 * @param {Model[]} models
 * @param {(Change | undefined)[]} under
 * @param {Model} found
 */
export function settle(models, under, found) {
  const shown = new Set(found.shown());
  return models.map((model, worker) => {
    const change = under[worker];
    const known = new Set(models.flatMap((other) => [...other.items.keys()]));
    const possible = [model];
    if (change && isNew(change)) {
      const candidates = [...found.items].filter(([id, item]) => !known.has(id) && item.name === change.name);
      assert.ok(candidates.length <= 1, `${change.name} is there ${candidates.length} times`);
      possible.push(...candidates.map(([id]) => model.copy().apply(change, id)));
    } else if (change) {
      possible.push(model.copy().apply(change));
    }
    /** @param {Model} one */
    const complete = (one) => one.shown().every((line) => shown.has(line));
    // The longest first: what is there must not be taken for what is not.
    const settled = possible.reverse().find((one) => complete(one) && (!change || isNew(change) || what(one, change, found)));
    if (settled) return settled;
    const missing = model.shown().filter((line) => !shown.has(line));
    return assert.fail(`of worker ${worker} is missing or half done, with ${JSON.stringify(change)} under way:\n${missing.join('\n')}\nshown:\n${[...shown].join('\n')}`);
  });
}

/**
 * Whether what a change takes away is away in both, or in neither.
 *
 * @param {Model} model
 * @param {Change} change
 * @param {Model} found
 */
const what = (model, { ids = [] }, found) => ids.every((id) => model.items.has(id) === found.items.has(id));

/** @param {string} directory */
export async function blobsIn(directory) {
  const entries = await readdir(join(directory, 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

/**
 * Checks that the database is sound and that, after a day of sweeps, no blob is left that nothing names: beside those of files
 * only those of interrupted transfers.
 *
 * @param {TestContext} t
 * @param {string} directory
 * @param {number} files
 * @param {number} transfers
 */
export async function checkSwept(t, directory, files, transfers) {
  t.mock.timers.enable({ apis: ['setInterval', 'Date'], now: Date.now() });
  const manager = await createManager({ storage: { directory } });
  try {
    const check = await manager.fetch('http://crash.test/_wix-media/check');
    assert.equal((await check.json()).isWhole, true);
    for (let hour = 0; hour < 26; hour += 1) t.mock.timers.tick(3_600_000);
    const blobs = await blobsIn(directory);
    assert.ok(blobs >= files && blobs <= files + transfers, `${blobs} blobs of ${files} files and at most ${transfers} transfers`);
  } finally {
    await manager.close();
    t.mock.timers.reset();
  }
}
