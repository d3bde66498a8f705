// Uploads a local folder with everything in it. A second run uploads only new files and resumes interrupted ones.
//
//   node upload-folder.js ./photos /Holidays
import { createClient } from 'wix-media.v2';

const [folder, path] = process.argv.slice(2);
const { uploads } = createClient({
  auth: { apiKey: process.env.WIX_API_KEY, siteId: process.env.WIX_SITE_ID },
  baseUrl: process.env.WIX_BASE_URL,
});

const results = await uploads.uploadAll(folder, { path, onDuplicate: 'reuse' });

for (const status of ['uploaded', 'reused', 'failed']) {
  const count = results.filter((result) => result.status === status).length;
  console.log(`${count} ${status}`);
}
for (const { path: name, error } of results.filter((result) => result.error)) {
  console.error(`${name}: ${error.message}`);
  process.exitCode = 1;
}
