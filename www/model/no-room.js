// The error of a service that cannot store any more.

/** The code of the service's own answer. */
export const NO_ROOM = 'INSUFFICIENT_STORAGE';

/** Ends an upload whose service has no room left. */
export class NoRoomError extends Error {
  code = NO_ROOM;

  constructor() {
    super('no room left');
  }
}
