// Names that all tabs of an origin agree on, one set for each storage.

/** The version of the messages between tabs. A change of them, or of those between a page and its worker, increments it. */
export const PROTOCOL = 1;

/**
 * The lock of the tab whose worker has the storage open. That of the worker itself has the name without the last word.
 *
 * @param {string} name
 */
export const ownerLock = (name) => `wix-media.v2 ${name} owner`;

/**
 * The channel on which tabs find each other.
 *
 * @param {string} name
 */
export const meetingPoint = (name) => `wix-media.v2 ${name} tabs`;

/**
 * The channel between the worker and one guest, and the lock that the guest holds for as long as it is there.
 *
 * @param {string} name
 * @param {string} id
 */
export const guestChannel = (name, id) => `wix-media.v2 ${name} guest ${id}`;
