import type { PlainObject } from '../calls.js';
import type { DeletedEventMetadata, EventMetadata } from '../shared/events.js';
import type { Folder } from './folder.js';
import type { folders } from './functions.js';

// ---------------------------------------------------------------------------------------------------------------------
// Events of folders
// ---------------------------------------------------------------------------------------------------------------------

/** The event that a handler of {@link folders.onFolderCreated} receives. */
export interface FolderCreatedEnvelope {
  /** The new or restored folder. */
  entity: Folder;
  /** Metadata of the event. */
  metadata: EventMetadata;
}

/** The event that a handler of {@link folders.onFolderUpdated} receives. */
export interface FolderUpdatedEnvelope {
  /** The folder after the change. */
  entity: Folder;
  /** Metadata of the event. */
  metadata: EventMetadata;
  /** The members that changed, with their values before the change. */
  modifiedFields?: PlainObject;
}

/** The event that a handler of {@link folders.onFolderDeleted} receives. */
export interface FolderDeletedEnvelope {
  /** The deleted folder, if the service sends it. */
  entity?: Folder;
  /** Metadata of the event, with `movedToTrash`. */
  metadata: DeletedEventMetadata;
}
