// The fixtures of tests/data/versions: copies of them that a test may change.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { emptyDirectory } from '../manager/place.js';

/** @import { TestContext } from 'node:test' */

const root = fileURLToPath(new URL('../../data/versions/', import.meta.url));

/** The names of the versions that a fixture exists of. */
export const versions = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/**
 * A copy of a fixture: its folders `storage` and `uploads`, the exported archive, and what it must show.
 *
 * @param {TestContext} t
 * @param {string} version
 */
export async function fixture(t, version) {
  const folder = await emptyDirectory(t);
  cpSync(join(root, version), folder, { recursive: true });
  const storage = join(folder, 'storage');
  const packed = join(storage, 'catalog.db.gz');
  if (existsSync(packed)) {
    writeFileSync(join(storage, 'catalog.db'), gunzipSync(readFileSync(packed)));
    rmSync(packed);
  }
  return {
    storage,
    uploads: join(folder, 'uploads'),
    archive: readFileSync(join(folder, 'archive.zip')),
    expected: JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')),
  };
}
