// node parity.mjs PACKAGES TABLE TYPES (--write | --check | --leave) PAGE
//
// Compares the official packages in the folder PACKAGES with the operations table and the declarations, prints the differences, and
// writes or checks the page. Exits 1 if there is a difference, or if the page is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { report } from './compare.js';
import { compareAll } from './all.js';
import { isSamePage, pageOf } from './page.js';

const [packages, tableFile, types, mode, page] = process.argv.slice(2);
const table = JSON.parse(readFileSync(tableFile, 'utf8'));
const accepted = JSON.parse(readFileSync(new URL('accepted.json', import.meta.url), 'utf8'));
const folders = { files: join(packages, 'auto_sdk_media_files'), folders: join(packages, 'auto_sdk_media_folders') };
const { result, versions } = await compareAll(folders, table, types, accepted);

console.log(`@wix/auto_sdk_media_files ${versions.files}, @wix/auto_sdk_media_folders ${versions.folders}`);
const lines = report(result);
for (const line of lines) console.log(line);
const meant = result.accepted.reduce((sum, { differences }) => sum + differences.length, 0);
console.log(lines.length ? `${lines.length} differences, and ${meant} that are accepted` : `no difference, beside ${meant} that are accepted`);
if (lines.length) console.log('CONTRIBUTING.md says what to do for each kind, under "When Wix releases"');

const text = pageOf(table, versions, result);
if (mode === '--write') writeFileSync(page, text);
const isStale = mode === '--check' && !isSamePage(readFileSync(page, 'utf8'), text);
if (isStale) console.log(`${page} is stale`);
process.exitCode = lines.length || isStale ? 1 : 0;
