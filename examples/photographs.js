// Renames a photograph, deletes several, and brings all images back from the trash. Nothing is configured: without
// credentials in the environment all of it happens in a Media Manager inside this program, which forgets it at the end.
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

// A file's details: here its name.
const [first] = photographs;
const renamed = await files.updateFileDescriptor(first._id, { displayName: `My ${first.displayName}` });
console.log(`${first.displayName} is now called ${renamed.displayName}.`);

// Many at once, to the trash.
const [, ...others] = photographs;
await files.bulkDeleteFiles(others.map(({ _id }) => _id));
console.log(`${(await files.listFiles().toArray()).length} left, ${(await files.listDeletedFiles().toArray()).length} in the trash.`);

// All images that are in the trash, back to where they were.
const deleted = await files.listDeletedFiles({ mediaTypes: [files.MediaType.IMAGE] }).toArray();
await files.bulkRestoreFilesFromTrashBin(deleted.map(({ _id }) => _id));
for (const { displayName, media } of await files.listFiles({ sort: { fieldName: 'displayName', order: 'ASC' } }).toArray()) {
  const { width, height } = wixMedia.media.getImageUrl(media.image.image);
  console.log(`${displayName}: ${width} by ${height}`);
}
