// Renames a file.
//
//   node update-display-name.js FILE_ID NAME
import wixMedia from 'wix-media.v2';

const [fileId, displayName] = process.argv.slice(2);
if (!fileId || !displayName) throw new Error('Usage: node update-display-name.js FILE_ID NAME');

wixMedia.configure({
  auth: { apiKey: process.env.WIX_API_KEY, siteId: process.env.WIX_SITE_ID },
  baseUrl: process.env.WIX_BASE_URL,
});

const file = await wixMedia.files.updateFileDescriptor(fileId, { displayName });

console.log(`${file._id} is now called ${file.displayName}.`);
