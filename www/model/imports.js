// Files that the service fetches from addresses. A task follows each until it is ready.
/** @import { FileDescriptor } from 'wix-media.v2' */
/** @import { Calls } from './calls.js' */
/** @import { Jobs } from './jobs.js' */
/** @import { Effects, Reports } from './outcome.js' */
import { callSource } from '../text/code.js';
import { say } from '../text/language.js';
import { fileItem, named } from './item.js';
import { reportFailure } from './outcome.js';
import { pause } from './pause.js';
import { isFinal } from './refusal.js';
import { Task } from './task.js';

/** Milliseconds until a file is asked for again after the service did not answer. */
const RETRY_DELAY = 3000;

export class Imports {
  #calls;
  #jobs;
  #effects;
  #reports;

  /**
   * @param {Calls} calls
   * @param {Jobs} jobs The jobs of the place, which show the imports.
   * @param {Effects} effects
   * @param {Reports} reports
   */
  constructor(calls, jobs, effects, reports) {
    this.#calls = calls;
    this.#jobs = jobs;
    this.#effects = effects;
    this.#reports = reports;
  }

  /** @param {string} name */
  #imported(name) {
    this.#reports.done(say`“${name}” imported.`);
    this.#effects.announce();
  }

  /**
   * Has the service fetch a file. Resolves when the service has accepted that; a task follows the file until it is ready.
   *
   * @param {string} url
   * @param {{ displayName?: string, parentFolderId: string, isPrivate: boolean }} given
   */
  async importUrl(url, given) {
    const { displayName, parentFolderId, isPrivate } = given;
    const options = { ...(displayName && { displayName }), parentFolderId, ...(isPrivate && { private: true }) };
    const { file } = await this.#calls.run(
      {
        title: say`Import ${url}`,
        names: ['files'],
        source: `${callSource('const { file } = await files.importFile', [url, options])};`,
      },
      (client, call) => client.files.importFile(url, options, call),
    );
    this.#effects.fileAdded(file);
    this.#effects.announce();
    this.#followImport(file, () => this.importUrl(url, given).catch((error) => reportFailure(this.#reports, say`Not imported`, error)));
    return file;
  }

  /**
   * Waits until an imported file is ready, as a task.
   *
   * @param {FileDescriptor} file
   * @param {() => unknown} again Imports it once more.
   * @returns {Promise<void>}
   */
  async #followImport(file, again) {
    const id = String(file._id);
    const name = String(file.displayName);
    const about = { title: say`Is “${name}” ready?`, names: ['uploads'], quiet: true, source: `${callSource('await uploads.waitUntilReady', [id])};` };
    const task = new Task({
      doing: say`Importing “${name}”`,
      failed: say`“${name}” was not imported`,
      perform: (controller) => this.#untilReady(id, { ...about, controller }),
      onDone: () => this.#imported(name),
      onCancel: () => this.#dropImport(file),
      retry: async () => {
        const { code, status } = /** @type {{ code?: string, status?: number }} */ (Object(task.error));
        // Any other error is of the question and not of the file, which may be ready by now.
        if (code !== 'FILE_FAILED' && status !== 404) return this.#followImport(file, again);
        if (code === 'FILE_FAILED') await this.#dropImport(file);
        await again();
      },
    });
    await this.#jobs.perform(task);
    // A failed file shows that it has failed.
    if (task.state === 'failed') this.#effects.refresh();
  }

  /**
   * Shows a file once it is ready. A lost connection says nothing about the file, so it is asked for again.
   *
   * @param {string} id
   * @param {Parameters<Calls['run']>[0] & { controller: AbortController }} about
   */
  async #untilReady(id, about) {
    const { signal } = about.controller;
    for (;;) {
      try {
        this.#effects.fileChanged(await this.#calls.run(about, (client) => client.uploads.waitUntilReady(id, { signal })));
        return;
      } catch (error) {
        const { code } = /** @type {{ code?: string }} */ (Object(error));
        if (signal.aborted || code === 'FILE_FAILED' || isFinal(error)) throw error;
        await pause(RETRY_DELAY, signal);
      }
    }
  }

  /**
   * Deletes a file that was not imported, and so has no content.
   *
   * @param {FileDescriptor} file
   */
  async #dropImport(file) {
    const item = fileItem(file);
    this.#effects.removed([item], () => true);
    const about = {
      title: say`Cancel the import of ${named([item])}`,
      names: ['files'],
      source: `${callSource('await files.bulkDeleteFiles', [[item.id], { permanent: true }])};`,
    };
    try {
      await this.#calls.run(about, (client, call) => client.files.bulkDeleteFiles([item.id], { permanent: true }, call));
      this.#effects.announce();
    } catch (error) {
      reportFailure(this.#reports, say`Not deleted`, error);
      this.#effects.refresh();
    }
  }
}
