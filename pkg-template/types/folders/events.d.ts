import type { PlainObject } from '../calls.js';
import type { DeletedEventMetadata, EventMetadata } from '../shared/events.js';
import type { Folder } from './folder.js';
import type { folders } from './functions.js';

// ---------------------------------------------------------------------------------------------------------------------
// Events of folders
// ---------------------------------------------------------------------------------------------------------------------

/** What a handler of {@link folders.onFolderCreated} receives. */
export interface FolderCreatedEnvelope {
  /** The new or restored folder. */
  entity: Folder;
  /** About the event. */
  metadata: EventMetadata;
}

/** What a handler of {@link folders.onFolderUpdated} receives. */
export interface FolderUpdatedEnvelope {
  /** The folder after the change. */
  entity: Folder;
  /** About the event. */
  metadata: EventMetadata;
  /** The members that changed, with their values before the change. */
  modifiedFields?: PlainObject;
}

/** What a handler of {@link folders.onFolderDeleted} receives. */
export interface FolderDeletedEnvelope {
  /** The folder as it was, when the service sent it. */
  entity?: Folder;
  /** About the event, with `movedToTrash`. */
  metadata: DeletedEventMetadata;
}
