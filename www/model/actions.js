// What can be done with folders and files. Each action is a few calls of the package, told to the panel, with a way back
// where there is one.
import { areaOfTop } from './listing.js';
import { callSource, javascript } from '../text/code.js';
import { amount } from '../text/words.js';

/** Calls that are under way at the same time when there is one call for each item. */
const AT_ONCE = 4;
/** Most ids of a call, contract/model.md 11. */
const MOST = { file: 1000, folder: 100 };

const idsOf = (items, kind) => items.filter((one) => one.kind === kind).map(({ id }) => id);

/** Items in numbers. */
export const tally = (items) => ({ files: idsOf(items, 'file').length, folders: idsOf(items, 'folder').length });

/** “river.jpg”, or how many of what. */
export const named = (items) => (items.length === 1 ? `“${items[0].name}”` : amount(tally(items)));

function chunks(ids, length) {
  const made = [];
  for (let at = 0; at < ids.length; at += length) made.push(ids.slice(at, at + length));
  return made;
}

/** Ids as source text; of very many the first are enough to learn from. */
const written = (ids) => (ids.length <= 12 ? javascript(ids) : `[\n${ids.slice(0, 10).map((id) => `  ${javascript(id)},\n`).join('')}  // … and ${ids.length - 10} more\n]`);

/** The steps of a call for many files and folders: the source, the groups that it uses, and the work. */
function bulk(items, functions, extra) {
  const source = [];
  const work = [];
  const names = [];
  for (const [kind, group] of [['file', 'files'], ['folder', 'folders']]) {
    const ids = idsOf(items, kind);
    if (ids.length === 0) continue;
    const name = functions[kind];
    names.push(group);
    source.push(`await ${group}.${name}(${written(ids)}${extra ? `, ${javascript(extra)}` : ''});`);
    for (const part of chunks(ids, MOST[kind])) {
      work.push((client, options) => client[group][name](...(extra ? [part, extra] : [part]), options));
    }
  }
  return { names, source: source.join('\n'), work: async (client, options) => { for (const step of work) await step(client, options); } };
}

/** Runs a function for each item, a few at a time. Rejects with the first failure when all have been tried. */
async function each(items, work) {
  const left = [...items];
  const failures = [];
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      try {
        await work(next);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (failures.length > 0) throw failures[0];
}

/** `page` is what page.js makes of the place, the view, the selection and the messages. */
export class Actions {
  #page;
  #undo;

  constructor(page) {
    this.#page = page;
  }

  /** Takes back what was done last. */
  async undo() {
    const undo = this.#undo;
    this.#undo = undefined;
    if (undo) await undo();
    else this.#page.toasts.say('There is nothing to undo.');
  }

  /** Says what was done, with a way back. */
  #done(text, undo) {
    this.#undo = undo;
    this.#page.toasts.say(text, undo && { action: { label: 'Undo', act: () => this.undo() } });
    this.#page.announceChange();
  }

  /** Says what failed, and shows things as they really are. */
  #failed(what, error) {
    if (error?.name === 'AbortError') return;
    this.#page.toasts.say(`${what}: ${this.#page.reason(error)}`, { isBad: true });
    this.#page.refresh();
  }

  async createFolder(displayName, parentFolderId) {
    const args = [displayName, { parentFolderId }];
    const { folder } = await this.#page.calls.run(
      {
        title: `Create the folder “${displayName}”`,
        names: ['folders'],
        source: `${callSource('const { folder } = await folders.createFolder', args)};`,
      },
      (client, options) => client.folders.createFolder(...args, options),
    );
    this.#page.folderMade(folder);
    this.#done(`“${displayName}” is made.`);
    return folder;
  }

  async importUrl(url, { displayName, parentFolderId, isPrivate }) {
    const options = { ...(displayName && { displayName }), parentFolderId, ...(isPrivate && { private: true }) };
    const { file } = await this.#page.calls.run(
      { title: `Import ${url}`, names: ['files'], source: `${callSource('const { file } = await files.importFile', [url, options])};` },
      (client, callOptions) => client.files.importFile(url, options, callOptions),
    );
    this.#page.fileArrived(file);
    this.#done(`“${file.displayName}” is being fetched.`);
    return file;
  }

  async rename(item, name, { isUndo = false } = {}) {
    const isFile = item.kind === 'file';
    const args = isFile ? [{ _id: item.id, displayName: name }] : [item.id, { displayName: name }];
    // The new name shows at once; a refusal brings the old one back.
    this.#page.changed(item.kind, { ...item.value, displayName: name });
    try {
      const value = await this.#page.calls.run(
        {
          title: `Rename “${item.name}” to “${name}”`,
          names: [isFile ? 'files' : 'folders'],
          source: `${callSource(isFile ? 'await files.updateFileDescriptor' : 'await folders.updateFolder', args)};`,
        },
        (client, options) => (isFile ? client.files.updateFileDescriptor(...args, options) : client.folders.updateFolder(...args, options)),
      );
      this.#page.changed(item.kind, value);
      if (!isUndo) this.#done(`Renamed to “${name}”.`, () => this.rename({ ...item, name }, item.name, { isUndo: true }));
    } catch (error) {
      this.#page.changed(item.kind, item.value);
      this.#failed('It keeps its name', error);
    }
  }

  async label(file, labels) {
    const args = [{ _id: file._id, labels }];
    const value = await this.#page.calls.run(
      {
        title: `Label “${file.displayName}”`,
        names: ['files'],
        source: `${callSource('await files.updateFileDescriptor', args)};`,
      },
      (client, options) => client.files.updateFileDescriptor(...args, options),
    );
    this.#page.changed('file', value);
    return value;
  }

  /** Moves items into a folder. */
  async move(items, folderId, { isUndo = false } = {}) {
    const top = areaOfTop(folderId);
    if (top === 'trash') return this.trash(items);
    const moving = items.filter(({ value, id }) => value.parentFolderId !== folderId && id !== folderId);
    if (moving.length === 0) return undefined;
    const before = moving.map((item) => ({ item, from: item.value.parentFolderId }));
    return this.#move(moving.map((item) => ({ item, to: folderId })), isUndo ? undefined : () => this.#move(before.map(({ item, from }) => ({ item, to: from }))));
  }

  async #move(steps, undo) {
    const items = steps.map(({ item }) => item);
    const lines = steps.slice(0, 6).map(({ item, to }) =>
      item.kind === 'file'
        ? `await files.updateFileDescriptor(${javascript({ _id: item.id, parentFolderId: to })});`
        : `await folders.updateFolder(${javascript(item.id)}, ${javascript({ parentFolderId: to })});`,
    );
    if (steps.length > lines.length) lines.push(`// … and ${steps.length - lines.length} more`);
    const { files, folders } = tally(items);
    const names = [...(files > 0 ? ['files'] : []), ...(folders > 0 ? ['folders'] : [])];
    this.#page.gone(items);
    try {
      await this.#page.calls.run({ title: `Move ${named(items)}`, names, source: lines.join('\n') }, (client, options) =>
        each(steps, ({ item, to }) =>
          item.kind === 'file'
            ? client.files.updateFileDescriptor({ _id: item.id, parentFolderId: to }, options)
            : client.folders.updateFolder(item.id, { parentFolderId: to }, options),
        ),
      );
      this.#done(undo ? `${named(items)} moved.` : `${named(items)} moved back.`, undo);
    } catch (error) {
      this.#failed(items.length === 1 ? 'It stays where it is' : 'Not everything could be moved', error);
    } finally {
      this.#page.foldersChanged();
      this.#page.refresh();
    }
  }

  async trash(items) {
    if (items.length === 0) return;
    const { source, names, work } = bulk(items, { file: 'bulkDeleteFiles', folder: 'bulkDeleteFolders' });
    this.#page.gone(items);
    try {
      await this.#page.calls.run({ title: `Move ${named(items)} to the trash`, names, source }, work);
      this.#done(`${named(items)} moved to the trash.`, () => this.restore(items));
    } catch (error) {
      this.#failed('It could not be deleted', error);
    } finally {
      if (tally(items).folders > 0) this.#page.foldersChanged();
    }
  }

  async restore(items) {
    if (items.length === 0) return;
    const { source, names, work } = bulk(items, { file: 'bulkRestoreFilesFromTrashBin', folder: 'bulkRestoreFoldersFromTrashBin' });
    this.#page.gone(items, { from: 'trash' });
    try {
      await this.#page.calls.run({ title: `Restore ${named(items)}`, names, source }, work);
      this.#done(`${named(items)} restored.`, () => this.trash(items));
    } catch (error) {
      this.#failed('It could not be restored', error);
    } finally {
      this.#page.foldersChanged();
      this.#page.refresh();
    }
  }

  /** The third use case of the package as one call. */
  async restoreAll(mediaTypes) {
    const what = mediaTypes?.[0] === 'IMAGE' ? 'all images' : 'everything';
    const args = mediaTypes ? [{ mediaTypes }] : [];
    try {
      const result = await this.#page.calls.run(
        { title: `Restore ${what}`, names: ['trash'], source: `${callSource('await trash.restoreAll', args)};` },
        (client, { signal }) => client.trash.restoreAll({ ...args[0], signal }),
      );
      this.#done(`${what[0].toUpperCase()}${what.slice(1)} restored.`);
      return result;
    } catch (error) {
      this.#failed('Not everything could be restored', error);
    } finally {
      this.#page.foldersChanged();
      this.#page.refresh();
    }
    return undefined;
  }

  /** What a permanent deletion would take: `{ files, folders, bytes }`. */
  plan(items) {
    const given = { fileIds: idsOf(items, 'file'), folderIds: idsOf(items, 'folder') };
    return this.#page.calls.run(
      { title: `What deleting ${named(items)} would take`, names: ['trash'], source: `${callSource('const plan = await trash.plan', [given])};` },
      (client, options) => client.trash.plan(given, options),
    );
  }

  /** Deletes for good. Rejects when it fails, since somebody is waiting before the question. */
  async purge(items) {
    const { source, names, work } = bulk(items, { file: 'bulkDeleteFiles', folder: 'bulkDeleteFolders' }, { permanent: true });
    await this.#page.calls.run({ title: `Delete ${named(items)} for good`, names, source }, work);
    this.#page.gone(items);
    this.#page.foldersChanged();
    this.#done(`${named(items)} deleted for good.`);
    return true;
  }

  /** Saves items: a file as it is, several or a folder as a zip. */
  async download(items) {
    try {
      const [first] = items;
      if (items.length === 1 && first.kind === 'file') {
        const { downloadUrls } = await this.temporaryLink(first.value, { contentDisposition: 'ATTACHMENT' });
        this.#page.save(downloadUrls[0].url, first.name);
        return;
      }
      const folders = items.filter(({ kind }) => kind === 'folder');
      for (const folder of folders) {
        const { downloadUrl } = await this.#page.calls.run(
          {
            title: `Zip of the folder “${folder.name}”`,
            names: ['folders'],
            source: `${callSource('const { downloadUrl } = await folders.generateFolderDownloadUrl', [folder.id])};`,
          },
          (client, options) => client.folders.generateFolderDownloadUrl(folder.id, options),
        );
        this.#page.save(downloadUrl, `${folder.name}.zip`);
      }
      const ids = idsOf(items, 'file');
      if (ids.length === 0) return;
      const { downloadUrl } = await this.#page.calls.run(
        {
          title: `Zip of ${amount({ files: ids.length })}`,
          names: ['files'],
          source: `const { downloadUrl } = await files.generateFilesDownloadUrl(${written(ids)});`,
        },
        (client, options) => client.files.generateFilesDownloadUrl(ids, options),
      );
      this.#page.save(downloadUrl, 'files.zip');
    } catch (error) {
      this.#failed('It could not be downloaded', error);
    }
  }

  /** Links of a file that end with time. */
  temporaryLink(file, given) {
    const args = [file._id, given];
    return this.#page.calls.run(
      {
        title: `A temporary link to “${file.displayName}”`,
        names: ['files'],
        source: `${callSource('const { downloadUrls } = await files.generateFileDownloadUrl', args)};`,
      },
      (client, options) => client.files.generateFileDownloadUrl(...args, options),
    );
  }
}
