// Takes every image out of the trash; what was deleted for good is gone.
//
//   node restore-all-images.js
import wixMedia from 'wix-media.v2';

// The service takes this many at once.
const MOST = 1000;

wixMedia.configure({
  auth: { apiKey: process.env.WIX_API_KEY, siteId: process.env.WIX_SITE_ID },
  baseUrl: process.env.WIX_BASE_URL,
});

const { files } = wixMedia;

// All pages come before the first restore, because a restore moves what is on the pages that are still to come.
const images = await files
  .listDeletedFiles({ mediaTypes: [files.MediaType.IMAGE], paging: { limit: 100 } })
  .toArray();
const fileIds = images.map(({ _id }) => _id);
console.log(`Found ${fileIds.length} images in the trash.`);

for (let start = 0; start < fileIds.length; start += MOST) {
  const some = fileIds.slice(start, start + MOST);
  await files.bulkRestoreFilesFromTrashBin(some);
  console.log(`Restored ${some.length}.`);
}
