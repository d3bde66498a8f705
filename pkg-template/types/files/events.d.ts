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
  /** Your own data about the upload or import. */
  externalInfo?: ExternalInfo;
  /** Whether the file was restored from the trash; `false` after an upload or import. */
  triggeredByUndelete?: boolean;
}

/** Body of {@link files.onFileDescriptorFileFailed}. It has no file: use `metadata.entityId`. */
export interface FileFailed {
  /** Your own data about the upload or import. */
  externalInfo?: ExternalInfo;
  /** The error. */
  error?: ApplicationError;
}

/** The event that a handler of {@link files.onFileDescriptorFileReady} receives. */
export interface FileDescriptorFileReadyEnvelope {
  /** The file and your own data. */
  data: FileReady;
  /** Metadata of the event. */
  metadata: EventMetadata;
}

/** The event that a handler of {@link files.onFileDescriptorFileFailed} receives. */
export interface FileDescriptorFileFailedEnvelope {
  /** The error and your own data. */
  data: FileFailed;
  /** Metadata of the event. */
  metadata: EventMetadata;
}

/** The event that a handler of {@link files.onFileDescriptorUpdated} receives. */
export interface FileDescriptorUpdatedEnvelope {
  /** The file after the change. */
  entity: FileDescriptor;
  /** Metadata of the event. */
  metadata: EventMetadata;
  /** The members that changed, with their values before the change. */
  modifiedFields?: PlainObject;
}

/** The event that a handler of {@link files.onFileDescriptorDeleted} receives. */
export interface FileDescriptorDeletedEnvelope {
  /** The deleted file, if the service sends it. */
  entity?: FileDescriptor;
  /** Metadata of the event, with `movedToTrash`. */
  metadata: DeletedEventMetadata;
}
