// Answers for the benchmarks: listings like those of a real site, with every kind of media.
import { readFileSync } from 'node:fs';

/**
 * @param {number} number
 * @param {number} length
 */
const hex = (number, length) => (number * 2654435761).toString(16).padStart(length, '0').slice(-length).padEnd(length, '7');

const kinds = [
  (/** @type {string} */ id, /** @type {string} */ name) => ['IMAGE', `${id}~mv2.jpg`, {
    image: {
      image: { id: `${id}~mv2.jpg`, url: `https://static.wixstatic.com/media/${id}~mv2.jpg`, height: 2160, width: 3840, filename: `${name}.jpg`, sizeInBytes: '2457600' },
      colors: {
        prominent: { rgb: { r: 40, g: 60, b: 80 } },
        palette: Array.from({ length: 9 }, (_, index) => ({ rgb: { r: index * 20, g: 255 - index * 20, b: 128 } })),
      },
      faces: [{ confidence: 0.97, x: 120, y: 40, height: 96, width: 72 }],
      previewImage: { id: 'image.preview', url: `https://static.wixstatic.com/media/${id}~mv2.jpg`, height: 450, width: 800 },
    },
  }],
  (/** @type {string} */ id, /** @type {string} */ name) => ['VIDEO', id, {
    video: {
      id,
      resolutions: ['240p', '360p', '480p', '720p', '1080p'].map((quality, index) => ({
        url: `https://video.wixstatic.com/video/${id}/${quality}/mp4/file.mp4`, height: 240 * (index + 1), width: 320 * (index + 1), format: 'mp4', quality, poster: null,
      })),
      filename: `${name}.mp4`,
      url: `https://video.wixstatic.com/video/${id}/file`,
      posters: [0, 1, 2, 3].map((frame) => ({ id: '', url: `https://static.wixstatic.com/media/${id}f00${frame}.jpg`, height: 1080, width: 1920 })),
      sizeInBytes: '41943040',
    },
  }],
  (/** @type {string} */ id, /** @type {string} */ name) => ['AUDIO', `${id}.mp3`, {
    audio: {
      id: `${id}.mp3`,
      assets: [{ id: `${id}.mp3`, url: `https://music.wixstatic.com/mp3/${id}.mp3`, duration: 230164, private: false, assetKey: '320kbs.mp3', format: 'mp3', quality: '320kbs', filename: `${name}.mp3` }],
      bitrate: 192000, format: 'mp3', duration: 230164, sizeInBytes: '5582258',
    },
  }],
  (/** @type {string} */ id, /** @type {string} */ name) => ['DOCUMENT', `${id}.pdf`, { document: { id: `${id}.pdf`, url: `https://example.usrfiles.com/ugd/${id}.pdf`, filename: `${name}.pdf` } }],
  (/** @type {string} */ id, /** @type {string} */ name) => ['VECTOR', `${id}.svg`, { vector: { image: { id: `${id}.svg`, url: `https://static.wixstatic.com/shapes/${id}.svg`, height: 64, width: 64, filename: `${name}.svg` }, faces: [] } }],
  (/** @type {string} */ id, /** @type {string} */ name) => ['ARCHIVE', `${id}.zip`, { archive: { id: `${id}.zip`, url: `https://example.usrfiles.com/archives/${id}.zip`, sizeInBytes: '1048576', filename: `${name}.zip` } }],
  (/** @type {string} */ id, /** @type {string} */ name) => ['MODEL3D', `${id}.glb`, { model3d: { id: `${id}.glb`, url: `https://static.wixstatic.com/3d/${id}.glb`, thumbnail: { id: 'image.preview', url: 'https://static.wixstatic.com/media/x', height: 256, width: 256 }, filename: `${name}.glb`, sizeInBytes: '7340032' } }],
];

// More pictures than anything else, as on most sites.
const order = [0, 0, 0, 1, 0, 2, 0, 3, 4, 0, 5, 6];

/** @param {number} number */
export function fileDescriptor(number) {
  const id = `a1b2c3_${hex(number + 1, 32)}`;
  const name = `river bank ${number} – über den Fluß`;
  const [mediaType, fileId, media] = kinds[order[number % order.length]](id, name);
  return {
    id: fileId,
    displayName: name,
    url: `https://static.wixstatic.com/media/${fileId}`,
    parentFolderId: 'media-root',
    hash: hex(number + 7, 32),
    sizeInBytes: '2457600',
    private: false,
    mediaType,
    media,
    operationStatus: 'READY',
    sourceUrl: null,
    thumbnailUrl: `https://static.wixstatic.com/media/${fileId}`,
    labels: ['water', 'river', 'landscape'],
    createdDate: '2024-01-09T08:45:50Z',
    updatedDate: '2024-01-10T09:53:50.123Z',
    siteId: '11111111-2222-3333-4444-555555555555',
    state: 'OK',
    internalTags: ['_fileOrigin_uploaded'],
  };
}

/** @param {number} number */
export const folder = (number) => ({
  id: hex(number + 3, 32),
  displayName: `Folder ${number}`,
  parentFolderId: 'media-root',
  createdDate: '2024-01-05T10:11:12Z',
  updatedDate: '2024-01-05T10:11:12Z',
  state: 'OK',
  siteId: '11111111-2222-3333-4444-555555555555',
});

/**
 * @param {number} length
 * @param {(number: number) => any} make
 */
const list = (length, make) => Array.from({ length }, (_, number) => make(number));
const nextCursor = { cursors: { next: 'eyJvIjoxMDB9' }, hasNext: true };

export const manyFiles = JSON.stringify({ files: list(100, fileDescriptor), nextCursor });
export const oneFile = JSON.stringify({ file: fileDescriptor(0) });
export const manyFolders = JSON.stringify({ folders: list(100, folder), nextCursor });
export const oneFolder = JSON.stringify({ folder: folder(0) });
export const fileIds = list(1000, (number) => fileDescriptor(number).id);

/**
 * The body of an answer in `answers/`. The items of its list are repeated until there are a hundred.
 *
 * @param {string} name
 * @param {'files' | 'folders'} [list]
 */
export function recorded(name, list) {
  const text = readFileSync(new URL(`answers/${name}.json`, import.meta.url), 'utf8');
  if (!list) return text;
  const body = JSON.parse(text);
  return JSON.stringify({ ...body, [list]: Array.from({ length: 100 }, (_, index) => body[list][index % body[list].length]) });
}
