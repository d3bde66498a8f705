// Moves files to the trash, or deletes them for good.
//
//   node bulk-delete-files.js [--permanent] FILE_ID...
import { parseArgs } from 'node:util';
import wixMedia from 'wix-media.v2';

// The service takes this many at once.
const MOST = 1000;

const { values, positionals: fileIds } = parseArgs({
  options: { permanent: { type: 'boolean', default: false } },
  allowPositionals: true,
});
if (fileIds.length === 0) throw new Error('Usage: node bulk-delete-files.js [--permanent] FILE_ID...');

wixMedia.configure({
  auth: { apiKey: process.env.WIX_API_KEY, siteId: process.env.WIX_SITE_ID },
  baseUrl: process.env.WIX_BASE_URL,
});

const { permanent } = values;
for (let start = 0; start < fileIds.length; start += MOST) {
  const some = fileIds.slice(start, start + MOST);
  await wixMedia.files.bulkDeleteFiles(some, { permanent });
  console.log(permanent ? `Deleted ${some.length} for good.` : `Moved ${some.length} to the trash.`);
}
