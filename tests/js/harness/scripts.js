// A user's program: some calls, in each form of import. Every runtime must give the same answers.

const calls = `
  const client = createClient({ auth: { apiKey: 'key', siteId: 'site' }, baseUrl });
  const list = await client.files.listFiles({ paging: { limit: 2 } });
  const file = await client.files.getFileDescriptor('f1~mv2.jpg');
  const { folder } = await client.folders.createFolder('Animals');
  const error = await client.folders.getFolder('missing').catch((thrown) => thrown);
  const seen = [];
  for await (const { _id } of client.files.listFiles()) seen.push(_id);
  return {
    list: list.files.length,
    file: [file._id, file._createdDate.toISOString(), file.media.image.image],
    folder: [folder._id, folder._createdDate instanceof Date],
    error: [error instanceof WixMediaError, error.name, error.status],
    seen,
    image: media.getImageUrl(file.media.image.image).url,
  };
`;

/** A function `report(baseUrl)` in an ES module. */
export const moduleScript = `
import wixMedia, { createClient, files, folders, init, media, MediaType, WixMediaError } from 'wix-media.v2';
if (wixMedia.files !== files || wixMedia.folders !== folders || typeof init !== 'function' || MediaType.IMAGE !== 'IMAGE') {
  throw new Error('the exports do not fit together');
}
export async function report(baseUrl) {${calls}}
`;

/** The same in a CommonJS module. */
export const commonScript = `
const wixMedia = require('wix-media.v2');
const { createClient, media, WixMediaError } = wixMedia;
if (wixMedia.default.createClient !== createClient) throw new Error('the exports do not fit together');
exports.report = async (baseUrl) => {${calls}};
`;

export const expectedReport = {
  list: 1,
  file: ['f1~mv2.jpg', '2024-01-05T10:11:12.000Z', 'wix:image://v1/f1~mv2.jpg/red%20fox.jpg#originWidth=3&originHeight=4'],
  folder: ['d1', true],
  error: [true, 'WixMediaError', 404],
  seen: ['f1~mv2.jpg'],
  image: 'https://static.wixstatic.com/media/f1~mv2.jpg',
};

/** A function `use(wixMedia, storage)`: a manager, and uploads with a transform of each, which need every module. */
export const managerScript = `
  async function use({ createManager }, storage) {
    const decoded = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const bitmap = decoded('iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==');
    const manager = await createManager({ storage, baseUrl: 'http://wix-media.localhost' });
    const drawing = "<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'><rect width='1' height='1'/></svg>";
    const further = { jxl: ['image/jxl', decoded('/woJQSQIAAEAzABLOGmYyoP3K0gIgBo//x9jvAsEAUBI/gAgSOhfDUgI+QggAYEkeYC5OYNcU6aE3W+ED3c=')], svg: ['image/svg+xml', drawing], tif: ['image/tiff', decoded('SUkqAAoAAACAAAkAAAEDAAEAAAABAAAAAQEDAAEAAAABAAAAAgEDAAEAAAAIAAAAAwEDAAEAAAABAAAABgEDAAEAAAABAAAAEQEEAAEAAAAIAAAAFQEDAAEAAAABAAAAFgEDAAEAAAABAAAAFwEEAAEAAAABAAAAAAAAAA==')] };
    const found = [];
    for (const [name, [type, content]] of Object.entries({ png: ['image/png', bitmap], ...further })) {
      const file = await manager.client.uploads.upload(new Blob([content], { type }), { displayName: 'dot.' + name });
      const image = await manager.fetch(file.url + '/v1/fit/w_1,h_1/x.png');
      found.push(image.status, image.headers.get('content-type'));
    }
    found.push((await manager.client.files.listFiles()).files.length);
    await manager.close();
    return found;
  }
`;
export const expectedOfManager = [200, 'image/png', 200, 'image/png', 200, 'image/png', 200, 'image/png', 4];
/** What ends a page's program: both outcomes, for `reportOf`. */
export const settleScript = '.then((result) => { globalThis.result = result; }, ({ name, code, message }) => { globalThis.failure = { name, code, message }; });';
