// Moves files to the trash, or deletes them permanently.
//
//   node bulk-delete-files.js [--permanent] FILE_ID...
import { parseArgs } from 'node:util';
import wixMedia from 'wix-media.v2';

// The most ids that the service accepts in one call.
const MAX_IDS = 1000;

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
for (let start = 0; start < fileIds.length; start += MAX_IDS) {
  const some = fileIds.slice(start, start + MAX_IDS);
  await wixMedia.files.bulkDeleteFiles(some, { permanent });
  console.log(permanent ? `Deleted ${some.length} permanently.` : `Moved ${some.length} to the trash.`);
}
