// One place that is open, and everything that belongs to it and ends with it.
/** @import { Effects, Reports } from '../model/outcome.js' */
/** @import { Place } from '../place/place.js' */
import { Actions } from '../model/actions.js';
import { Calls } from '../model/calls.js';
import { Downloads } from '../model/downloads.js';
import { Favourites } from '../model/favourites.js';
import { Folders } from '../model/folders.js';
import { Imports } from '../model/imports.js';
import { SavedSearches } from '../model/saved-searches.js';
import { TrashSize } from '../model/trash-size.js';
import { UploadQueue } from '../model/upload-queue.js';
import { plural } from '../text/language.js';

export class Session {
  #reports;

  /**
   * @param {Place} place
   * @param {Effects} effects
   * @param {Reports} reports
   */
  constructor(place, effects, reports) {
    this.#reports = reports;
    this.place = place;
    this.calls = new Calls(place);
    this.folders = new Folders(this.calls);
    this.queue = new UploadQueue(place.key, this.calls);
    this.favourites = new Favourites(place.key);
    this.searches = new SavedSearches(place.key);
    this.trashSize = new TrashSize(this.calls);
    this.actions = new Actions(place.key, this.calls, effects, reports);
    this.imports = new Imports(this.calls, this.actions.jobs, effects, reports);
    this.downloads = new Downloads(this.calls, this.actions.jobs, effects);
  }

  /** Ends what belongs to the place, when the page leaves it. */
  async end() {
    this.actions.close();
    this.favourites.close();
    this.searches.close();
    this.trashSize.stop();
    const { resumable, lost } = await this.queue.stop();
    if (resumable > 0) this.#reports.interrupted(plural(resumable, '{0} upload stopped', '{0} uploads stopped'));
    if (lost > 0) this.#reports.lost(plural(lost, '{0} upload ended, and this browser has no copy. Upload it again.', '{0} uploads ended, and this browser has no copy. Upload them again.'));
  }
}
