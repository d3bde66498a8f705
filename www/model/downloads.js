// Files and folders on their way to the person: as they are, as zips, or by a temporary link.
/** @import { FileDescriptor, GenerateFileDownloadUrlOptions } from 'wix-media.v2' */
/** @import { Calls } from './calls.js' */
/** @import { Item } from './item.js' */
/** @import { Jobs } from './jobs.js' */
/** @import { Effects } from './outcome.js' */
import { callSource } from '../text/code.js';
import { say } from '../text/language.js';
import { amount } from '../text/words.js';
import { idsSource } from './id-source.js';
import { idsOf } from './item.js';
import { Task } from './task.js';

/**
 * @typedef {object} Download
 * @property {string} name Of the file that it saves.
 * @property {readonly Item[]} items What is in it.
 * @property {() => Promise<string>} link Makes a temporary link to it.
 */

export class Downloads {
  #calls;
  #jobs;
  #effects;

  /**
   * @param {Calls} calls
   * @param {Jobs} jobs The jobs of the place, which show the zips that the service makes.
   * @param {Effects} effects
   */
  constructor(calls, jobs, effects) {
    this.#calls = calls;
    this.#jobs = jobs;
    this.#effects = effects;
  }

  /**
   * Returns the downloads for some items: a single file as it is, or one zip of all files and one for each folder, because the
   * service cannot zip files and folders together.
   *
   * @param {readonly Item[]} items
   * @returns {Download[]}
   */
  of(items) {
    const [first] = items;
    if (items.length === 1 && first.kind === 'file') {
      return [{ name: first.name, items, link: () => this.temporaryLink(first.value, { contentDisposition: 'ATTACHMENT' }) }];
    }
    /** @type {Download[]} */
    const downloads = items
      .filter(({ kind }) => kind === 'folder')
      .map((folder) => ({ name: `${folder.name}.zip`, items: [folder], link: () => this.#zipOfFolder(folder) }));
    const files = items.filter(({ kind }) => kind === 'file');
    if (files.length > 0) downloads.push({ name: 'files.zip', items: files, link: () => this.#zipOfFiles(idsOf(files, 'file')) });
    return downloads;
  }

  /**
   * Makes a download and saves it, as a task.
   *
   * @param {Download} download
   * @param {(url: string) => Promise<unknown>} save
   */
  async save({ name, link }, save) {
    const task = new Task({
      doing: say`Preparing “${name}”`,
      failed: say`“${name}” was not downloaded`,
      async perform({ signal }) {
        const url = await link();
        if (!signal.aborted) await save(url);
      },
    });
    await this.#jobs.perform(task);
    if (task.state === 'failed') this.#effects.refresh();
  }

  /** @param {Item} folder */
  async #zipOfFolder({ id, name }) {
    const { downloadUrl } = await this.#calls.run(
      {
        title: say`Zip of the folder “${name}”`,
        names: ['folders'],
        source: `${callSource('const { downloadUrl } = await folders.generateFolderDownloadUrl', [id])};`,
      },
      (client, call) => client.folders.generateFolderDownloadUrl(id, call),
    );
    return String(downloadUrl);
  }

  /** @param {string[]} ids */
  async #zipOfFiles(ids) {
    const { downloadUrl } = await this.#calls.run(
      {
        title: say`Zip of ${amount({ files: ids.length })}`,
        names: ['files'],
        source: `const { downloadUrl } = await files.generateFilesDownloadUrl(${idsSource(ids)});`,
      },
      (client, call) => client.files.generateFilesDownloadUrl(ids, call),
    );
    return String(downloadUrl);
  }

  /**
   * Makes a link to a file that expires.
   *
   * @param {FileDescriptor} file
   * @param {GenerateFileDownloadUrlOptions} options
   */
  async temporaryLink(file, options) {
    const id = String(file._id);
    const { downloadUrls } = await this.#calls.run(
      {
        title: say`A temporary link to “${String(file.displayName)}”`,
        names: ['files'],
        source: `${callSource('const { downloadUrls } = await files.generateFileDownloadUrl', [id, options])};`,
      },
      (client, call) => client.files.generateFileDownloadUrl(id, options, call),
    );
    return String(downloadUrls?.[0]?.url);
  }
}
