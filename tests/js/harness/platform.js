// What the tests ran on. `cargo xtask platform` makes the column "Tested with" of docs/platform.md from it.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [LINE] = process.versions.node.split('.');
const records = process.env.WIX_MEDIA_RECORDS ?? fileURLToPath(new URL('../../../target/platform', import.meta.url));

/**
 * Makes a function that a test calls at its end, when everything has held: `ran('Rollup', 'Rollup', '4.68.8')`. It takes the first
 * cell of the row of docs/platform.md, the name of what ran, and its version. Where the machine decides the version, pass its first
 * number, so that an update does not change the page. The results of an earlier run of the same file are deleted, and those of this run are
 * kept if all tests of the file pass.
 *
 * @param {string} url That of the test file.
 */
export function recorder(url) {
  const path = fileURLToPath(url);
  const file = join(records, `node-${LINE}`, basename(dirname(path)), `${basename(path, '.test.js')}.json`);
  rmSync(file, { force: true });
  /** @type {{ row: string, name: string, version: string }[]} */
  const found = [];
  process.once('exit', (code) => {
    if (code !== 0 || found.length === 0) return;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(found));
  });
  return (/** @type {string} */ row, /** @type {string} */ name, /** @type {string} */ version = '') => {
    if (!found.some((each) => each.row === row && each.name === name && each.version === version)) found.push({ row, name, version });
  };
}
