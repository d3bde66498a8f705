// The places inside answers and arguments that the official SDK converts, as a tree of member names. Its walker follows the
// named members, and maps over an array at any of them.

/**
 * A place: what the official SDK makes of its value, and its members.
 *
 * @typedef {object} Position
 * @property {boolean} [date]
 * @property {boolean} [float]
 * @property {boolean} [poster]
 * @property {string} [converts]
 * @property {Record<string, Position>} [members]
 */

const DATE = { date: true };
const FLOAT = { float: true };

const image = { converts: 'image', members: { urlExpirationDate: DATE, focalPoint: { members: { x: FLOAT, y: FLOAT } } } };
const poster = { members: image.members };
const picture = {
  members: { image, previewImage: image, faces: { members: { confidence: FLOAT } } },
};

const file = {
  members: {
    createdDate: DATE,
    updatedDate: DATE,
    lastUsedDate: DATE,
    media: {
      members: {
        image: picture,
        vector: picture,
        icon: picture,
        video: {
          converts: 'video',
          members: {
            urlExpirationDate: DATE,
            resolutions: { members: { urlExpirationDate: DATE, poster } },
            posters: { ...poster, poster: true },
          },
        },
        audio: { members: { assets: { converts: 'audio', members: { urlExpirationDate: DATE } } } },
        document: { converts: 'document', members: { urlExpirationDate: DATE, thumbnail: poster } },
        archive: { members: { urlExpirationDate: DATE } },
        model3d: { members: { urlExpirationDate: DATE, thumbnail: image } },
      },
    },
  },
};

const folder = { members: { createdDate: DATE, updatedDate: DATE } };

/**
 * The tree of an answer, by what the operation returns.
 *
 * @type {Record<string, Position>}
 */
export const answerPositions = {
  file: { members: { file } },
  files: { members: { files: file } },
  results: { members: { results: { members: { item: file } } } },
  folder: { members: { folder } },
  folders: { members: { folders: folder } },
  plain: { members: {} },
  nothing: { members: {} },
};

/**
 * The tree of the arguments of an update.
 *
 * @type {Record<string, Position>}
 */
export const argumentPositions = { file, folder };

/**
 * Calls `visit(object, key, position)` for every own member of the tree, outer ones first.
 *
 * @param {any} value
 * @param {Position} position
 * @param {(object: any, key: string, position: Position) => void} visit
 */
export function walk(value, position, visit) {
  if (Array.isArray(value)) {
    // The walker maps over one level of array only; an array inside an array has no members to step into.
    for (const item of value) if (!Array.isArray(item)) walk(item, position, visit);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(position.members ?? {})) {
    if (!Object.hasOwn(value, key)) continue;
    visit(value, key, inner);
    walk(value[key], inner, visit);
  }
}
