// A Media Manager: a Wix site, a server, or one in this process, by the ordinary calls of a client.
//
// Content cannot be changed in place. A new file takes the name of the old one, and the old one goes to the trash later,
// with others in one call. Before an upload, the journal takes the id of the old file with the size and, for small files, the
// digest of the new content; after it, the id of the new file; and if the service refuses the upload, nothing of that stays. Where
// an old file and its successor are both listed after an interruption, the old one is not listed any more, and goes to the trash
// again. A file that somebody else adds under that name has another id, or other content.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { batchesOf, FILES_PER_CALL, FOLDERS_PER_CALL } from '../../library/batches.js';
import { SyncError } from '../error.js';
import { detailsOf } from '../manifest.js';
import { keyOf, numberedKey, TRASH_KEY } from '../names.js';
import { below, folderOf, isBelow } from '../order.js';
import { hasDetails } from '../plan.js';
import { sorted } from '../spool.js';
import { downloader } from './download.js';

/** @import { StoredFile, StoredFolder } from '../../types/index.js' */
/** @import { Client, Entry, ListOptions, Place, Retirement } from '../internal.d.ts' */
/** @import { Bandwidth } from '../bandwidth.js' */
/** @import { Journal } from '../journal.js' */

const ROOT = 'media-root';
const PAGE_SIZE = 100;

/** Stands for the id of the trash, which is no folder. */
const TRASH_ID = 'trash-root';

/** How many folders are listed before it is their turn. */
const AHEAD = 4;

/** The largest file that is read once more before it replaces another, to recognise it after an interruption. */
const MAX_HASHED_SIZE = 16_000_000;

/** How many replaced files may wait for their deletion. */
const MAX_RETIRING = 100;

/** @typedef {{ order: string, key: string, kind: 'file' | 'folder', id: string, name: string, size: number, modified: number, hash?: string, labels?: string[], isPrivate?: boolean, isFailed?: boolean, details?: Entry['details'] }} Row */

/**
 * Changes with the content of a file, as new content has a new id. A service may list no hash.
 *
 * @param {string} id
 * @param {string | undefined} hash
 */
const versionOf = (id, hash) => (hash ? `${id} ${hash}` : id);

/** @param {Entry} entry */
const idOfEntry = ({ id }) => /** @type {string} */ (id);

/**
 * @typedef {object} SiteOptions
 * @property {string} label
 * @property {string} [path] The folder that is the place.
 * @property {string} [directory] Where its data are, for a Media Manager of this machine.
 * @property {boolean} isTarget
 * @property {boolean} [trash] Whether its trash belongs to it.
 * @property {Bandwidth} [bandwidth]
 * @property {AbortSignal} signal Ends the opening.
 */

/**
 * Opens a folder of a Media Manager.
 *
 * @param {Client} client
 * @param {SiteOptions} options
 * @returns {Promise<Place>}
 */
export async function openSite(client, { label, path = '/', directory, isTarget, trash = false, bandwidth, signal }) {
  const stallMs = bandwidth?.stallMs;
  const isTop = !/[^/]/.test(path);
  if (trash && !isTop) throw new SyncError('INVALID_ARGUMENT', `trash is that of a whole Media Manager: ${label} is a folder of one`);
  const root = await client.folders.getFolder(ROOT, { signal });
  /** @type {string | undefined} */
  let top = isTop ? ROOT : undefined;
  if (!isTop) {
    const found = await client.paths.resolve(path.endsWith('/') ? path : `${path}/`, { signal }).catch((error) => {
      if (error.code === 'PATH_NOT_FOUND' && isTarget) return undefined;
      throw error;
    });
    top = found?.id;
  }
  /**
   * Ids of the folders that this run makes, by their paths.
   *
   * @type {Map<string, Promise<string>>}
   */
  const made = new Map();
  /**
   * Ids of the folders that were listed, by their paths.
   *
   * @type {Map<string, string>}
   */
  const known = new Map();
  /** Ids of the folders that this run has made. */
  const ownIds = new Set();
  /**
   * The folder that files are sent to which belong in the trash. They are taken there from it, and it follows them.
   *
   * @type {string | undefined}
   */
  let staging;
  /** Ids of the files that were sent to it. @type {string[]} */
  const discarded = [];
  const isTrash = (/** @type {string} */ folder) => trash && folder === TRASH_KEY;
  /** @type {Promise<string> | undefined} */
  let staged;
  const stage = () => (staged ??= staging === undefined ? createFolder(TRASH_KEY, ROOT) : Promise.resolve(staging));
  /** Ids of what this run has deleted. A listing may still have it. */
  const deleted = new Set();
  /** @type {Journal | undefined} */
  let journal;
  /** @type {{ id: string, isPermanent: boolean }[]} */
  let retired = [];
  // Files of one name are told apart by their age, and so are folders: their order must be that of the source.
  const [makeInTurn, storeInTurn] = [inTurn(), inTurn()];

  /** @param {string} folder */
  async function idOf(folder) {
    if (folder === '') return /** @type {string} */ (top);
    const id = made.get(folder) ?? known.get(folder);
    if (id === undefined) throw new SyncError('TARGET_FAILED', `the folder ${folder} is missing`);
    return id;
  }

  /**
   * @param {string} folderId
   * @param {ListOptions} options
   */
  async function rowsOf(folderId, { signal, order, scratch, isDetailed }) {
    const call = { signal };
    const options = { parentFolderId: folderId, paging: { limit: PAGE_SIZE } };
    const placeOf = (/** @type {string} */ key, /** @type {number} */ age, /** @type {string} */ rest) =>
      `${order(key)}\u0000\u0000${String(age).padStart(16, '0')}${rest}`;
    async function* rows() {
      if (folderId === TRASH_ID) {
        for await (const file of client.files.listDeletedFiles({ paging: options.paging }, call)) yield fileRow(file);
        // What an earlier run has not taken to the trash yet.
        if (staging) for await (const file of client.files.listFiles({ ...options, parentFolderId: staging }, call)) yield fileRow(file);
        return;
      }
      for await (const folder of client.folders.listFolders(options, call)) {
        if (trash && folderId === ROOT && folder.displayName === TRASH_KEY) staging = folder._id;
        else yield folderRow(folder);
      }
      if (trash && folderId === ROOT) yield trashRow;
      for await (const file of client.files.listFiles(options, call)) yield fileRow(file);
    }
    /** @type {Row} */
    const trashRow = { order: placeOf(TRASH_KEY, 0, '0'), key: TRASH_KEY, kind: 'folder', id: TRASH_ID, name: TRASH_KEY, size: 0, modified: 0 };
    const folderRow = (/** @type {StoredFolder} */ { _id, displayName, _createdDate }) => {
      const key = keyOf(displayName);
      const created = Number(_createdDate) || 0;
      /** @type {Row} */
      const row = { order: placeOf(key, created, `0${_id}`), key, kind: 'folder', id: _id, name: displayName, size: 0, modified: created };
      return row;
    };
    const fileRow = (/** @type {StoredFile} */ file) => {
      const { _id, displayName, _createdDate, sizeInBytes, hash, labels, private: isPrivate, operationStatus } = file;
      const key = keyOf(displayName);
      const created = Number(_createdDate) || 0;
      const isFailed = operationStatus === 'FAILED' || !(Number(sizeInBytes) >= 0);
      /** @type {Row} */
      const row = { order: placeOf(key, created, `1${_id}`), key, kind: 'file', id: _id, name: displayName, size: Number(sizeInBytes), modified: created };
      return Object.assign(row, hash && { hash }, labels?.length && { labels }, isPrivate && { isPrivate }, isFailed && { isFailed }, isDetailed && { details: detailsOf(file) });
    };
    return sorted(rows(), scratch);
  }

  /**
   * The entries of a folder and those below it.
   *
   * @param {Promise<Awaited<ReturnType<typeof rowsOf>>>} listing
   * @param {string} prefix
   * @param {string[]} trail
   * @param {ListOptions} options
   * @returns {AsyncGenerator<Entry, void, undefined>}
   */
  async function* list(listing, prefix, trail, options) {
    const rows = await listing;
    /** @type {Map<string, typeof listing>} */
    const ahead = new Map();
    const folders = Array.isArray(rows) ? rows.filter(({ kind }) => kind === 'folder') : [];
    let next = 0;
    const look = () => {
      while (ahead.size < AHEAD && next < folders.length) {
        const { id } = folders[next];
        next += 1;
        if (trail.includes(id)) continue;
        const started = rowsOf(id, options);
        started.catch(() => {});
        ahead.set(id, started);
      }
    };
    for await (const { id, kind, key, name, size, modified, hash, labels, isPrivate, isFailed, details } of numbered(rows, options)) {
      options.signal.throwIfAborted();
      const path = below(prefix, key);
      if (kind === 'file') {
        /** @type {Entry} */
        const entry = { path, kind, name, size: Math.max(size, 0), version: versionOf(id, hash), modified, id, details };
        yield Object.assign(entry, hash && { hash }, labels && { labels }, isPrivate && { isPrivate }, isFailed && { skipped: 'a file that the service could not process' });
        continue;
      }
      look();
      const started = ahead.get(id) ?? rowsOf(id, options);
      // Whoever reads the listing may end before it is needed.
      started.catch(() => {});
      ahead.delete(id);
      known.set(path, id);
      yield { path, kind, name, size, version: id === TRASH_ID ? '' : id, modified, id };
      // A folder that is moved during the listing can turn up below itself.
      if (!trail.includes(id)) yield* list(started, path, [...trail, id], options);
    }
  }

  /**
   * Rows with keys that differ: the oldest of several has its own, the others are numbered.
   *
   * @param {Row[] | AsyncIterable<Row>} rows
   * @param {ListOptions} options
   * @returns {AsyncGenerator<Row, void, undefined>}
   */
  async function* numbered(rows, { order, retiring, pins }) {
    /** @type {Row[]} */
    let group = [];
    /**
     * Numbered rows, whose keys come later than those of their group.
     *
     * @type {Row[]}
     */
    const waiting = [];
    const settle = () => {
      // An old version is gone where its successor has come.
      const gone = supersededOf(group, retiring, Boolean(journal?.isMd5));
      for (const { id } of gone) retired.push({ id, isPermanent: false });
      const rest = group.filter((row) => !gone.includes(row)).sort((one, other) => (one.kind === other.kind ? 0 : one.kind === 'folder' ? -1 : 1));
      group = [];
      if (rest.length < 2) return rest;
      const numbers = numbersOf(rest, pins);
      for (const [index, row] of rest.entries()) {
        if (numbers[index] === 1) continue;
        const key = numberedKey(row.key, numbers[index]);
        waiting.push({ ...row, key, order: order(key) });
      }
      waiting.sort((one, other) => (one.order < other.order ? -1 : 1));
      return rest.filter((_, index) => numbers[index] === 1);
    };
    for await (const row of rows) {
      const place = order(row.key);
      if (group.length > 0 && order(group[0].key) !== place) yield* settle();
      while (waiting.length > 0 && waiting[0].order < place) yield /** @type {Row} */ (waiting.shift());
      group.push(row);
    }
    yield* settle();
    yield* waiting;
  }

  /**
   * Creates a folder. If the answer is lost, the folder may be there: one of its name that nobody has seen before is it.
   *
   * @param {string} name
   * @param {string} parentFolderId
   */
  async function createFolder(name, parentFolderId) {
    const create = async () => (await client.folders.createFolder(name, { parentFolderId })).folder._id;
    try {
      return await create();
    } catch (error) {
      if (/** @type {{ retry?: string }} */ (error).retry !== 'maybe') throw error;
      const seen = new Set([...known.values(), ...ownIds]);
      for await (const { _id, displayName } of client.folders.listFolders({ parentFolderId, paging: { limit: PAGE_SIZE } })) {
        if (displayName === name && !seen.has(_id)) return _id;
      }
      return create();
    }
  }

  /**
   * Whether a folder holds nothing but what this run has deleted, or is about to.
   *
   * @param {string} parentFolderId
   * @param {string[]} doomed Ids of folders that are deleted with it.
   */
  async function isEmpty(parentFolderId, doomed) {
    const options = { parentFolderId, paging: { limit: PAGE_SIZE } };
    for (const listing of [client.folders.listFolders(options), client.files.listFiles(options)]) {
      for await (const { _id } of listing) if (!deleted.has(_id) && !doomed.includes(_id)) return false;
    }
    return true;
  }

  /** @type {Place['store']} */
  async function store(entry, taken, old, { signal, progress, isPermanent }) {
    const { name } = entry;
    // A plain folder knows neither labels nor private files: those of the old version stay.
    const { labels, isPrivate } = hasDetails(entry) ? entry : (old ?? entry);
    const isDiscarded = isTrash(folderOf(entry.path));
    const parentFolderId = isDiscarded ? await stage() : await idOf(folderOf(entry.path));
    const oldId = /** @type {string} */ (old?.id);
    /** @type {Retirement} */
    const about = { size: entry.size };
    if (old && journal) {
      const hash = taken.hash ?? (entry.size <= MAX_HASHED_SIZE ? await md5Of(taken.file, signal) : undefined);
      if (hash !== undefined) about.hash = hash;
      await journal.retire(oldId, about);
    }
    const onProgress = (/** @type {{ confirmed: number }} */ { confirmed }) => progress(confirmed);
    const pace = bandwidth && ((/** @type {number} */ bytes) => bandwidth.up(bytes, signal));
    const from = pace ? Object.assign(pathToFileURL(taken.file), { pace }) : taken.file;
    const uploading = client.uploads.upload(from, { parentFolderId, displayName: name, labels, private: isPrivate, signal, stallMs, onProgress });
    let file = await uploading.catch(async (error) => {
      // After any other failure the file may have arrived, even if the last call can be repeated safely.
      if (old && error?.retry === 'never') await journal?.retired([oldId]);
      throw error;
    });
    if (old) await journal?.replaced(oldId, { ...about, by: file._id });
    // An upload gives a name the extension of its type.
    if (file.displayName !== name) file = await client.files.updateFileDescriptor({ _id: file._id, displayName: name });
    if (isDiscarded) discarded.push(file._id);
    if (old) {
      retired.push({ id: oldId, isPermanent });
      if (retired.length >= MAX_RETIRING) await flush();
    }
    const { _id: id, hash, sizeInBytes, _createdDate } = file;
    return { ...entry, at: undefined, id, hash, size: Number(sizeInBytes), version: versionOf(id, hash), modified: Number(_createdDate), details: detailsOf(file) };
  }

  /** Takes files to the trash that belong there. */
  async function discard() {
    const parentFolderId = await (staged ?? staging);
    if (parentFolderId === undefined) return;
    const files = await client.files.listFiles({ parentFolderId, paging: { limit: PAGE_SIZE } }).toArray();
    const ids = [...new Set([...discarded, ...files.map(({ _id }) => _id)])];
    for (const batch of batchesOf(ids, FILES_PER_CALL)) await client.files.bulkDeleteFiles(batch);
    // Deleted permanently, it could take its files with it that are in the trash.
    await client.folders.bulkDeleteFolders([parentFolderId], { permanent: false });
  }

  /** Deletes the files that have been replaced. */
  async function flush() {
    const old = retired;
    retired = [];
    for (const isPermanent of [false, true]) {
      const all = old.filter((each) => each.isPermanent === isPermanent).map(({ id }) => id);
      for (const ids of batchesOf(all, FILES_PER_CALL)) {
        await client.files.bulkDeleteFiles(ids, { permanent: isPermanent });
        await journal?.retired(ids);
      }
    }
  }

  const incoming = downloader(client, { bandwidth, stallMs, isMd5: () => Boolean(journal?.isMd5) });

  return {
    kind: 'site',
    label,
    identity: `site:${root.siteId ?? ''}:${Number(root._createdDate) || 0}:${isTop ? ROOT : `/${path.split('/').filter(Boolean).join('/')}`}`,
    isFolded: false,
    directory,
    follow(own) {
      journal = own;
    },

    async setLabels({ id }, labels) {
      await client.files.updateFileDescriptor({ _id: id, labels });
    },

    async prepare() {
      top ??= (await client.paths.ensure(path))._id;
    },

    async *list(options) {
      if (top === undefined) return;
      yield* list(rowsOf(top, options), '', [top], options);
    },

    async digest(entry, signal) {
      const response = await client.downloads.file(/** @type {string} */ (entry.id), { verify: false, signal, stallMs });
      const hash = createHash('md5');
      for await (const piece of /** @type {AsyncIterable<Uint8Array>} */ (/** @type {unknown} */ (response.body ?? []))) {
        await bandwidth?.down(piece.length, signal);
        hash.update(piece);
      }
      return hash.digest('hex');
    },

    take: incoming.take,

    async makeFolder(entry) {
      const { path: own, name } = entry;
      if (isTrash(own)) {
        made.set(own, Promise.resolve(TRASH_ID));
        return { ...entry, id: TRASH_ID, version: '', at: undefined };
      }
      const creating = makeInTurn(below(folderOf(own), keyOf(name)), async () => {
        const id = await createFolder(name, await idOf(folderOf(own)));
        ownIds.add(id);
        return id;
      });
      creating.catch(() => {});
      made.set(own, creating);
      const id = await creating;
      return { ...entry, id, version: id, at: undefined };
    },

    store: (entry, ...given) => storeInTurn(below(folderOf(entry.path), keyOf(entry.name)), () => store(entry, ...given)),

    async move(old, entry) {
      const id = /** @type {string} */ (old.id);
      const [isDiscarded, wasDiscarded] = [entry, old].map(({ path: own }) => isTrash(folderOf(own)));
      if (wasDiscarded && !isDiscarded) await client.files.bulkRestoreFilesFromTrashBin([id]);
      if (isDiscarded) {
        if (!wasDiscarded) await client.files.bulkDeleteFiles([id]);
        return { ...old, path: entry.path, name: entry.name };
      }
      const parentFolderId = !wasDiscarded && folderOf(old.path) === folderOf(entry.path) ? undefined : await idOf(folderOf(entry.path));
      const displayName = old.name === entry.name ? undefined : entry.name;
      await client.files.updateFileDescriptor({ _id: old.id, displayName, parentFolderId, ...(hasDetails(entry) && { labels: entry.labels ?? [] }) });
      return { ...old, path: entry.path, name: entry.name };
    },

    async moveFolder(old, entry) {
      const parentFolderId = folderOf(old.path) === folderOf(entry.path) ? undefined : await idOf(folderOf(entry.path));
      const displayName = old.name === entry.name ? undefined : entry.name;
      const id = /** @type {string} */ (old.id);
      await client.folders.updateFolder(id, { displayName, parentFolderId });
      for (const ids of [known, made]) {
        for (const [path, own] of [...ids]) {
          if (path !== old.path && !isBelow(path, old.path)) continue;
          ids.delete(path);
          /** @type {Map<string, unknown>} */ (ids).set(entry.path + path.slice(old.path.length), own);
        }
      }
      return { ...old, path: entry.path, name: entry.name };
    },

    async remove(entries, { isPermanent, mustBeEmpty }) {
      const left = entries.filter(({ id }) => !deleted.has(id));
      const files = left.filter(({ kind }) => kind === 'file');
      for (const ids of batchesOf(files.map(idOfEntry), FILES_PER_CALL)) {
        await client.files.bulkDeleteFiles(ids, { permanent: isPermanent });
        for (const id of ids) deleted.add(id);
      }
      const kept = new Map();
      /** @type {string[]} */
      const folders = [];
      for (const entry of left) {
        if (entry.kind === 'file') continue;
        const id = idOfEntry(entry);
        if (mustBeEmpty && !(await isEmpty(id, folders))) kept.set(entry, 1);
        else folders.push(id);
      }
      for (const ids of batchesOf(folders, FOLDERS_PER_CALL)) {
        await client.folders.bulkDeleteFolders(ids, { permanent: isPermanent });
        for (const id of ids) deleted.add(id);
      }
      return kept;
    },

    async flush() {
      await flush();
      await discard();
    },

    close: incoming.close,
  };
}

/**
 * Makes the function that runs work of one key piece by piece, in the order of the calls. A piece that fails does not stop the
 * next one.
 */
function inTurn() {
  /** @type {Map<string, Promise<unknown>>} */
  const last = new Map();
  /**
   * @template Result
   * @param {string} key
   * @param {() => Promise<Result>} work
   * @returns {Promise<Result>}
   */
  return async (key, work) => {
    const before = last.get(key);
    const piece = (async () => {
      await before?.catch(() => {});
      return work();
    })();
    last.set(key, piece);
    try {
      return await piece;
    } finally {
      if (last.get(key) === piece) last.delete(key);
    }
  };
}

/**
 * The numbers of items of one name: those of an earlier run, the lowest that are free for the rest.
 *
 * @param {Row[]} rows
 * @param {ReadonlyMap<string, number>} pins
 */
function numbersOf(rows, pins) {
  const pinned = rows.map(({ id }) => pins.get(id));
  const numbers = pinned.map((number, index) => (number !== undefined && pinned.indexOf(number) === index ? number : undefined));
  let next = 1;
  return numbers.map((number) => {
    if (number !== undefined) return number;
    while (numbers.includes(next)) next += 1;
    next += 1;
    return next - 1;
  });
}

/**
 * The files of one name that others of it have replaced. Each replaces one.
 *
 * @param {Row[]} group From the oldest to the newest.
 * @param {ReadonlyMap<string, Retirement>} retiring
 * @param {boolean} isMd5 Whether the hashes of the service are MD5 digests.
 */
function supersededOf(group, retiring, isMd5) {
  const taken = new Set();
  return group.filter(({ id, kind }, index) => {
    const about = retiring.get(id);
    if (kind !== 'file' || !about) return false;
    const { by, size, hash } = about;
    const successor = group.find((other, at) => {
      if (other.kind !== 'file' || taken.has(other.id)) return false;
      if (by !== undefined) return other.id === by;
      if (at <= index || retiring.has(other.id) || other.size !== size) return false;
      return !(isMd5 && hash !== undefined && other.hash !== undefined) || other.hash === hash;
    });
    if (successor) taken.add(successor.id);
    return successor !== undefined;
  });
}

/**
 * The MD5 digest of a file of this machine.
 *
 * @param {string} file
 * @param {AbortSignal} signal
 */
async function md5Of(file, signal) {
  const digest = createHash('md5');
  for await (const piece of createReadStream(file, { signal })) digest.update(piece);
  return digest.digest('hex');
}
