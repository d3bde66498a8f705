import type { StateWithLiterals } from '../enums.js';
import type { folders } from './functions.js';

// ---------------------------------------------------------------------------------------------------------------------
// Folders
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A folder of the Media Manager. Only `displayName` and `parentFolderId` can be changed, with
 * {@link folders.updateFolder}.
 */
export interface Folder {
  /** The folder's id, up to 100 characters. */
  _id?: string;
  /** The name shown in the Media Manager, up to 1,000 characters. Can be changed. */
  displayName?: string;
  /** Id of the folder that holds this one, up to 100 characters. Change it to move the folder. Default: `media-root`. */
  parentFolderId?: string;
  /** When the folder was created. */
  _createdDate?: Date | null;
  /** When the folder was last renamed or moved. */
  _updatedDate?: Date | null;
  /** Whether the folder is in use or in the trash. */
  state?: StateWithLiterals;
  /** Id of the site that the folder belongs to. */
  siteId?: string;
}

/** A folder as calls return it: a {@link Folder} with the members that the service always sends. */
export interface StoredFolder extends Folder {
  /** Id of the folder. */
  _id: string;
  /** Name of the folder, as people see it. */
  displayName: string;
  /** Id of the folder that it is in. */
  parentFolderId: string;
  /** Whether the folder is in the trash. */
  state: StateWithLiterals;
  /** Id of the site. */
  siteId: string;
}

/** The argument of {@link folders.updateFolder}: only `displayName` and `parentFolderId` are used. */
export type UpdateFolder = Folder;
