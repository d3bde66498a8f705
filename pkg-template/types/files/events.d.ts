import type { PlainObject } from '../calls.js';
import type { DeletedEventMetadata, EventMetadata } from '../shared/events.js';
import type { ExternalInfo, FileDescriptor } from './descriptor.js';
import type { ApplicationError } from './refusals.js';
import type { files } from './functions.js';

// ---------------------------------------------------------------------------------------------------------------------
// Events of files
// ---------------------------------------------------------------------------------------------------------------------

/** Body of {@link files.onFileDescriptorFileReady}. */
export interface FileReady {
  /** The file. */
  file?: FileDescriptor;
  /** Your own note of the upload or import. */
  externalInfo?: ExternalInfo;
  /** Whether the file came back from the trash; `false` after an upload or import. */
  triggeredByUndelete?: boolean;
}

/** Body of {@link files.onFileDescriptorFileFailed}. It holds no file: use `metadata.entityId`. */
export interface FileFailed {
  /** Your own note of the upload or import. */
  externalInfo?: ExternalInfo;
  /** What went wrong. */
  error?: ApplicationError;
}

/** What a handler of {@link files.onFileDescriptorFileReady} receives. */
export interface FileDescriptorFileReadyEnvelope {
  /** The file and your own note. */
  data: FileReady;
  /** About the event. */
  metadata: EventMetadata;
}

/** What a handler of {@link files.onFileDescriptorFileFailed} receives. */
export interface FileDescriptorFileFailedEnvelope {
  /** The error and your own note. */
  data: FileFailed;
  /** About the event. */
  metadata: EventMetadata;
}

/** What a handler of {@link files.onFileDescriptorUpdated} receives. */
export interface FileDescriptorUpdatedEnvelope {
  /** The file after the change. */
  entity: FileDescriptor;
  /** About the event. */
  metadata: EventMetadata;
  /** The members that changed, with their values before the change. */
  modifiedFields?: PlainObject;
}

/** What a handler of {@link files.onFileDescriptorDeleted} receives. */
export interface FileDescriptorDeletedEnvelope {
  /** The file as it was, when the service sent it. */
  entity?: FileDescriptor;
  /** About the event, with `movedToTrash`. */
  metadata: DeletedEventMetadata;
}
