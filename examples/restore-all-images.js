// Restores every image from the trash. Permanently deleted images are gone.
//
//   node restore-all-images.js
import wixMedia from 'wix-media.v2';

// The most ids that the service accepts in one call.
const MAX_IDS = 1000;

wixMedia.configure({
  auth: { apiKey: process.env.WIX_API_KEY, siteId: process.env.WIX_SITE_ID },
  baseUrl: process.env.WIX_BASE_URL,
});

const { files } = wixMedia;

// Read all pages before the first restore, because a restore changes the content of the following pages.
const images = await files
  .listDeletedFiles({ mediaTypes: [files.MediaType.IMAGE], paging: { limit: 100 } })
  .toArray();
const fileIds = images.map(({ _id }) => _id);
console.log(`Found ${fileIds.length} images in the trash.`);

for (let start = 0; start < fileIds.length; start += MAX_IDS) {
  const some = fileIds.slice(start, start + MAX_IDS);
  await files.bulkRestoreFilesFromTrashBin(some);
  console.log(`Restored ${some.length}.`);
}
