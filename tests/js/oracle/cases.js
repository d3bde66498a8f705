// Random cases: a call with its arguments, and the answer of the server. They are awkward on purpose: any member may be
// missing, null or unknown, names are hostile, numbers are odd, and arrays occur in strange places.
import { operations, isQuery } from '../harness/operations.js';
import { present } from '../harness/present.js';
import { define } from '../harness/tagged.js';
import { Random } from './random.js';

/**
 * @import { Operation } from '../harness/operations.js'
 * @import { Call, Link } from '../harness/types.d.ts'
 */

/**
 * @typedef {Record<string, () => unknown>} Makers Makers of members, by name.
 *
 * How members are made: the chances that one is null, absent or unknown, whether undefined stands for null, and the maker
 * of unknown ones.
 * @typedef {object} MembersOptions
 * @property {number} [nullable]
 * @property {number} [absent]
 * @property {boolean} [undefinedToo]
 * @property {number} [unknown]
 * @property {(random: Random) => unknown} [value]
 */

/**
 * The case with this number. It depends on nothing but the seed and the number.
 *
 * @param {number} seed
 * @param {number} number
 */
export function randomCase(seed, number) {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b));
  const operation = random.pick(operations);
  const { api, method } = operation;
  /** @type {Call} */
  const kase = { api, method, ...randomCall(random, operation) };
  const pages = kase.chain?.filter(([name]) => name === 'find' || name === 'next' || name === 'prev').length ?? 1;
  return { ...kase, answers: Array.from({ length: pages }, () => randomAnswer(random, operation)) };
}

// ---------------------------------------------------------------------------------------------- scalars

const NAMES = [
  'red-fox.jpg',
  'Red fox in the snow',
  'report (final).pdf',
  "Zoë's 50% off — c'est l'été.jpg",
  'a/b\\c?d=e&f#g.png',
  '写真 №1 (копия).jpg',
  '👩‍👩‍👧 family+friends.mp3',
  '"quoted" <tag> {x}|^`.pdf',
  'new\nline\ttab',
  '\u2028\u2029 separators',
  '\ufeffbyte order mark',
  '\ue000 private use',
  '100%25',
  '',
  ' ',
  'undefined',
  '0',
  '$date',
];
const BROKEN_TEXT = ['\ud83dlone.jpg', 'lone\udc00', '\udc00\ud800', 'a\ud83d\ud83d\ude00'];
const TAG_LIKE = ['\u0000NaN', '\u0000D2024-01-01T00:00:00.000Z', '\u0000', '\u0000S', '\u0001kept?'];

/** @param {Random} random */
function text(random) {
  return random.choose(
    [12, () => random.pick(NAMES)],
    [1, () => random.pick(BROKEN_TEXT)],
    [1, () => random.pick(TAG_LIKE)],
    [4, () => word(random)],
  );
}

/** @param {Random} random */
function word(random) {
  return random.list(3, () => random.pick(['fox', 'amber', 'Ünï', 'кит', '犬', '🎈', 'x'])).join(random.pick([' ', '-', '/', '.']));
}

/**
 * @param {Random} random
 * @param {number} length
 */
function hex(random, length) {
  return Array.from({ length }, () => random.below(16).toString(16)).join('');
}

/** @param {Random} random */
function fileId(random) {
  const id = `${hex(random, 6)}_${hex(random, 32)}`;
  return random.choose(
    [6, () => id + random.pick(['~mv2.jpg', '', '.mp3', '.pdf', '.svg', '.glb'])],
    [2, () => `wix:image://v1/${id}~mv2.png/a%20b.png#originWidth=3&originHeight=4`],
    [1, () => `wix:document://v1/ugd/${id}.pdf/Q1%20%26%20Q2.pdf`],
    [2, () => text(random)],
  );
}

/** @param {Random} random */
function folderId(random) {
  return random.choose(
    [6, () => hex(random, 32)],
    [2, () => random.pick(['media-root', 'trash-root', 'visitor-uploads'])],
    // A folder id is part of the path, where the empty one is refused and a surrogate has no encoding.
    [2, () => text(random).toWellFormed() || 'x'],
  );
}

/** @param {Random} random */
function number(random) {
  return random.choose(
    [6, () => random.below(200)],
    [1, () => -random.below(1000) / 7],
    [1, () => random.pick([0, -0, 1e21, 1e-7, 123456789012345680000, 5e-324, 1.7976931348623157e308])],
  );
}

/** @param {Random} random */
const oddNumber = (random) => random.choose([3, () => number(random)], [1, () => random.pick([Number.NaN, Infinity, -Infinity])]);

const DATES = ['2024-02-29T12:34:56.789Z', '2023-12-31T23:59:59Z', '1969-12-31T23:59:59.999Z', '2025-06-01T00:00:00.001Z'];

/** @param {Random} random */
const SENDABLE_DATE = (random) =>
  random.choose([9, () => new Date(random.pick(DATES))], [1, () => new Date(random.pick([8.64e15, -8.64e15, 0, -62198755200000]))]);

/**
 * A value of any kind that JSON knows, with members whose names mean something elsewhere.
 *
 * @param {Random} random
 * @returns {unknown}
 */
function anything(random, depth = 2) {
  return random.choose(
    [4, () => text(random)],
    [2, () => number(random)],
    [1, () => random.chance(0.5)],
    [1, () => null],
    [depth > 0 ? 3 : 0, () => object(random, random.list(3, () => [key(random), anything(random, depth - 1)]))],
    [depth > 0 ? 2 : 0, () => random.list(3, () => anything(random, depth - 1))],
  );
}

/**
 * The same for arguments, where JavaScript adds values of its own.
 *
 * @param {Random} random
 * @returns {unknown}
 */
function anyArgument(random, depth = 2) {
  return random.choose(
    [8, () => anything(random, 0)],
    [1, () => undefined],
    [1, () => random.pick([Number.NaN, Infinity, -Infinity])],
    [1, () => (random.chance(0.8) ? SENDABLE_DATE(random) : new Date(Number.NaN))],
    [depth > 0 ? 3 : 0, () => object(random, random.list(3, () => [key(random), anyArgument(random, depth - 1)]))],
    [depth > 0 ? 2 : 0, () => random.list(3, () => anyArgument(random, depth - 1))],
  );
}

const KEYS = [
  '_id', 'id', '_createdDate', 'createdDate', '_updatedDate', 'updatedDate', 'media._id', 'a._updatedDate.b', 'fieldName',
  'name', 'Ключ', '犬', '', ' ', 'a.b', '.', '_id.', 'paging', '0', '$eq',
];
const INHERITED = ['constructor', 'toString', '__proto__', 'a.constructor', 'hasOwnProperty'];

/** @param {Random} random */
const key = (random) => random.choose([40, () => random.pick(KEYS)], [1, () => random.pick(INHERITED)]);

/**
 * @param {Random} _random
 * @param {[string, unknown][]} entries
 */
function object(_random, entries) {
  /** @type {Record<string, any>} */
  const made = {};
  for (const [name, value] of entries) define(made, name, value);
  // With both spellings in one object, the official SDK reads one of them twice and the other never.
  for (const name of ['id', 'createdDate', 'updatedDate']) {
    for (const key of [name, `_${name}`]) {
      const both = Object.hasOwn(made, name) && Object.hasOwn(made, `_${name}`);
      if (both && typeof made[key] === 'object') define(made, key, 'was an object');
    }
  }
  return made;
}

/**
 * An object whose members are present, absent, null or undefined by chance, with unknown ones among them.
 *
 * @param {Random} random
 * @param {Makers} makers
 * @param {MembersOptions} [options]
 */
function members(random, makers, { nullable = 0.06, absent = 0.35, undefinedToo = false, unknown = 0.2, value = anything } = {}) {
  /** @type {[string, unknown][]} */
  const entries = [];
  for (const [name, make] of Object.entries(makers)) {
    if (random.chance(absent)) continue;
    if (random.chance(nullable)) entries.push([name, undefinedToo && random.chance(0.5) ? undefined : null]);
    else entries.push([name, make()]);
  }
  if (random.chance(unknown)) entries.push([random.pick(['extra', 'unknown', '_x']), value(random)]);
  if (random.chance(unknown / 4)) entries.push([key(random), value(random)]);
  if (random.chance(unknown / 4)) entries.push(['sort', { fieldName: random.pick(KEYS) }]);
  if (random.chance(0.3)) entries.reverse();
  return object(random, entries);
}

// -------------------------------------------------------------------------------------------- arguments

/**
 * @param {Random} random
 * @param {Operation} operation
 * @returns {Pick<Call, 'args' | 'chain'>}
 */
function randomCall(random, operation) {
  if (isQuery(operation) && random.chance(0.6)) return { args: [], chain: builderChain(random, operation) };
  const args = operation.arguments.map((kind) => argument(random, operation, kind));
  if (present(operation.arguments.at(-1)).endsWith('?') && random.chance(0.2) && !isQuery(operation)) args.pop();
  if (random.chance(0.03)) spoil(random, args);
  return { args };
}

// A required argument that is missing or of a wrong type.
/**
 * @param {Random} random
 * @param {unknown[]} args
 */
function spoil(random, args) {
  const index = random.below(args.length);
  args[index] = random.pick([undefined, null, 7, true, () => 1, Symbol.iterator]);
  if (random.chance(0.3)) args.length = index;
}

/**
 * @param {Random} random
 * @param {Operation} operation
 * @param {string} kind
 */
function argument(random, operation, kind) {
  switch (kind) {
    case 'fileId':
      return fileId(random);
    case 'fileIds':
      return random.list(random.chance(0.1) ? 60 : 4, () => fileId(random));
    case 'folderIds':
      return random.list(random.chance(0.1) ? 60 : 4, () => folderId(random));
    case 'folderId':
    case '_id':
      return folderId(random);
    case 'mimeType':
      return random.pick(['image/jpeg', 'video/mp4', 'application/pdf; x="é"', '']);
    case 'url':
      return url(random);
    case 'displayName':
      return text(random);
    case 'importFileRequests':
      return random.list(3, () => importRequest(random));
    case 'file':
      return fileArgument(random);
    case 'folder':
      return oneSpelling(random, {
        _id: () => folderId(random),
        displayName: () => text(random),
        parentFolderId: () => folderId(random),
        _createdDate: () => dateArgument(random),
        updatedDate: () => dateArgument(random),
        state: () => 'OK',
      });
    case 'options?':
      return optional(random, () => options(random, operation));
    case 'query?':
      return random.choose([9, () => query(random)], [1, () => random.pick([undefined, null, {}])]);
    default:
      throw new RangeError(`no maker for ${kind}`);
  }
}

/**
 * @param {Random} random
 * @param {Makers} makers
 * @param {MembersOptions} [rest]
 */
const argumentMembers = (random, makers, rest) =>
  members(random, makers, { undefinedToo: true, value: anyArgument, ...rest });

/**
 * Keeps one spelling of each date: with both, the official SDK converts only one, which ours does not imitate.
 *
 * @param {Random} random
 * @param {Makers} makers
 */
function oneSpelling(random, makers) {
  const made = argumentMembers(random, makers);
  for (const name of ['createdDate', 'updatedDate']) if (Object.hasOwn(made, name)) delete made[`_${name}`];
  return made;
}

/**
 * @param {Random} random
 * @param {() => unknown} make
 */
const optional = (random, make) =>
  random.choose([12, make], [1, () => undefined], [1, () => null], [1, () => random.pick(['text', 5, true])]);

/** @param {Random} random */
function url(random) {
  return `https://${random.pick(['pictures', 'média'])}.example.com/${encodeURIComponent(text(random).toWellFormed())}?q=${random.below(9)}#f`;
}

/** @param {Random} random */
function dateArgument(random) {
  return random.choose(
    [8, () => SENDABLE_DATE(random)],
    [2, () => random.pick(DATES)],
    [1, () => new Date(Number.NaN)],
  );
}

const MEDIA_TYPES = ['IMAGE', 'VIDEO', 'AUDIO', 'DOCUMENT', 'VECTOR', 'ARCHIVE', 'MODEL3D', 'OTHER'];

/** @param {Random} random */
const sort = (random) =>
  argumentMembers(random, {
    fieldName: () => random.pick(['displayName', '_updatedDate', 'sizeInBytes', '_id', 'a._createdDate', '_id._id']),
    order: () => random.pick(['ASC', 'DESC']),
    origin: () =>
      argumentMembers(
        random,
        { latitude: () => float(random), longitude: () => float(random) },
        { unknown: 0, absent: 0.2, nullable: 0.15 },
      ),
  });

/** @param {Random} random */
const float = (random) => random.choose([6, () => oddNumber(random)], [1, () => random.pick(['5', 'abc', '', true])]);

/** @param {Random} random */
const paging = (random) =>
  argumentMembers(random, {
    limit: () => random.choose([8, () => number(random)], [1, () => random.pick(['10', Number.NaN, true])]),
    cursor: () => text(random),
  });

/** @param {Random} random */
function listMembers(random) {
  return {
    parentFolderId: () => folderId(random),
    mediaTypes: () =>
      random.choose(
        [6, () => random.list(4, () => random.pick(MEDIA_TYPES))],
        [1, () => random.pick(MEDIA_TYPES)],
        [1, () => random.list(4, () => random.pick(['IMAGE', null, undefined, {}, ['VIDEO'], 5, true, '']))],
      ),
    private: () => random.choose([4, () => random.chance(0.5)], [1, () => random.pick(['true', 0, Number.NaN])]),
    sort: () => random.choose([7, () => sort(random)], [1, () => random.list(2, () => sort(random))]),
    paging: () => paging(random),
  };
}

/** @param {Random} random */
function uploadMembers(random) {
  return {
    fileName: () => text(random),
    sizeInBytes: () => String(random.bits()),
    parentFolderId: () => folderId(random),
    private: () => random.chance(0.5),
    labels: () => random.list(3, () => text(random)),
    filePath: () => '/videos/2024/december',
    externalInfo: () =>
      argumentMembers(random, { origin: () => text(random), externalIds: () => random.list(2, () => text(random)) }),
    uploadProtocol: () => 'TUS',
  };
}

/** @param {Random} random */
function importMembers(random) {
  return {
    mediaType: () => random.pick(MEDIA_TYPES),
    displayName: () => text(random),
    parentFolderId: () => folderId(random),
    private: () => random.chance(0.5),
    labels: () => random.list(3, () => text(random)),
    mimeType: () => 'image/jpeg',
    urlParams: () => object(random, random.list(3, () => [key(random), anyArgument(random)])),
    urlHeaders: () => object(random, random.list(3, () => [key(random), text(random)])),
    filePath: () => '/a/b',
  };
}

/** @param {Random} random */
function importRequest(random) {
  return argumentMembers(random, { url: () => url(random), ...importMembers(random) });
}

/**
 * @param {Random} random
 * @param {Operation} operation
 */
function options(random, { method }) {
  switch (method) {
    case 'generateFileDownloadUrl':
      return argumentMembers(random, {
        downloadFileName: () => text(random),
        expirationInMinutes: () => oddNumber(random),
        expirationRedirectUrl: () => url(random),
        assetKeys: () => random.list(3, () => text(random)),
        contentDisposition: () => random.pick(['ATTACHMENT', 'INLINE']),
      });
    case 'generateFileUploadUrl':
    case 'generateFileResumableUploadUrl':
      return argumentMembers(random, uploadMembers(random));
    case 'importFile':
      return argumentMembers(random, importMembers(random));
    case 'bulkImportFile':
      return argumentMembers(random, { returnEntity: () => random.chance(0.5) });
    case 'generateVideoStreamingUrl':
      return argumentMembers(random, { format: () => 'HLS', expirationInMinutes: () => number(random) });
    case 'bulkDeleteFiles':
    case 'bulkDeleteFolders':
      return argumentMembers(random, { permanent: () => random.pick([true, false, 'true', 1]) });
    case 'createFolder':
      return argumentMembers(random, { parentFolderId: () => folderId(random) });
    default:
      return argumentMembers(random, {
        ...listMembers(random),
        search: () => text(random),
        rootFolder: () => random.pick(['MEDIA_ROOT', 'TRASH_ROOT']),
      });
  }
}

/** @param {Random} random */
function query(random) {
  return argumentMembers(random, {
    filter: () => filter(random, 2),
    sort: () =>
      random.list(2, () =>
        argumentMembers(random, {
          fieldName: () => random.pick(['_updatedDate', 'displayName', 'a._id']),
          order: () => 'DESC',
        }),
      ),
    cursorPaging: () => paging(random),
  });
}

/**
 * @param {Random} random
 * @param {number} depth
 * @returns {Record<string, any>}
 */
function filter(random, depth) {
  return object(
    random,
    random.list(3, () =>
      random.choose(
        [6, () => [key(random), anyArgument(random, 1)]],
        [depth > 0 ? 2 : 0, () => ['$and', random.list(2, () => filter(random, depth - 1))]],
        [2, () => [key(random), { [random.pick(['$in', '$eq', '$gt', '$hasSome'])]: anyArgument(random, 1) }]],
      ),
    ),
  );
}

/**
 * @param {Random} random
 * @param {Operation} operation
 * @returns {Link[]}
 */
function builderChain(random, { api }) {
  const fields = ['private', 'mediaType', 'state', '_id', '_updatedDate', 'displayName', 'a._createdDate', 'media._id.x'];
  const steps = random.list(5, () =>
    random.choose(
      [4, () => ['eq', random.pick(fields), anyArgument(random, 1)]],
      [api === 'files' ? 3 : 0, () => ['in', random.pick(fields), random.list(3, () => anyArgument(random, 0))]],
      [3, () => ['ascending', ...random.list(3, () => random.pick(fields))]],
      [3, () => ['descending', random.pick(fields)]],
      [3, () => ['limit', random.below(120)]],
      [1, () => ['skipTo', text(random)]],
    ),
  );
  const pages = random.list(2, () => /** @type {Link} */ ([random.pick(['next', 'next', 'prev'])]));
  return [...steps, ['find'], ...pages];
}

// ------------------------------------------------------------------------------ the file of an update

/**
 * @param {Random} random
 * @param {string} kind
 */
function mediaString(random, kind) {
  const id = `${hex(random, 6)}_${hex(random, 32)}`;
  const name = random.choose(
    [6, () => `/${encodeURIComponent(text(random).toWellFormed())}`],
    [1, () => ''],
    [1, () => '/'],
    [1, () => '/a/b.jpg'],
  );
  /** @type {Record<string, () => string>} */
  const fragments = {
    image: () => random.pick(['#originWidth=3024&originHeight=4032', '', '#originWidth=5', '#originHeight=x&watermark=1']),
    video: () => random.pick(['#posterUri=p%20f000.jpg&posterWidth=640&posterHeight=360', '', '#posterUri=p.jpg']),
    audio: () => random.pick(['#duration=230164', '']),
    document: () => '',
  };
  const fragment = fragments[kind]();
  return random.choose(
    [8, () => `wix:${kind}://v1/${id}${name}${fragment}`],
    [1, () => `${kind}://v1/${id}/x%20y${fragment}`],
    [2, () => `https://static.example.com/media/${id}?x=1#f`],
    [1, () => random.pick(['not a URL', `wix:${kind}://v1/${id}/100%`, '//x'])],
  );
}

/** @param {Random} random */
function fileArgument(random) {
  const picture = () =>
    argumentMembers(random, {
      image: () => mediaString(random, 'image'),
      previewImage: () => mediaString(random, 'image'),
      caption: () => text(random),
      faces: () =>
        random.list(2, () => argumentMembers(random, { confidence: () => float(random), x: () => number(random) }, { nullable: 0.1 })),
    });
  const media = () =>
    argumentMembers(
      random,
      {
        [random.pick(['image', 'vector', 'icon'])]: picture,
        video: () => mediaString(random, 'video'),
        audio: () =>
          argumentMembers(random, {
            _id: () => fileId(random),
            duration: () => number(random),
          }, { unknown: 0 }),
        archive: () =>
          argumentMembers(random, { _id: () => fileId(random), urlExpirationDate: () => dateArgument(random) }),
        model3d: () =>
          argumentMembers(random, {
            _id: () => fileId(random),
            thumbnail: () => mediaString(random, 'image'),
            urlExpirationDate: () => dateArgument(random),
          }),
        hologram: () => anyArgument(random),
      },
      { absent: 0.7, nullable: 0.03, unknown: 0.05 },
    );
  const file = oneSpelling(random, {
    displayName: () => text(random),
    parentFolderId: () => folderId(random),
    labels: () => random.list(3, () => text(random)),
    _createdDate: () => dateArgument(random),
    _updatedDate: () => dateArgument(random),
    lastUsedDate: () => dateArgument(random),
    media,
    sizeInBytes: () => '5',
  });
  if (!Object.hasOwn(file, '_id')) file._id = fileId(random);
  if (file.media && random.chance(0.1)) file.media.document = mediaString(random, 'document');
  if (file.media?.audio && random.chance(0.3)) {
    file.media.audio.assets = random.list(2, () => mediaString(random, 'audio'));
  }
  return file;
}

// ---------------------------------------------------------------------------------------------- answers

/**
 * @param {Random} random
 * @param {Operation} operation
 */
function randomAnswer(random, operation) {
  return random.choose(
    [80, () => ({ status: 200, statusText: 'OK', headers: headers(random), body: successBody(random, operation) })],
    [14, () => errorAnswer(random)],
    [2, () => ({ status: 200, headers: headers(random), ...unusableBody(random) })],
    [2, () => ({ networkError: networkError(random) })],
  );
}

/** @param {Random} random */
const unusableBody = (random) =>
  random.pick([
    { rawBody: 'null' },
    { rawBody: '"text"' },
    { rawBody: '5' },
    { rawBody: 'true' },
    { rawBody: '' },
    { rawBody: '<html></html>' },
    { rawBody: '{"files":[{"id":"x' },
    { rawBody: '{"files":[]} x' },
  ]);

/** @param {Random} random */
const networkError = (random) =>
  random.pick([
    { name: 'TypeError', message: 'fetch failed', cause: { message: 'getaddrinfo', code: 'ENOTFOUND' } },
    { name: 'Error', message: 'socket hang up', props: { code: 'ECONNRESET' } },
    { value: 'a string' },
    { value: undefined },
    { value: null },
    { value: 5 },
    { name: 'AbortError', message: 'The operation was aborted' },
  ]);

/** @param {Random} random */
function headers(random) {
  /** @type {Record<string, string>} */
  const made = {};
  if (random.chance(0.5)) made[random.pick(['x-wix-request-id', 'X-Wix-Request-Id'])] = `1710000000123.${random.below(99)}`;
  if (random.chance(0.1)) made['content-type'] = 'application/json';
  return made;
}

/**
 * @param {Random} random
 * @param {Operation} operation
 */
function successBody(random, { returns }) {
  if (random.chance(0.01)) return random.list(3, () => descriptor(random));
  /** @param {Makers} makers */
  const answerMembers = (makers) => members(random, makers, { absent: 0.05, nullable: 0.03, unknown: 0.1 });
  const cursors = () =>
    members(random, { next: () => text(random), prev: () => text(random) }, { absent: 0.4, unknown: 0.05 });
  const pages = {
    nextCursor: () => answerMembers({ cursors, hasNext: () => random.chance(0.5), total: () => number(random) }),
    pagingMetadata: () => answerMembers({ cursors, count: () => number(random), hasNext: () => random.chance(0.5) }),
  };
  /** @param {() => unknown} make */
  const list = (make) => () =>
    random.choose(
      [12, () => random.list(6, () => (random.chance(0.02) ? random.pick([null, 5, 'text', []]) : make()))],
      // The walker of the official SDK steps into an object as well as into a list.
      [1, make],
      [1, () => random.pick(['text', 7, null])],
    );
  switch (returns) {
    case 'file':
      return answerMembers({ file: () => descriptor(random) });
    case 'files':
      return answerMembers({ files: list(() => descriptor(random)), ...pages });
    case 'results':
      return answerMembers({
        results: list(() =>
          answerMembers({
            itemMetadata: () =>
              answerMembers({
                id: () => fileId(random),
                originalIndex: () => random.below(9),
                success: () => true,
                createdDate: () => random.pick(DATES),
              }),
            item: () => descriptor(random),
          }),
        ),
        bulkActionMetadata: () => answerMembers({ totalSuccesses: () => 1, id: () => 'x' }),
      });
    case 'folder':
      return answerMembers({ folder: () => folderAnswer(random) });
    case 'folders':
      return answerMembers({ folders: list(() => folderAnswer(random)), ...pages });
    default:
      return answerMembers({
        downloadUrl: () => url(random),
        uploadUrl: () => url(random),
        downloadUrls: () => random.list(2, () => answerMembers({ url: () => url(random), assetKey: () => 'src', id: () => 1 })),
        file: () => descriptor(random),
        id: () => text(random),
      });
  }
}

/** @param {Random} random */
function dateAnswer(random) {
  return random.choose(
    [10, () => random.pick(DATES)],
    [1, () => random.pick(['2024-05-05T10:00:00+05:30', '2024-01-01', '2023-12-26T10:22:31.123456789Z', 'junk', '', '12'])],
    [1, () => random.pick([0, 1710000000123, -1, 1e20, true, false])],
  );
}

/** @param {Random} random */
const folderAnswer = (random) =>
  members(random, {
    id: () => folderId(random),
    displayName: () => text(random),
    parentFolderId: () => folderId(random),
    createdDate: () => dateAnswer(random),
    updatedDate: () => dateAnswer(random),
    state: () => 'OK',
  });

/** @param {Random} random */
function descriptor(random) {
  return members(
    random,
    {
      id: () => fileId(random),
      displayName: () => text(random),
      url: () => url(random),
      parentFolderId: () => folderId(random),
      hash: () => hex(random, 32),
      sizeInBytes: () => String(random.bits()),
      private: () => random.chance(0.5),
      mediaType: () => random.pick(MEDIA_TYPES),
      media: () => media(random),
      operationStatus: () => 'READY',
      sourceUrl: () => null,
      thumbnailUrl: () => url(random),
      labels: () => random.list(3, () => text(random)),
      createdDate: () => dateAnswer(random),
      updatedDate: () => dateAnswer(random),
      lastUsedDate: () => dateAnswer(random),
      siteId: () => hex(random, 8),
      state: () => 'OK',
      internalTags: () => ['_fileOrigin_uploaded'],
      addedBy: () => ({ identityType: 'MEMBER', id: 'x' }),
    },
    { absent: 0.2 },
  );
}

/**
 * A leaf that becomes a string, now and then of another kind, or in a list, where no list belongs.
 *
 * @param {Random} random
 * @param {() => unknown} make
 */
const leaf = (random, make) =>
  random.choose([30, make], [1, () => random.pick(['', 'wix:image://v1/x', 5, true])], [1, () => random.list(2, make)]);

/** @param {Random} random */
const name = (random) => random.choose([12, () => text(random)], [1, () => random.pick([0, 5, true, null, ''])]);

/** @param {Random} random */
const mediaId = (random) => random.choose([12, () => fileId(random)], [2, () => ''], [1, () => random.pick([0, 5, 'odd id+é&x'])]);

/** @param {Random} random */
const size = (random) => random.choose([8, () => number(random)], [1, () => random.pick(['640', null])]);

/** @param {Random} random */
const expiry = (random) => ({ urlExpirationDate: () => dateAnswer(random) });

/** @param {Random} random */
const focalPoint = (random) => () =>
  members(random, { x: () => floatAnswer(random), y: () => floatAnswer(random) }, { unknown: 0 });

/** @param {Random} random */
const floatAnswer = (random) =>
  random.choose([4, () => number(random)], [2, () => random.pick(['NaN', 'Infinity', '-Infinity', 'other'])]);

/** @param {Random} random */
const image = (random) =>
  leaf(random, () =>
    members(random, {
      id: () => mediaId(random),
      url: () => url(random),
      width: () => size(random),
      height: () => size(random),
      filename: () => name(random),
      altText: () => name(random),
      focalPoint: focalPoint(random),
      ...expiry(random),
    }),
  );

/** @param {Random} random */
const poster = (random) =>
  members(random, {
    id: () => mediaId(random),
    url: () => random.pick([url(random), 'no-slash', 'https://static.example.com/']),
    width: () => size(random),
    height: () => size(random),
    focalPoint: focalPoint(random),
    ...expiry(random),
  });

/** @param {Random} random */
function media(random) {
  const picture = () =>
    members(random, {
      image: () => image(random),
      previewImage: () => image(random),
      faces: () =>
        random.list(2, () =>
          random.chance(0.03) ? null : members(random, { confidence: () => floatAnswer(random), x: () => number(random) }),
        ),
      colors: () => ({ palette: [{ rgb: { r: 1, g: 2, b: random.below(256) } }] }),
      caption: () => text(random),
    });
  /** @type {Makers} */
  const kinds = {
    image: picture,
    vector: picture,
    icon: picture,
    video: () =>
      leaf(random, () =>
        members(random, {
          id: () => mediaId(random),
          filename: () => name(random),
          url: () => url(random),
          posters: () => random.list(3, () => poster(random)),
          resolutions: () =>
            random.list(2, () => members(random, { url: () => url(random), poster: () => poster(random), ...expiry(random) })),
          ...expiry(random),
        }),
      ),
    audio: () =>
      members(random, {
        id: () => fileId(random),
        duration: () => number(random),
        assets: () =>
          random.choose(
            [20, () => random.list(3, () => (random.chance(0.03) ? null : asset(random)))],
            [1, () => random.pick([null, 5, {}, { id: 'x' }])],
          ),
      }),
    document: () =>
      leaf(random, () =>
        members(random, {
          id: () => mediaId(random),
          filename: () => name(random),
          url: () => url(random),
          thumbnail: () => poster(random),
          ...expiry(random),
        }),
      ),
    archive: () =>
      members(random, { id: () => fileId(random), url: () => url(random), filename: () => text(random), ...expiry(random) }),
    model3d: () =>
      members(random, { id: () => fileId(random), thumbnail: () => image(random), altText: () => text(random), ...expiry(random) }),
    font: () => members(random, { id: () => fileId(random), image: () => image(random) }),
    raw: () => anything(random),
    flash: () => anything(random),
  };
  const one = () => {
    const kind = random.pick(Object.keys(kinds));
    return object(random, [[kind, random.chance(0.04) ? random.pick([null, 5, 'text']) : kinds[kind]()]]);
  };
  return random.choose(
    [20, one],
    [3, () => ({ ...one(), ...one(), ...one() })],
    [1, () => random.list(2, one)],
    [1, () => random.pick([{}, 'text', 5])],
  );
}

/** @param {Random} random */
const asset = (random) =>
  members(random, {
    id: () => mediaId(random),
    url: () => url(random),
    filename: () => name(random),
    duration: () => size(random),
    ...expiry(random),
  });

// ------------------------------------------------------------------------------------------ error answers

const VIOLATED = [
  'fileId', 'fileIds', 'fileIds[0]', 'file.id', 'file.displayName', 'file', 'displayName', 'parentFolderId', 'paging.limit',
  'paging', 'sort', 'sort.fieldName', 'query.filter', 'query', 'queryX', 'folder.id', 'folder.displayName', 'folderId',
  'folderIds[3]', 'importFileRequests[0].url', 'url', 'urlX', 'mimeType', 'permanent', 'search', 'mediaTypes[1]', 'other',
  'constructor', 'externalInfo.origin', '\ud83d\ude00', '\uff5e', 'labels', 'expirationInMinutes', 'format', 'returnEntity',
];

/** @param {Random} random */
function errorAnswer(random) {
  const status = random.pick([400, 400, 400, 401, 403, 404, 409, 428, 429, 500, 501, 502, 503, 504, 418, 201, 202, 204, 206, 301, 304]);
  const statusText = random.pick(['Bad Request', '', 'Not Found', 'caf\u00e9']);
  const answer = { status, statusText, headers: headers(random) };
  if (status === 204 || status === 304) return answer;
  return random.choose(
    [10, () => ({ ...answer, body: errorBody(random) })],
    [1, () => ({ ...answer, rawBody: random.pick(['', '<html>upstream</html>', '{"trunc', 'null', '5', '"text"', '[]']) })],
  );
}

/** @param {Random} random */
function errorBody(random) {
  return members(
    random,
    {
      message: () => random.choose([8, () => text(random)], [1, () => random.pick([5, false, {}, '']) ]),
      details: () =>
        random.choose(
          [5, () => members(random, { applicationError: () => applicationError(random) }, { absent: 0.05 })],
          [5, () => members(random, { validationError: () => validationError(random) }, { absent: 0.05 })],
          [1, () => members(random, { validationError: () => validationError(random), applicationError: () => applicationError(random) })],
          [1, () => random.pick([{}, 'text', 5, [], [1]])],
        ),
    },
    { absent: 0.1 },
  );
}

/** @param {Random} random */
const applicationError = (random) =>
  random.choose(
    [10, () =>
      members(random, {
        code: () => random.pick(['RESOURCE_NOT_FOUND', 'X', 404, '']),
        description: () => text(random),
        data: () => anything(random),
      })],
    [1, () => random.pick(['text', 5, [], true])],
  );

/** @param {Random} random */
const validationError = (random) =>
  random.choose(
    [12, () =>
      members(random, {
        fieldViolations: () =>
          random.choose(
            [12, () => random.list(5, () => violation(random))],
            [1, () => random.pick([null, {}, 'text', 5])],
          ),
      }, { absent: 0.05 })],
    [1, () => random.pick([false, 0, '', true, 5, 'text', []])],
  );

/** @param {Random} random */
const violation = (random) =>
  random.chance(0.02)
    ? random.pick([null, 5, {}, { field: 5 }, { field: null }])
    : {
        field: random.pick(VIOLATED) + random.pick(['', '', '', '.x', '[0].y']),
        ...members(random, {
          description: () => text(random),
          violatedRule: () => random.pick(['MAX', 'CUSTOM']),
          ruleName: () => 'RULE',
          data: () => anything(random),
        }),
      };
