// The state of the page: the place that is open, the view, the listing of it, and the selection.
/** @import { FileDescriptor, Folder } from 'wix-media.v2' */
/** @import { Item } from '../model/item.js' */
/** @import { Listing } from '../model/listing.js' */
/** @import { View } from '../model/view.js' */
/** @import { Absence } from '../model/folders.js' */
/** @import { Session } from './session.js' */
import { TOPS } from '../model/areas.js';
import { isFiltered, passes } from '../model/filters.js';
import { identified } from '../model/identifier.js';
import { Selection } from '../model/selection.js';
import { spansFolders } from '../model/view.js';

export class State {
  /** `undefined` while a place opens. @type {Session | undefined} */
  session;
  /** @type {Listing | undefined} */
  listing;
  selection = new Selection();
  /** Why the folder is not where the view looks for it, if that is so. @type {Absence | undefined} */
  absence;

  /** @param {View} view */
  constructor(view) {
    this.view = view;
  }

  /** The folder that is shown, or that is searched. */
  get folderId() {
    return this.view.folderId ?? TOPS[this.view.area];
  }

  get isTrash() {
    return this.view.area === 'trash';
  }

  /** Whether files can be uploaded to what is shown. */
  get canUpload() {
    return this.session !== undefined && !this.isTrash && !spansFolders(this.view) && !this.absence;
  }

  /** The selected items, in the order of the listing. @returns {Item[]} */
  get selectedItems() {
    const { selection, listing } = this;
    return selection.size === 0 || !listing ? [] : listing.items.filter(({ key }) => selection.has(key));
  }

  /** @param {Folder} folder */
  showsFolder({ parentFolderId }) {
    return this.canUpload && !isFiltered(this.view) && parentFolderId === this.folderId;
  }

  /** @param {FileDescriptor} file */
  showsFile(file) {
    const { parentFolderId, mediaType } = file;
    const { types, filters } = this.view;
    const isOfType = !mediaType || types.length === 0 || types.includes(mediaType);
    // Only a whole list shows what is a copy of what.
    return this.canUpload && parentFolderId === this.folderId && isOfType && !filters?.copies && passes(file, filters, identified, this.session?.favourites);
  }
}
