import type { WebhookIdentityTypeWithLiterals } from '../enums.js';

// ---------------------------------------------------------------------------------------------------------------------
// Events
// ---------------------------------------------------------------------------------------------------------------------

/** The identity that caused an event. `identityType` tells which id is set. */
export interface IdentificationData {
  /** Id of a visitor who was not logged in. */
  anonymousVisitorId?: string;
  /** Id of a member of the site. */
  memberId?: string;
  /** Id of a Wix user. */
  wixUserId?: string;
  /** Id of an app. */
  appId?: string;
  /** Kind of identity. */
  identityType?: WebhookIdentityTypeWithLiterals;
}

/** {@link IdentificationData} without its type. */
export type IdentificationDataIdOneOf = Omit<IdentificationData, 'identityType'>;

/** The account in which an event happened. */
export interface AccountInfo {
  /** Id of the account. */
  accountId?: string | null;
  /** Id of the parent account. */
  parentAccountId?: string | null;
  /** Id of the site. */
  siteId?: string | null;
}

/** The account in which an event happened, as event metadata gives it. */
export interface AccountInfoMetadata {
  /** Id of the account. */
  accountId: string;
  /** Id of the site. */
  siteId?: string;
  /** Id of the parent account. */
  parentAccountId?: string;
}

/** The origin of an event. */
export interface BaseEventMetadata {
  /** Id of the app instance that receives the event. */
  instanceId?: string | null;
  /** Type of the event, such as `wix.media.site_media.v1.file_descriptor_file_ready`. */
  eventType?: string;
  /** Who caused the event. */
  identity?: IdentificationData;
  /** The account in which it happened. */
  accountInfo?: AccountInfo;
}

/**
 * Metadata of every event. Events are delivered at least once, and may be late or out of order: drop repeats by `_id`, and
 * order the events of a file or folder by `entityEventSequence`.
 */
export interface EventMetadata extends BaseEventMetadata {
  /** Id of the event. */
  _id?: string;
  /** `wix.media.site_media.v1.file_descriptor` or `wix.media.site_media.v1.folder`. */
  entityFqdn?: string;
  /** Kind of event: `file_ready`, `file_failed`, `created`, `updated` or `deleted`. */
  slug?: string;
  /** Id of the file or folder. */
  entityId?: string;
  /** When it happened. */
  eventTime?: Date | null;
  /** Whether a privacy request caused it. */
  triggeredByAnonymizeRequest?: boolean | null;
  /** The cause of the event, if it is known. */
  originatedFrom?: string | null;
  /** Increases with every event of the same file or folder. A decimal string. */
  entityEventSequence?: string | null;
  /** The account in which it happened. */
  accountInfo?: AccountInfoMetadata;
}

/** Metadata of every deletion event. */
export interface DeletedEventMetadata extends EventMetadata {
  /** `true`: moved to the trash. `false`: deleted permanently. */
  movedToTrash?: boolean;
}

/** An event as it is sent: metadata and exactly one body. */
export interface DomainEvent extends DomainEventBodyOneOf {
  /** Id of the event. */
  _id?: string;
  /** `wix.media.site_media.v1.file_descriptor` or `wix.media.site_media.v1.folder`. */
  entityFqdn?: string;
  /** Kind of event: `file_ready`, `file_failed`, `created`, `updated` or `deleted`. */
  slug?: string;
  /** Id of the file or folder. */
  entityId?: string;
  /** When it happened. */
  eventTime?: Date | null;
  /** Whether a privacy request caused it. */
  triggeredByAnonymizeRequest?: boolean | null;
  /** The cause of the event, if it is known. */
  originatedFrom?: string | null;
  /** Increases with every event of the same file or folder. A decimal string. */
  entityEventSequence?: string | null;
}

/** The body of an event: exactly one member is set. */
export interface DomainEventBodyOneOf {
  /** Something was created or restored from the trash. */
  createdEvent?: EntityCreatedEvent;
  /** Something was changed. */
  updatedEvent?: EntityUpdatedEvent;
  /** Something was deleted. */
  deletedEvent?: EntityDeletedEvent;
  /** Something else happened. */
  actionEvent?: ActionEvent;
}

/** Something was created or restored from the trash. */
export interface EntityCreatedEvent {
  /** The file or folder, as JSON. */
  entity?: string;
}

/** Something was changed. */
export interface EntityUpdatedEvent {
  /** The file or folder after the change, as JSON. */
  currentEntity?: string;
}

/** Something was deleted. */
export interface EntityDeletedEvent {
  /** The file or folder as it was, as JSON. */
  deletedEntity?: string | null;
}

/** Something else happened. */
export interface ActionEvent {
  /** The body of the event, as JSON. */
  body?: string;
}

/** Deletion of a file or folder that was restored. */
export interface RestoreInfo {
  /** Time of the deletion. */
  deletedDate?: Date | null;
}

/** The envelope of an event, inside the JWT. */
export interface MessageEnvelope {
  /** Id of the app instance that receives the event. */
  instanceId?: string | null;
  /** Type of the event, up to 150 characters. */
  eventType?: string;
  /** Who caused the event. */
  identity?: IdentificationData;
  /** The event, as JSON. */
  data?: string;
  /** The account in which it happened. */
  accountInfo?: AccountInfo;
}
