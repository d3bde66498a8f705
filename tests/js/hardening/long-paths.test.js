// Paths that are longer than a zip can hold, which is 65,535 bytes.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { BlobReader, BlobWriter, ZipReader } from '@zip.js/zip.js';
import { present } from '../harness/present.js';
import { open } from '../manager/place.js';

/** More levels and longer names than fit. */
const DEPTH = 95;
const NAME = '深'.repeat(255);

suite('zips of long paths', () => {
  test('a zip of folders whose names are too long together: is whole, with shorter names', async (t) => {
    const { client } = await open(t);
    let parentFolderId = 'media-root';
    for (let depth = 0; depth < DEPTH; depth += 1) {
      const { folder } = await client.folders.createFolder(NAME, { parentFolderId });
      parentFolderId = String(present(folder)._id);
    }
    await client.uploads.upload(new TextEncoder().encode('deep'), { displayName: 'deep.txt', parentFolderId });
    const response = await client.downloads.zip({ folderId: 'media-root' });
    const reader = new ZipReader(new BlobReader(await response.blob()), { checkSignature: true });
    const entries = await reader.getEntries();
    const file = present(entries.find(({ filename }) => filename.endsWith('/deep.txt')));
    assert.ok(Buffer.byteLength(file.filename) <= 65_535);
    assert.equal(file.filename.split('/').length, DEPTH + 1);
    assert.ok('getData' in file && file.getData);
    const blob = await file.getData(new BlobWriter());
    assert.equal(await blob.text(), 'deep');
    await reader.close();
  });
});
