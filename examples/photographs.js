// Renames a photograph, deletes several, and restores all images from the trash. Without credentials in the environment
// the package uses an embedded Media Manager in memory, so nothing is kept.
//
//   node photographs.js FOLDER
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import wixMedia from 'wix-media.v2';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Usage: node photographs.js FOLDER');

const { files, uploads } = wixMedia;
const isPhotograph = (name) => /\.(jpe?g|png|webp|gif|avif|heic)$/i.test(name);

const photographs = [];
for (const name of (await readdir(folder)).filter(isPhotograph).sort()) {
  photographs.push(await uploads.upload(join(folder, name)));
}
console.log(`Uploaded ${photographs.length} photographs.`);

// Update the details of a file, here its name.
const [first] = photographs;
const renamed = await files.updateFileDescriptor(first._id, { displayName: `My ${first.displayName}` });
console.log(`${first.displayName} is now called ${renamed.displayName}.`);

// Move several files to the trash.
const [, ...others] = photographs;
await files.bulkDeleteFiles(others.map(({ _id }) => _id));
console.log(`${(await files.listFiles().toArray()).length} left, ${(await files.listDeletedFiles().toArray()).length} in the trash.`);

// Restore every image from the trash to its folder.
const deleted = await files.listDeletedFiles({ mediaTypes: [files.MediaType.IMAGE] }).toArray();
await files.bulkRestoreFilesFromTrashBin(deleted.map(({ _id }) => _id));
for (const { displayName, media } of await files.listFiles({ sort: { fieldName: 'displayName', order: 'ASC' } }).toArray()) {
  const { width, height } = wixMedia.media.getImageUrl(media.image.image);
  console.log(`${displayName}: ${width} by ${height}`);
}
